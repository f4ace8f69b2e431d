"""Write every page that tests hold to the letter: ``python -m tests.generators.pages``. Read the difference before it is committed.

A page lists what the program answers to many small cases: repairs with their prices, ways of wires, layouts, all that is told of a
network, what layers say, what edits change in a file, what is said of strange files. A change that is meant shows there as a difference
of a few lines; one that is not meant shows there first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

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


def read_sections(page: Path) -> dict[str, list[str]]:
    """Title → its lines as the page has them."""
    parts = page.read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return {part.partition("\n")[0]: part.rstrip().splitlines()[1:] for part in parts}


def join_sections(sections: Mapping[str, Callable[[], Iterable[str]]]) -> str:
    """The page: each title with what its section says now."""
    return "\n".join(line for title, lines in sections.items() for line in (f"=== {title}", *lines(), ""))


if __name__ == "__main__":
    for name in PAGES:
        module = import_module(f"tests.{name}")
        module.PAGE.write_text(module.page(), encoding="utf-8")
