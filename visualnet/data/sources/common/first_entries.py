"""The first entries of a folder and of those in it, so that one can guess what the folder holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

from visualnet.data.sources.common.files import IMAGE_SUFFIXES

FIRST_ENTRIES_S = 0.5
"""A guess ends after so long: a network drive may be slow."""
FIRST_ENTRIES_ENTRIES = 300
FIRST_ENTRIES_FOLDERS = (6, 24)
"""A guess looks at so many entries of a folder, and into so many folders of one: in the last level, and in the one above."""


class FirstEntries(NamedTuple):
    """What the first entries of a folder are: how many images, the names of other files, and its folders."""

    images: int
    files: tuple[str, ...]
    folders: dict[str, FirstEntries]
    is_seen: bool = True
    """Whether it was looked into at all."""

    @property
    def holds_images(self) -> bool:
        """Whether images lie in it or in a folder of it."""
        return self.images > 0 or any(inner.holds_images for inner in self.folders.values())

    def count_files(self, suffix: str) -> int:
        """How many files with this suffix lie in it or in a folder of it."""
        below = sum(inner.count_files(suffix) for inner in self.folders.values())
        return below + sum(name.lower().endswith(suffix) for name in self.files)


def first_entries(folder: Path, depth: int = 2) -> FirstEntries:
    """The first entries of a folder and of those in it; at most `FIRST_ENTRIES_S`. What cannot be read is empty."""
    shared = _shared.get()
    found = shared.get((folder, depth)) if shared is not None else None
    if found is None:
        end = time.monotonic() + FIRST_ENTRIES_S
        found = _first_entries(str(folder), depth, lambda: time.monotonic() > end)
        if shared is not None:
            shared[folder, depth] = found
    return found


@contextmanager
def share_first_entries() -> Iterator[None]:
    """While it lasts, a folder is looked at once, though several sources ask."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


_shared: ContextVar[dict[tuple[Path, int], FirstEntries] | None] = ContextVar("first entries", default=None)


def _first_entries(folder: str, depth: int, is_late: Callable[[], bool]) -> FirstEntries:
    images, files, folders = 0, [], []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= FIRST_ENTRIES_ENTRIES or is_late():
                    break
                if entry.is_symlink() or entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.name.lower().endswith(IMAGE_SUFFIXES):
                    images += 1
                else:
                    files.append(entry.name)
    except OSError:
        return FirstEntries(0, (), {})
    below = {}
    if depth:
        for number, name in enumerate(sorted(folders)):
            is_looked = number < FIRST_ENTRIES_FOLDERS[depth - 1] and not is_late()
            inner = os.path.join(folder, name)
            below[name] = _first_entries(inner, depth - 1, is_late) if is_looked else FirstEntries(0, (), {}, False)
    return FirstEntries(images, tuple(sorted(files)), below)
