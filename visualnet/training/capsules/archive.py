"""Reads the zip of an untrusted capsule, checked against every bound before a byte of it is unpacked.

What is checked, in this order: the end record (one disk, no 64-bit form, nothing behind it), how many entries there are and how long
their directory is, before the directory is parsed; then of each entry its name, kind, packing, size and ratio, that no two lie over each
other, and the sum of all; then the manifest; then that the entries are those of the manifest; then every digest. Only then is anything
written, and what is written is hashed once more.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO

from visualnet.core.errors import FileError, first_line, os_reason
from visualnet.core.storage.regular_files import NotRegular, TooLarge, open_bounded
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import visible
from visualnet.training.capsules.manifest import Manifest, parse_manifest
from visualnet.training.capsules.names import (
    MANIFEST,
    MAX_ENTRIES,
    MAX_NAME,
    MAX_TOTAL,
    PROJECT,
    collision_in,
    fault_of,
    most_bytes,
)

MAX_RATIO = 100
"""A file that deflate shrinks further is stored as it is by whoever packs: what claims more was made to fill a disk."""
SMALL = 64 << 10
"""Files of so few bytes may shrink as they like."""
CHUNK = 1 << 20
_END = struct.Struct("<4s4H2LH")
_END_MARK, _WIDE_MARK = b"PK\x05\x06", b"PK\x06\x07"
_HEAD = 30
"""Bytes of a local header before its name."""
_DIRECTORY = 46 + MAX_NAME + 256
"""Bytes that an entry of the directory takes at most."""
Check = Callable[[float], None]
"""Called with the share that is done; it may raise to end the work."""


def no_check(share: float) -> None:
    """Nobody waits."""


class Archive:
    """An opened capsule whose outside is in order; a context manager. ``manifest`` says what is in it."""

    def __init__(self, path: Path) -> None:
        """Open it and check all but the digests.

        Raises:
            FileError: it is no capsule, or breaks a bound; the words say which.
        """
        self.path = path
        self._file: IO[bytes] | None = None
        try:
            self._file = file = open_bounded(path, MAX_TOTAL)
            _check_end(file)
            self._zip = zipfile.ZipFile(file)
            self._infos = self._check_directory(self._zip.infolist())
            self.manifest = self._read_manifest()
        except BaseException as error:
            if self._file is not None:
                self._file.close()
            raise _in_words(path, error) from None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        if self._file is not None:
            self._file.close()

    @property
    def size(self) -> int:
        """Bytes of all files in it, unpacked."""
        return sum(entry.size for entry in self.manifest.entries.values())

    def read(self, name: str) -> bytes:
        """A whole file of it, whose digest is right.

        Raises:
            FileError: it cannot be unpacked, or is not what the manifest says.
        """
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """A file of it in pieces. Its digest is known when all have come.

        Raises:
            FileError: it cannot be unpacked, or was not what the manifest says.
        """
        wanted = self.manifest.entries[name]
        digest = sha256()
        try:
            for piece in self._pieces(name, wanted.size):
                digest.update(piece)
                yield piece
        except GeneratorExit:
            raise
        except Exception as error:
            raise _in_words(self.path, error) from None
        if digest.hexdigest() != wanted.sha256:
            raise FileError(
                str(self.path),
                f"“{name}” is not what the manifest says (its digest differs)",
                way_out="It was changed or damaged on the way: ask for it again.",
            )

    def check_digests(self, check: Check = no_check) -> None:
        """Unpack everything into nothing and compare.

        Raises:
            FileError: something is not what the manifest says.
        """
        done, whole = 0, max(self.size, 1)
        for name in self.manifest.entries:
            for piece in self.stream(name):
                done += len(piece)
                check(done / whole)

    # --- what is checked ---------------------------------------------------------------------------------------------

    def _check_directory(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        total = 0
        for info in infos:
            if fault := fault_of(info.filename) or _fault_of_entry(info):
                raise ValueError(fault)
            total += info.file_size
        if total > MAX_TOTAL:
            raise ValueError(f"it would unpack to {format_bytes(total)}; {format_bytes(MAX_TOTAL)} are allowed")
        if fault := collision_in(info.filename for info in infos) or _overlap_in(infos, self._zip.start_dir):
            raise ValueError(fault)
        found = {info.filename: info for info in infos}
        for name in (MANIFEST, PROJECT):
            if name not in found:
                raise ValueError(f"it holds no {name}")
        return found

    def _read_manifest(self) -> Manifest:
        manifest = parse_manifest(b"".join(self._pieces(MANIFEST, self._infos[MANIFEST].file_size)))
        odd = sorted(manifest.entries.keys() ^ (self._infos.keys() - {MANIFEST}))
        if odd:
            raise ValueError(f"what is in it is not what its manifest lists: {visible(odd[0])}")
        for name, entry in manifest.entries.items():
            if entry.size != self._infos[name].file_size:
                raise ValueError(f"“{visible(name)}” is not as large as its manifest says")
        return manifest

    def _pieces(self, name: str, size: int) -> Iterator[bytes]:
        """What a file holds, at most as much as its entry says."""
        left = size
        with self._zip.open(self._infos[name]) as member:
            while piece := member.read(min(CHUNK, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise ValueError(f"“{name}” holds more than its entry says")
                yield piece
        if left:
            raise ValueError(f"“{name}” holds less than its entry says")


def _check_end(file: IO[bytes]) -> None:
    """The record at the very end, and the bounds that it gives, before anything is parsed by it."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise ValueError("it is no capsule (no zip)" if size else "it is empty")
    file.seek(max(size - _END.size - 20, 0))
    tail = file.read()
    mark, disk, first, here, count, length, offset, comment = _END.unpack(tail[-_END.size :])
    if mark != _END_MARK:
        raise ValueError("it is no capsule: it does not end as a zip, or was cut off")
    if _WIDE_MARK in tail[: -_END.size][:4] or 0xFFFF in (here, count) or 0xFFFFFFFF in (length, offset):
        raise ValueError("it is a zip in the 64-bit form, which no capsule is")
    if disk or first or comment or here != count:
        raise ValueError("its last record is not that of a capsule")
    if not 0 < count <= MAX_ENTRIES or length > count * _DIRECTORY:
        raise ValueError(f"it holds {count:,} files; from 1 to {MAX_ENTRIES:,} are allowed")
    if offset + length != size - _END.size:
        raise ValueError("its directory is not where its last record says")
    file.seek(offset)
    directory, found, at = file.read(length), 0, 0
    while at + 46 <= length and directory.startswith(b"PK\x01\x02", at):
        at += 46 + sum(struct.unpack_from("<3H", directory, at + 28))
        found += 1
    if found != count or at != length:
        raise ValueError("its directory is not as long as its last record says")
    file.seek(0)


def _fault_of_entry(info: zipfile.ZipInfo) -> str:
    """What is wrong with an entry beside its name; nothing if all is well."""
    name, mode = info.filename, info.external_attr >> 16
    if info.orig_filename != name:
        return f"the name “{visible(info.orig_filename[:80])}” is not the one that is read"
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return f"“{name}” is no plain file (a link or a device)"
    if info.flag_bits & ~0x080E:
        return f"“{name}” is encrypted, or packed in a way that no capsule is"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"“{name}” is packed in a way that no capsule is (stored or deflate)"
    if info.file_size > (most := most_bytes(name)):
        return f"“{name}” would have {format_bytes(info.file_size)}; {format_bytes(most)} are allowed"
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        return f"“{name}” is not as large as it says"
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"“{name}” would grow from {format_bytes(info.compress_size)} to {format_bytes(info.file_size)}, which nothing real does"
    return ""


def _overlap_in(infos: list[zipfile.ZipInfo], directory: int) -> str:
    """Two entries may not lie over each other, or one small piece would be unpacked over and over."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            return f"“{info.filename}” lies over another file in it"
        end = info.header_offset + _HEAD + len(info.filename.encode()) + info.compress_size
    return "its files reach into its directory" if end > directory else ""


def _in_words(path: Path, error: BaseException) -> BaseException:
    """The error as a `FileError`, where it comes from what stands in the file."""
    name = str(path)
    if isinstance(error, FileError) or not isinstance(
        error,
        OSError
        | ValueError
        | zipfile.BadZipFile
        | zlib.error
        | EOFError
        | NotImplementedError
        | struct.error
        | RuntimeError,
    ):
        return error
    if isinstance(error, FileNotFoundError):
        return FileError(name, "there is no such file", way_out="Was it moved or renamed?")
    if isinstance(error, TooLarge):
        words = f"it has {format_bytes(error.size)}; a capsule has at most {format_bytes(MAX_TOTAL)}"
        return FileError(name, words, way_out="Was it made by VisualNet?")
    if isinstance(error, NotRegular):
        return FileError(name, str(error.strerror), way_out="Choose a file.")
    if isinstance(error, OSError):
        reason = os_reason(error)
        return FileError(name, f"it cannot be read ({reason})", way_out="Check who may read it.")
    words = first_line(error)[:300]
    if not isinstance(error, ValueError):
        words = f"it is damaged ({words})"
    return FileError(name, words, way_out="Nothing was unpacked; ask for it again where it came from.")


__all__ = ["Archive", "Check", "no_check"]
