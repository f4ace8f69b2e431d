"""Read the headers and the rows of NumPy's files. Nothing is unpickled; large arrays are read row by row."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import clean, visible

Array = NDArray[Any]

MAX_HEADER = 10_000
RESIDENT = 1 << 28
"""Arrays of at most so many bytes are read at once; of larger ones, rows as they are asked for."""
WHOLE_DIGEST = 1 << 30
"""Files of at most so many bytes are taken into the fingerprint whole; of larger ones, blocks all over them."""
_BLOCK = 1 << 20
_MAGIC = b"\x93NUMPY"


class StoredArray(NamedTuple):
    """An array in a file. ``offset`` is where its numbers begin there, 0 where they are compressed; ``member`` is its name in a npz."""

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool
    offset: int
    member: str = ""

    @property
    def nbytes(self) -> int:
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize


def is_numpy(path: Path) -> bool:
    """Whether the file looks like one of NumPy's."""
    with open_regular(path) as file:
        head: bytes = file.read(6)
    return head == _MAGIC or (head[:2] == b"PK" and path.suffix.lower() == ".npz")


def read_headers(path: Path) -> list[StoredArray]:
    """The arrays of a file. Nothing but headers is read.

    Raises:
        ValueError: it is no file of NumPy's, damaged, or holds what cannot be read safely; the words say what.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        if file.read(len(_MAGIC)) == _MAGIC:
            file.seek(0)
            found = [_header(path, path.stem, file, 0)]
            end = file.seek(0, 2)
            if found[0].offset + found[0].nbytes > end:
                raise ValueError(f"“{path.name}” is cut off: {format_bytes(found[0].nbytes)} should follow its header")
            return found
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                return [
                    _member(path, archive, info, file) for info in archive.infolist() if info.filename.endswith(".npy")
                ]
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise ValueError(f"“{path.name}” is no whole file of NumPy's (.npy, .npz): {visible(error)}") from None


def _header(path: Path, name: str, file: IO[bytes], start: int, member: str = "") -> StoredArray:
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, is_fortran, dtype = read(file, max_header_size=MAX_HEADER)
    except (ValueError, SyntaxError, TypeError, EOFError) as error:
        words = "it holds Python objects" if "object" in str(error) else visible(error).partition("\n")[0][:120]
        raise ValueError(f"“{path.name}”: the header of “{visible(name)}” cannot be read: {words}") from None
    if dtype.hasobject:
        raise ValueError(
            f"“{path.name}”: “{visible(name)}” holds Python objects (a pickle), which could run code and is not read: "
            "save it as numbers or as words of one dtype"
        )
    return StoredArray(path, clean(name) or "array", shape, dtype, is_fortran, start + file.tell(), member)


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: IO[bytes]) -> StoredArray:
    with archive.open(info) as member:
        found = _header(path, info.filename.removesuffix(".npy"), member, 0, info.filename)
    if found.nbytes + found.offset > info.file_size:
        raise ValueError(f"“{path.name}”: “{found.name}” is cut off")
    if info.compress_type != zipfile.ZIP_STORED:
        return found._replace(offset=0)
    place = file.tell()
    file.seek(info.header_offset + 26)
    sizes = np.frombuffer(file.read(4), "<u2")
    file.seek(place)
    return found._replace(offset=info.header_offset + 30 + int(sizes.sum()) + found.offset)


class UnreadableRow(OSError):
    """A row cannot be read; ``at`` is its place among those that were asked for."""

    def __init__(self, at: int, words: str) -> None:
        super().__init__(words)
        self.at = at


class ArrayRows:
    """The rows of a stored array, in memory or read when they are asked for. Any thread may fetch."""

    def __init__(self, stored: StoredArray) -> None:
        """Read it, if it is small or cannot be read in parts.

        Raises:
            ValueError: it is damaged.
            OSError: it cannot be read.
        """
        self.stored = stored
        can_seek = stored.offset and not stored.is_fortran and stored.nbytes > RESIDENT
        self._all = None if can_seek else _read_whole(stored)

    def __len__(self) -> int:
        return self.stored.shape[0]

    def fetch(self, index: Array) -> Array:
        """These rows.

        Raises:
            UnreadableRow: the file cannot be read any more.
        """
        if self._all is not None:
            return self._all[index]
        shape, dtype = self.stored.shape[1:], self.stored.dtype
        found = np.empty((len(index), *shape), dtype)
        width = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        at = 0
        try:
            with open_regular(self.stored.path, buffering=0) as file:
                for at, row in enumerate(index):
                    file.seek(self.stored.offset + int(row) * width)
                    found[at] = np.frombuffer(_read_exactly(file, width), dtype).reshape(shape)
        except OSError as error:
            raise UnreadableRow(at, str(error)) from None
        return found


def _read_exactly(file: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        data = file.read(size)
        if not data:
            raise OSError("the file is shorter than it was")
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def _read_whole(stored: StoredArray) -> Array:
    try:
        with _opened(stored) as file:
            return np.lib.format.read_array(file, allow_pickle=False, max_header_size=MAX_HEADER)
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise ValueError(f"“{stored.path.name}”: “{stored.name}” is damaged: {visible(error)}") from None


@contextmanager
def _opened(stored: StoredArray) -> Iterator[IO[bytes]]:
    with open_regular(stored.path) as file:
        if not stored.member:
            yield file
            return
        with zipfile.ZipFile(file) as archive, archive.open(stored.member) as member:
            yield member


def digest_file(path: Path, check: Callable[[float], None]) -> str:
    """A sha256 of a file's content; of a very large one, of its size and of blocks all over it."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        size = file.seek(0, 2)
        digest.update(str(size).encode())
        step = _BLOCK if size <= WHOLE_DIGEST else size // 256
        for at in range(0, size, step):
            check(at / size)
            file.seek(at)
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()
