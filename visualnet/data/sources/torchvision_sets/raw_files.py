"""Pictures and labels in files of fixed records: idx (MNIST), CIFAR's binary version, STL-10."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_quantity

Array = NDArray[Any]

LARGEST = 1 << 30
"""So much of a packed file is unpacked at most."""
_IDX_BYTES = 0x08


class Records(NamedTuple):
    """Pictures of one size, one behind the other: in a file, or in memory where the file is packed.

    Each begins ``skip`` bytes into its record of ``stride`` bytes; the first record at ``offset``. ``by_column`` says that a picture's
    columns follow each other rather than its rows.
    """

    path: Path
    size: int
    shape: tuple[int, int, int]
    offset: int = 0
    stride: int = 0
    skip: int = 0
    by_column: bool = False
    held: Array | None = None

    def read(self, index: Array) -> Array:
        """Pictures at these places: (sample, channel, height, width) of bytes.

        Raises:
            ValueError, OSError: the file cannot be read any more.
        """
        if self.held is not None:
            return np.asarray(self.held[index])
        end = self.offset + self.size * self.stride
        with open_regular(self.path) as file:
            if os.fstat(file.fileno()).st_size < end:
                raise ValueError("the file has become shorter")
            raw = np.memmap(file, np.uint8, "r", self.offset, (self.size, self.stride))
            found = np.array(raw[index, self.skip :])
        channels, height, width = self.shape
        if self.by_column:
            return found.reshape(-1, channels, width, height).transpose(0, 1, 3, 2)
        return found.reshape(-1, channels, height, width)


def read_idx_labels(path: Path) -> Array:
    """The labels of an idx file.

    Raises:
        ValueError: it is none, or ends too soon.
        OSError: it cannot be read.
    """
    raw = _unpack(path)
    (size,) = _read_idx_sizes(raw[:8], 1)
    _check_end(len(raw) - 8, size)
    return np.frombuffer(raw, np.uint8, size, 8)


def find_idx_images(path: Path) -> Records:
    """The pictures of an idx file, which is unpacked into memory if it is packed.

    Raises:
        ValueError: it is none, or ends too soon.
        OSError: it cannot be read.
    """
    if path.suffix == ".gz":
        raw = _unpack(path)
        size, height, width = _read_idx_sizes(raw[:16], 3)
        _check_end(len(raw) - 16, size * height * width)
        held = np.frombuffer(raw, np.uint8, size * height * width, 16).reshape(size, 1, height, width)
        return Records(path, size, (1, height, width), held=held)
    with open_regular(path) as file:
        size, height, width = _read_idx_sizes(file.read(16), 3)
        _check_end(os.fstat(file.fileno()).st_size - 16, size * height * width)
    return Records(path, size, (1, height, width), 16, height * width)


def find_records(path: Path, shape: tuple[int, int, int], label_bytes: int) -> tuple[Records, Array]:
    """The pictures of a file in CIFAR's binary version, and the label of each.

    Raises:
        ValueError: it does not consist of such records.
        OSError: it cannot be read.
    """
    stride = label_bytes + int(np.prod(shape))
    with open_regular(path) as file:
        length = os.fstat(file.fileno()).st_size
        if not length or length % stride:
            raise ValueError(
                f"its {format_quantity(length, 'byte')} are no whole number of records of {stride:,}: the file is cut short"
            )
        raw = np.memmap(file, np.uint8, "r", 0, (length // stride, stride))
        label = np.array(raw[:, label_bytes - 1])
    return Records(path, length // stride, shape, 0, stride, label_bytes), label


def find_stl(images: Path, labels: Path, shape: tuple[int, int, int]) -> tuple[Records, Array]:
    """The pictures of STL-10, whose columns follow each other, and their labels from 0.

    Raises:
        ValueError: the files do not fit each other.
        OSError: one cannot be read.
    """
    stride = int(np.prod(shape))
    with open_regular(images) as file:
        length = os.fstat(file.fileno()).st_size
    with open_regular(labels) as file:
        label = np.frombuffer(file.read(LARGEST), np.uint8)
    if not length or length % stride or length // stride != len(label):
        raise ValueError(f"it has {length / stride:.10g} pictures, “{labels.name}” {len(label):,} labels")
    return Records(images, len(label), shape, 0, stride, by_column=True), label - np.uint8(1)


def _unpack(path: Path) -> bytes:
    with open_regular(path) as file:
        if path.suffix != ".gz":
            return bytes(file.read(LARGEST))
        try:
            with gzip.GzipFile(fileobj=file) as packed:
                found = packed.read(LARGEST + 1)
        except (EOFError, gzip.BadGzipFile) as error:
            raise ValueError(f"it cannot be unpacked: {error}") from None
    if len(found) > LARGEST:
        raise ValueError("it unpacks to more than such a file has")
    return found


def _read_idx_sizes(header: bytes, axes: int) -> tuple[int, ...]:
    if len(header) < 4 + 4 * axes or header[:4] != bytes([0, 0, _IDX_BYTES, axes]):
        raise ValueError("it is no idx file of bytes with " + ("labels" if axes == 1 else "pictures"))
    return struct.unpack(f">{axes}I", header[4 : 4 + 4 * axes])


def _check_end(length: int, wanted: int) -> None:
    if length < wanted:
        raise ValueError(f"it ends after {length:,} of {format_quantity(wanted, 'byte')}: the file is cut short")
