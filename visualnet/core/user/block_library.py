"""Blocks for every project, one ``.vnet`` file each: those that come with the program, and a person's own, which can be handed on.

A file holds the block, the blocks and constants that it uses, and one use of it on the main sheet, so that it also opens as a project.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.core import edits
from visualnet.core.edits import definitions
from visualnet.core.errors import FileError
from visualnet.core.graph import BLOCK_PREFIX
from visualnet.core.names import free
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import blocks_dir
from visualnet.resources import resource

PREFIX = "library:"
"""Before a block's name where a kind is wanted: it is taken from the library first."""
MAX_SHOWN = 200


class LibraryBlock(NamedTuple):
    """One block of the library. ``project`` shows one use of it; ``shipped`` ones come with the program and stay as they are."""

    name: str
    note: str
    path: Path
    project: Project
    shipped: bool = False


def library_dir() -> Path:
    """Where a person's own blocks are kept; made on demand."""
    return blocks_dir()


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
    target = path or library_dir() / f"{block}{project_file.SUFFIX}"
    project_file.save(target, as_project(project, block))
    return target


# --- what is there ------------------------------------------------------------------------------------------------------------------

_read: dict[Path, tuple[tuple[int, int], LibraryBlock | None]] = {}
"""Files that were read, with their time and size then."""
_listed: dict[str, LibraryBlock] = {}
"""What was found when last looked, by name."""


def entries() -> list[LibraryBlock]:
    """A person's own blocks by name, then those that come with the program. A file that cannot be read is left out, for as long as
    it cannot; of two files about blocks of one name the first counts.
    """
    found: dict[str, LibraryBlock] = {}
    for folder, shipped in ((library_dir(), False), (resource("blocks"), True)):
        for path in sorted(folder.glob(f"*{project_file.SUFFIX}"))[:MAX_SHOWN]:
            entry = _entry(path, shipped)
            if entry is not None:
                found.setdefault(entry.name, entry)
    _listed.clear()
    _listed.update(found)
    return list(found.values())


def find_cached(name: str) -> LibraryBlock | None:
    """The block as it was when the library was last looked through: for every key that is typed, where no file may be asked."""
    return _listed.get(name)


def _entry(path: Path, shipped: bool) -> LibraryBlock | None:
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if path not in _read or _read[path][0] != stamp:
            project = project_file.load(path)
            block = _main_block(project)
            entry = LibraryBlock(block, project.blocks[block].note, path, project, shipped) if block else None
            _read[path] = (stamp, entry)
    except (FileError, OSError):
        return None
    return _read[path][1]


def own_block(name: str) -> LibraryBlock:
    """The person's own block of this name.

    Raises:
        ValueError: there is none, or it comes with the program.
    """
    entry = find(name)
    if entry.shipped:
        raise ValueError(f"“{name}” comes with the program and stays as it is; put it on a sheet and keep that one")
    return entry


def find(name: str) -> LibraryBlock:
    """The library's block of this name.

    Raises:
        ValueError: there is none.
    """
    entry = next((e for e in entries() if e.name == name), None)
    if entry is None:
        raise ValueError(f"the library has no block “{name}” any more")
    return entry


def _main_block(project: Project) -> str | None:
    """The block that a library's file is about: the one that its main sheet uses."""
    used = [n.block for n in project.graph if n.block in project.blocks]
    return used[0] if used else None


# --- used -----------------------------------------------------------------------------------------------------------------------------


def define_block(project: Project, kind: str) -> tuple[Project, str]:
    """The project with the library's block defined in it, and the kind of its instances; any other kind is left as it is.

    Raises:
        ValueError: the library has no such block, or its file cannot be read.
    """
    if not kind.startswith(PREFIX):
        return project, kind
    return define_from_file(project, find(kind[len(PREFIX) :]).project)


def define_from_file(project: Project, other: Project) -> tuple[Project, str]:
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


# --- put in order -----------------------------------------------------------------------------------------------------------------------


def add_file(path: Path) -> LibraryBlock:
    """Put the block of a file into the library, under a free name if another one has its own.

    Raises:
        FileError: the file is no project, or cannot be written here.
        ValueError: it uses no block.
    """
    project = project_file.load(path)
    block = _main_block(project)
    if block is None:
        raise ValueError(f"“{path.name}” is about no block: a block's file uses it on its main sheet")
    alone = as_project(project, block)
    same = next((e for e in entries() if e.name == block), None)
    if same is not None and same.project.blocks == alone.blocks:
        return same
    called = free(block, {e.name for e in entries()}, "block")
    return _keep(alone, block, called)


def rename(name: str, new: str) -> LibraryBlock:
    """Call one of the person's own blocks otherwise, in the library alone: projects that use it keep its name.

    Raises:
        ValueError: the name is taken or is none.
        FileError: the file cannot be written.
    """
    entry = own_block(name)
    if new == name:
        return entry
    if new in {e.name for e in entries()}:
        raise ValueError(f"the library has a block “{new}” already")
    made = _keep(entry.project, name, new)
    if made.path != entry.path:
        entry.path.unlink(missing_ok=True)
    return made


def _keep(project: Project, block: str, called: str) -> LibraryBlock:
    renamed = replace(definitions.rename_block(project, block, called), name=called)
    path = library_dir() / f"{called}{project_file.SUFFIX}"
    project_file.save(path, renamed)
    entry = _entry(path, False)
    if entry is None:
        raise ValueError(f"{path} could not be read again")
    return entry


def remove(name: str) -> None:
    """Take one of the person's own blocks out of the library; projects that use it keep it."""
    own_block(name).path.unlink(missing_ok=True)
