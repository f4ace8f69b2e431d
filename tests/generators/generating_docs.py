"""The reference of methods to make something, from their declarations: ``python -m tests.generators.generating_docs`` writes it."""

from __future__ import annotations

from pathlib import Path

from visualnet.layers.publish.docs_page import params_table
from visualnet.training.generating.method import GenerationMethod, find_methods

PAGE = Path(__file__).parent.parent.parent / "docs" / "generating.md"

HEAD = """# Generating

What a network can make, without being trained. This page is written from the declarations in `visualnet/training/generating/`;
`python -m tests.generators.generating_docs` writes it anew.

In the window it is the panel *Generate*: with the network as it is trained now, or with weights that a run has kept. `visualnet generate
X --run RUN --method NAME --count N --seed S -o FILE` does it from the command line, and `visualnet generate X --list` tells what a
network can make. The same seed makes the same; nothing changes a weight. Of points in the plane 400 are made where no count is said. What
was made is kept as a picture (PNG, SVG), a table (CSV), and, where it is such, as numbers (NPY), text (TXT) or frames (GIF).
"""


def text() -> str:
    """The whole page."""
    return "\n".join((HEAD, *(_entry(kind) for kind in find_methods().values())))


def _entry(kind: type[GenerationMethod]) -> str:
    more = kind.details()
    parts = (f"## {kind.title}", f"`{kind.name}`: {kind.about()}", more, f"It needs {kind.needs}.")
    return "\n\n".join(filter(None, (*parts, params_table(kind.params)))) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
