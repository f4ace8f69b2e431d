"""How every file is opened: only regular ones, never one that waits or has no end.

A pipe keeps whoever opens it waiting for its other end, a device may go on for ever or act when it is opened. Either may stand where a
file is expected: a stranger's, or one of our own that was replaced. So no other module opens a file (tests/test_hygiene.py).
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from visualnet.core.text.format import format_bytes

USUAL = 1 << 20
"""Bytes that a file of settings, a drawing or a page of text never exceeds."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_ALWAYS = (
    getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)
"""Flags of every opening. The first matters only where something was replaced between the look and the opening."""


class UnusableFile(OSError):
    """A file that is there and cannot be used; ``strerror`` says why in words."""

    def __str__(self) -> str:
        return str(self.strerror)


class NotRegular(UnusableFile):
    """What stands there is no file: the words say what it is."""


class TooLarge(UnusableFile):
    """The file has more bytes than are wanted; ``size`` is how many, or more than ``wanted`` where it does not tell."""

    def __init__(self, path: Path | str, size: int, wanted: int) -> None:
        super().__init__(None, f"it has {format_bytes(size)}; at most {format_bytes(wanted)} are read", str(path))
        self.size, self.wanted = size, wanted


def kind_of(mode: int) -> str:
    """What a mode of ``os.stat`` stands for: “a folder”, “a pipe” …; nothing for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "no file")


def descriptor(path: Path | str, flags: int = os.O_RDONLY, mode: int = 0o666) -> int:
    """A descriptor of a regular file, opened without ever waiting.

    Raises:
        NotRegular: something else stands there.
        OSError: it cannot be opened.
    """
    with contextlib.suppress(FileNotFoundError):  # it may be about to be made
        _refuse(os.stat(path).st_mode, path)  # first: opening alone makes some devices act
    handle = os.open(path, flags | _ALWAYS, mode)
    try:
        _refuse(os.fstat(handle).st_mode, path)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _refuse(mode: int, path: Path | str) -> None:
    if kind := kind_of(mode):
        raise NotRegular(None, f"it is {kind}, not a file", str(path))


def open_regular(path: Path | str, mode: str = "rb", **how: Any) -> IO[Any]:
    """Like the builtin ``open``, for regular files only.

    Raises:
        NotRegular: something else stands there.
        OSError: it cannot be opened.
    """
    return open(path, mode, opener=lambda name, flags: descriptor(name, flags), **how)


def open_bounded(path: Path | str, most: int) -> BinaryIO:
    """A regular file of at most so many bytes, to be read.

    Raises:
        NotRegular, TooLarge, OSError: it is none, is larger, or cannot be opened.
    """
    file = cast(BinaryIO, open_regular(path))
    size = os.fstat(file.fileno()).st_size
    if size > most:
        file.close()
        raise TooLarge(path, size, most)
    return file


def read_regular(path: Path | str, most: int = USUAL) -> bytes:
    """All bytes of a regular file that has at most so many.

    Raises:
        NotRegular, TooLarge, OSError: it is none, is larger, or cannot be read.
    """
    with open_bounded(path, most) as file:
        data = file.read(most + 1)  # it may have grown, and what the system makes up does not tell its size
    if len(data) > most:
        raise TooLarge(path, len(data), most)
    return data


def read_text(path: Path | str, most: int = USUAL) -> str:
    """The text of a regular file; what is no UTF-8 in it is shown as �.

    Raises:
        NotRegular, TooLarge, OSError: it is none, is larger, or cannot be read.
    """
    return read_regular(path, most).decode("utf-8", "replace").replace("\r\n", "\n")


def write_all(handle: int, data: bytes) -> None:
    """Write all of it, however little the system takes at once.

    Raises:
        OSError: the disk takes no more.
    """
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def file_of(handle: int) -> BinaryIO:
    """A buffered file that writes into a descriptor, which stays open when the file is closed."""
    return os.fdopen(os.dup(handle), "wb")


def sync_folder(folder: Path) -> None:
    """Make new names in a folder last through a power cut.

    Raises:
        OSError: the system cannot do that here.
    """
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
