"""Which data a run was trained on, and whether they can go into its capsule: those that come with the program need not, own files may."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from visualnet.core.project import DataChoice
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.registry import DATASETS
from visualnet.training.capsules.manifest import BUILT_IN, INSIDE, LEFT_OUT, PackedData
from visualnet.training.capsules.names import DATA, MAX_ENTRIES, MAX_TOTAL, fault_of

MOST_FILES = MAX_ENTRIES - 500
CONSENT = "Only data that you may pass on belong into it: ask whoever made them, and look at their licence."


class DataFile(NamedTuple):
    """A file of the data: where it lies, and what it is called in the capsule."""

    path: Path
    name: str
    size: int
    time: int
    """When it was changed last, in nanoseconds since 1970."""


def describe_data(choice: DataChoice) -> str:
    """What becomes of the data when a run is packed, in a sentence for whoever decides."""
    if not choice.path:
        kind = DATASETS.get(choice.name)
        known = f"The data set “{choice.name}” comes with every VisualNet: nothing of it has to be packed."
        return known if kind is not None else f"No data set “{choice.name}” is here: it cannot be packed."
    try:
        files = find_files(choice)
    except ValueError as error:
        return f"The data cannot be packed: {error}."
    size = format_bytes(sum(file.size for file in files))
    return f"The data “{visible(choice.called)}” are your own files ({format_quantity(len(files), 'file')}, {size})."


def can_pack(choice: DataChoice) -> bool:
    """Whether there are own files that can go into a capsule."""
    try:
        return bool(choice.path) and bool(find_files(choice))
    except ValueError:
        return False


def find_files(choice: DataChoice) -> list[DataFile]:
    """The files of own data in the order of their names, hidden ones and links left out.

    Raises:
        ValueError: they are not here, too many, too large, or one has a name that no capsule can hold.
    """
    root = Path(choice.path)
    if not root.is_absolute() or not root.exists():
        raise ValueError(f"“{visible(choice.called)}” is not on this machine")
    found: list[DataFile] = []
    total = 0
    for path in _walk(root):
        inner = root.name if path == root else f"{root.name}/{path.relative_to(root).as_posix()}"
        state = path.stat()
        if fault := fault_of(DATA + inner):
            raise ValueError(fault)
        found.append(DataFile(path, DATA + inner, state.st_size, max(state.st_mtime_ns, 0)))
        total += state.st_size
        if len(found) > MOST_FILES or total > MAX_TOTAL:
            most = f"at most {MOST_FILES:,} files and {format_bytes(MAX_TOTAL)} can be packed"
            raise ValueError(f"“{visible(choice.called)}” is too large: {most}")
    return found


def path_inside(choice: DataChoice) -> str:
    """How the project in a capsule names its data, from the project's own folder."""
    return DATA + Path(choice.path).name


def note_data(choice: DataChoice, fingerprint: str, files: list[DataFile] | None) -> PackedData:
    """What the manifest says of the data: ``files`` are those that are packed, None where none are."""
    if not choice.path:
        kind = DATASETS.get(choice.name)
        kept = BUILT_IN if kind is not None else LEFT_OUT
        return PackedData(
            name=choice.name, kept=kept, fingerprint=fingerprint, notice=kind.source if kind is not None else ""
        )
    if files is None:
        return PackedData(name=visible(choice.called)[:200], kept=LEFT_OUT, fingerprint=fingerprint)
    size = sum(file.size for file in files)
    notice = "Who packed this said that the data may be passed on."
    name = visible(choice.called)[:200]
    return PackedData(name=name, kept=INSIDE, files=len(files), bytes=size, fingerprint=fingerprint, notice=notice)


def _walk(root: Path) -> Iterator[Path]:
    """Regular files below a folder, or the file itself."""
    if root.is_file():
        yield root
        return
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path
