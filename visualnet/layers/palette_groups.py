"""What can be put on a sheet, in groups: the layers by family, the project's own blocks, the library's blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from visualnet.core.graph import BLOCK_PREFIX
from visualnet.core.project import Project
from visualnet.core.user import block_library
from visualnet.layers import FAMILIES, LAYERS

_NO_BLOCKS = (
    "No blocks of your own yet. Select nodes and group them (Ctrl+G), then Graph › Keep block in library: every project can use it. "
    "The right button imports one from a file."
)


class PaletteEntry(NamedTuple):
    """A kind of node that can be chosen."""

    kind: str
    name: str
    summary: str
    keywords: str


class PaletteGroup(NamedTuple):
    """A heading with what stands below it. ``empty`` says how something comes there, where there is nothing.

    ``rare`` are the kinds of those entries that are seldom wanted; they stand last.
    """

    family: str
    title: str
    entries: Sequence[PaletteEntry]
    empty: str = ""
    rare: frozenset[str] = frozenset()


def groups(project: Project) -> Iterator[PaletteGroup]:
    """The groups that have something in them or something to say."""
    rare = frozenset(kind.tag for kind in LAYERS.values() if kind.rare)
    found = [PaletteGroup(family, title, _of_family(family, project), rare=rare) for family, title in FAMILIES.items()]
    kept = block_library.entries()
    for title, shipped in (("Your library", False), ("Standard blocks", True)):
        rows = [
            PaletteEntry(block_library.PREFIX + e.name, e.name, e.note, "library") for e in kept if e.shipped is shipped
        ]
        found.append(PaletteGroup("block", title, rows, "" if shipped else _NO_BLOCKS))
    return (group for group in found if group.entries or group.empty)


def _of_family(family: str, project: Project) -> list[PaletteEntry]:
    if family == "block":
        return [PaletteEntry(BLOCK_PREFIX + name, name, block.note, "block") for name, block in project.blocks.items()]
    kinds = [kind for kind in LAYERS.values() if kind.family == family and not kind.hidden]
    return [PaletteEntry(kind.tag, kind.label, kind.summary(), kind.keywords) for kind in kinds]
