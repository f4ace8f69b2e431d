"""The person's own blocks, one ``.vnet`` file each, so that they can be used in every project and handed on as files.

A file holds the block, the blocks and constants that it uses, and one use of it on the main sheet, so that it also opens as a project.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from visualnet.core import edits, files
from visualnet.core.errors import FileError
from visualnet.core.folders import data_dir
from visualnet.core.graph import BLOCK_PREFIX
from visualnet.core.project import MAIN, Project

PREFIX = "library:"
"""Before a block's name where a kind is wanted: it is taken from the library first."""
MAX_SHOWN = 200


class Entry(NamedTuple):
    """One block of the library."""

    name: str
    note: str
    path: Path


def library_dir() -> Path:
    """Where the blocks are kept; made on demand."""
    folder = data_dir() / "blocks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def as_project(project: Project, block: str) -> Project:
    """A project with nothing but one use of this block, and what it needs.

    Raises:
        ValueError: there is no such block.
    """
    if block not in project.blocks:
        raise ValueError(f"there is no block “{block}” in this project")
    alone = edits.add_node(project, MAIN, BLOCK_PREFIX + block)
    (made,) = alone.graph.nodes.keys() - project.graph.nodes.keys()
    text = edits.copy(alone, MAIN, [made])
    note = project.blocks[block].note
    result, _ = edits.paste(Project(name=block, note=note), MAIN, text, (0.0, 0.0))
    return result


def save(project: Project, block: str, path: Path | None = None) -> Path:
    """Write a block into the library, or to another file; where it is now.

    Raises:
        ValueError: there is no such block.
        FileError: the file cannot be written.
    """
    target = path or library_dir() / f"{block}{files.SUFFIX}"
    files.save(target, as_project(project, block))
    return target


def entries() -> list[Entry]:
    """The library's blocks by name. A file that cannot be read is left out, for as long as it cannot."""
    found = []
    for path in sorted(library_dir().glob(f"*{files.SUFFIX}"))[:MAX_SHOWN]:
        try:
            project = files.load(path)
        except FileError:
            continue
        if block := _main_block(project):
            found.append(Entry(block, project.blocks[block].note, path))
    return found


def _main_block(project: Project) -> str | None:
    """The block that a library's file is about: the one that its main sheet uses."""
    used = [n.block for n in project.graph if n.block in project.blocks]
    return used[0] if used else None


def bring(project: Project, kind: str) -> tuple[Project, str]:
    """The project with the library's block defined in it, and the kind of its instances; any other kind is left as it is.

    Raises:
        ValueError: the library has no such block, or its file cannot be read.
    """
    if not kind.startswith(PREFIX):
        return project, kind
    name = kind[len(PREFIX) :]
    entry = next((e for e in entries() if e.name == name), None)
    if entry is None:
        raise ValueError(f"the library has no block “{name}” any more")
    return bring_file(project, files.load(entry.path))


def bring_file(project: Project, other: Project) -> tuple[Project, str]:
    """The project with the block that another project is about, under a free name if another block has its own.

    Raises:
        ValueError: the other project uses no block.
    """
    block = _main_block(other)
    if block is None:
        raise ValueError(f"“{other.name}” uses no block that could be taken from it")
    instance = next(n for n in other.graph if n.block == block)
    after, (made,) = edits.paste(project, MAIN, edits.copy(other, MAIN, [instance.id]))
    kind = after.graph.nodes[made].kind
    return after.with_sheet(MAIN, project.graph), kind


def remove(name: str) -> None:
    """Take a block out of the library; projects that use it keep it."""
    for entry in entries():
        if entry.name == name:
            entry.path.unlink(missing_ok=True)
