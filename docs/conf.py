"""How these pages become a site: ``python -m sphinx -W --keep-going -b html docs docs/_build`` (with the extra `docs` installed).

Sphinx, MyST and Furo: all three are kept, the pages stay plain Markdown, warnings can be errors, and a reader needs no network: no font,
script or search index comes from elsewhere. MkDocs 1 has had no release since 2024 and its successors are young.
"""

from __future__ import annotations

project = "VisualNet"
author = "The VisualNet authors"
copyright = "The VisualNet authors, MIT licence"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True

# Headings can be linked to as on code hosts: #the-words-of-the-heading.
myst_heading_anchors = 4

html_theme = "furo"
html_title = "VisualNet"
html_favicon = "../resources/app.svg"
html_show_sphinx = False
html_copy_source = False
