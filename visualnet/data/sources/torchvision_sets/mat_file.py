"""Arrays of numbers in a MATLAB file of version 5, as SVHN has them. Only plain arrays are read."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.regular_files import read_regular

Array = NDArray[Any]

LARGEST = 1 << 30
"""So many bytes has a file at most, packed or unpacked."""
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15


def read_mat(path: Path) -> dict[str, Array]:
    """The arrays of a file by name, axes in MATLAB's order.

    Raises:
        ValueError: it is no such file, or holds something else than plain arrays.
        OSError: it cannot be read.
    """
    data = memoryview(read_regular(path, LARGEST))
    if len(data) < 128 or bytes(data[126:128]) != b"IM" or bytes(data[124:126]) != b"\x00\x01":
        raise ValueError("it is no MATLAB file of version 5")
    found, at, room = {}, 128, LARGEST
    while at + 8 <= len(data):
        kind, body, at = _element(data, at)
        if kind == _COMPRESSED:
            unpacker = zlib.decompressobj()
            try:
                raw = unpacker.decompress(body, room + 1)
            except zlib.error as error:
                raise ValueError(f"it cannot be unpacked: {error}") from None
            room -= len(raw)
            if room < 0 or not unpacker.eof:
                raise ValueError("it is cut short, or unpacks to more than such a file has")
            kind, body, _ = _element(memoryview(raw), 0)
        if kind != _MATRIX:
            raise ValueError(f"it holds something else than arrays (an element of kind {kind})")
        name, values = _matrix(body)
        found[name] = values
    return found


def _matrix(body: memoryview) -> tuple[str, Array]:
    _, _, at = _element(body, 0)  # flags: complex and sparse arrays have further elements, which are refused below
    _, raw_sizes, at = _element(body, at)
    _, raw_name, at = _element(body, at)
    kind, raw, at = _element(body, at)
    sizes = struct.unpack(f"<{len(raw_sizes) // 4}i", raw_sizes)
    if kind not in _TYPES or at < len(body) or any(size < 0 for size in sizes):
        raise ValueError("it holds something else than plain arrays of numbers")
    values = np.frombuffer(raw, "<" + _TYPES[kind])
    if values.size != int(np.prod(sizes)):
        raise ValueError("an array of it has another size than is said")
    return bytes(raw_name).decode("latin-1"), values.reshape(sizes, order="F")


def _element(data: memoryview, at: int) -> tuple[int, memoryview, int]:
    """Kind and bytes of the element here, and where the next one begins."""
    if at + 8 > len(data):
        raise ValueError("it is cut short")
    kind, size = struct.unpack_from("<II", data, at)
    if kind >> 16:  # a small one: its size stands in the upper half of its kind, its bytes where else the size does
        kind, size = kind & 0xFFFF, kind >> 16
        return kind, data[at + 4 : at + 4 + min(size, 4)], at + 8
    end = at + 8 + size
    if end > len(data):
        raise ValueError("it is cut short")
    return kind, data[at + 8 : end], end if kind == _COMPRESSED else min(len(data), end + -size % 8)
