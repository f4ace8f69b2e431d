"""The images below a folder: walked without following links, and kept as compact paths."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.storage.regular_files import kind_of
from visualnet.core.text.format import format_quantity
from visualnet.data.sources.source import Check, Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif")
MOST_FILES = 5_000_000
"""So many images of a folder are taken at most."""
MOST_DEPTH = 24
"""Folders within folders."""
MOST_FINDINGS = 200
"""Of one kind; the rest are counted in one more."""
CHECK_EVERY = 2_000


class FileList:
    """Paths below a folder: one string for each folder, the names of all files in one bytes object."""

    def __init__(self, root: str, folders: Sequence[str], folder_of: Array, names: bytes, ends: Array) -> None:
        self.root, self.folders = root, tuple(folders)
        self.folder_of, self._names, self._ends = folder_of, names, ends

    @classmethod
    def of(cls, root: str, paths: Sequence[tuple[int, str]], folders: Sequence[str]) -> FileList:
        """From pairs of a folder's number and a file's name in it."""
        import numpy as np  # not at start-up

        encoded = [os.fsencode(name) for _, name in paths]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
        folder_of = np.fromiter((number for number, _ in paths), np.int32, len(paths))
        return cls(root, folders, folder_of, b"".join(encoded), ends)

    def __len__(self) -> int:
        return len(self.folder_of)

    def name(self, at: int) -> str:
        """The name of a file without its folder."""
        return os.fsdecode(self._names[int(self._ends[at - 1]) if at else 0 : int(self._ends[at])])

    def relative(self, at: int) -> str:
        """The path below the root, with forward slashes."""
        folder = self.folders[int(self.folder_of[at])]
        return f"{folder}/{self.name(at)}" if folder else self.name(at)

    def absolute(self, at: int) -> str:
        """The path to open."""
        return os.path.join(self.root, *self.relative(at).split("/"))

    def __iter__(self) -> Iterator[str]:
        return (self.relative(at) for at in range(len(self)))

    def take(self, kept: Array) -> FileList:
        """The files at these indices."""
        pairs = [(int(self.folder_of[at]), self.name(int(at))) for at in kept]
        return FileList.of(self.root, pairs, self.folders)


class FolderScan(NamedTuple):
    """The images below a folder in the order of their paths, with size and time of each; what else is there, and what is wrong."""

    files: FileList
    sizes: Array
    times: Array
    others: Counter[str]
    """Files that are no images, by suffix."""
    findings: tuple[Finding, ...]

    def take(self, kept: Array) -> FolderScan:
        """The files at these indices."""
        if len(kept) == len(self.files):
            return self
        return self._replace(files=self.files.take(kept), sizes=self.sizes[kept], times=self.times[kept])

    def without(self, paths: Sequence[str]) -> FolderScan:
        """Without the files of these relative paths."""
        import numpy as np

        if not paths:
            return self
        gone = set(paths)
        return self.take(np.array([at for at, path in enumerate(self.files) if path not in gone], np.int64))

    def fingerprint(self, *more: bytes) -> str:
        """A sha256 of names, sizes and times; no file is opened."""
        digest = hashlib.sha256(b"\0".join(more))
        digest.update("\n".join(self.files).encode("utf-8", "surrogateescape"))
        digest.update(self.sizes.tobytes() + self.times.tobytes())
        return digest.hexdigest()


class _Walk:
    """One walk through a folder."""

    def __init__(self, root: str, suffixes: tuple[str, ...], check: Check) -> None:
        self.root, self.suffixes, self.check = root, suffixes, check
        self.folders: list[str] = []
        self.found: list[tuple[int, str]] = []
        self.sizes: list[int] = []
        self.times: list[int] = []
        self.others: Counter[str] = Counter()
        self.links: list[str] = []
        self.wrong: list[tuple[str, str]] = []

    def enter(self, folder: str, depth: int) -> None:
        """Take the images of a folder, then those of the folders in it, in the order of their names."""
        place = os.path.join(self.root, *folder.split("/")) if folder else self.root
        try:
            with os.scandir(place) as entries:
                there = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.wrong.append((folder, f"the folder cannot be read: {error.strerror or error}"))
            return
        number = len(self.folders)
        self.folders.append(folder)
        below = []
        for entry in there:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                self.links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                below.append((entry.name, path))
            else:
                self._take(entry, number, path)
        for name, path in below:
            if name.startswith(".") or name == "__MACOSX":
                self.others["folders that the system hides"] += 1
            elif depth >= MOST_DEPTH:
                self.wrong.append((path, f"it lies more than {MOST_DEPTH} folders deep, and was not looked into"))
            else:
                self.enter(path, depth + 1)

    def _take(self, entry: os.DirEntry[str], number: int, path: str) -> None:
        suffix = os.path.splitext(entry.name)[1].lower()
        if suffix not in self.suffixes or entry.name.startswith("."):
            self.others[suffix or entry.name] += 1
            return
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.wrong.append((path, f"it cannot be read: {error.strerror or error}"))
            return
        if not stat.S_ISREG(status.st_mode):
            self.wrong.append((path, f"it is {kind_of(status.st_mode)}, not a file"))
        elif not status.st_size:
            self.wrong.append((path, "the file is empty"))
        else:
            self.found.append((number, entry.name))
            self.sizes.append(status.st_size)
            self.times.append(status.st_mtime_ns)
            if len(self.found) % CHECK_EVERY == 0:
                self.check(0.0)
            if len(self.found) > MOST_FILES:
                raise ValueError(f"“{self.root}” holds more than {MOST_FILES:,} files: choose a folder below it")


def walk(root: Path, check: Check = lambda share: None, suffixes: tuple[str, ...] = IMAGE_SUFFIXES) -> FolderScan:
    """The images below a folder. Nothing is opened; links are not followed, so that no loop and no way out of the folder is taken.

    Raises:
        ValueError: there is no such folder, or it cannot be read.
    """
    import numpy as np

    if not root.is_dir():
        raise ValueError(f"“{root}” is {'a file' if root.exists() else 'not there'}: choose a folder")
    steps = _Walk(str(root), suffixes, check)
    steps.enter("", 0)
    if not steps.folders:
        raise ValueError(f"“{root}”: {steps.wrong[0][1]}")
    files = FileList.of(str(root), steps.found, steps.folders)
    findings = list_findings("warning", [(file, f"left out: {words}") for file, words in steps.wrong])
    if steps.links:
        words = f"{format_quantity(len(steps.links), 'link')} left out: links are not followed"
        findings += (Finding("warning", words, steps.links[0]),)
    sizes, times = np.array(steps.sizes, np.int64), np.array(steps.times, np.int64)
    return FolderScan(files, sizes, times, steps.others, findings)


def list_findings(severity: str, found: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """A finding for each file with its words; of very many the first, and how many more there are."""
    listed = [Finding(severity, words, file) for file, words in found[:MOST_FINDINGS]]
    if more := found[MOST_FINDINGS:]:
        listed.append(Finding(severity, f"and {format_quantity(len(more), 'more file')} like these", more[0][0]))
    return tuple(listed)
