"""Write every page that tests hold to the letter: ``python -m tests.pages``. Read the difference before it is committed.

A page lists what the program answers to many small cases: repairs with their prices, ways of wires, layouts, all that is told of a
network, what layers say, what edits change in a file, what is said of strange files. A change that is meant shows there as a difference
of a few lines; one that is not meant shows there first.
"""

from __future__ import annotations

from importlib import import_module

PAGES = (
    "analysis.compare.pairs",
    "analysis.connect.wires",
    "analysis.geometry.layouts",
    "analysis.geometry.paths",
    "analysis.networks",
    "analysis.repair.offers",
    "core.edits.changes",
    "core.storage.refusals",
    "core.text.spellings",
    "layers.custom.written_lines",
    "layers.vocabulary",
)

if __name__ == "__main__":
    for name in PAGES:
        module = import_module(f"tests.{name}")
        module.PAGE.write_text(module.page(), encoding="utf-8")
