"""Tiny sets in the files that torchvision keeps them in."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np

from tests.contract.source_makers import Made, maker


def write_idx(path: Path, values: np.ndarray, *, packed: bool = False) -> Path:
    """Bytes with their sizes before them, as MNIST has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.astype("u1").tobytes()
    if packed:
        path = path.with_name(f"{path.name}.gz")
    path.write_bytes(gzip.compress(raw, mtime=0) if packed else raw)
    return path


def draw(seed: int, *shape: int) -> np.ndarray:
    """Bytes at random."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def write_mnist(folder: Path, train: int = 6, test: int = 3, *, packed: bool = False) -> dict[str, np.ndarray]:
    """A set of MNIST's kind; its pictures by the file's name."""
    written = {}
    for part, size in (("train", train), ("t10k", test)):
        written[part] = draw(size, size, 28, 28)
        write_idx(folder / f"{part}-images-idx3-ubyte", written[part], packed=packed)
        write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(size) % 10, packed=packed)
    return written


def write_cifar10(folder: Path) -> np.ndarray:
    """CIFAR-10's six files, two pictures in each."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = draw(5, 12, 3, 32, 32)
    names = [*(f"data_batch_{at}.bin" for at in range(1, 6)), "test_batch.bin"]
    for at, name in enumerate(names):
        pairs = zip(range(2 * at, 2 * at + 2), pictures[2 * at : 2 * at + 2], strict=True)
        (folder / name).write_bytes(b"".join(bytes([number % 10]) + picture.tobytes() for number, picture in pairs))
    return pictures


def write_mat(path: Path, arrays: dict[str, np.ndarray], *, packed: bool = True) -> Path:
    """Arrays of bytes in a MATLAB file of version 5."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"]
    for name, values in arrays.items():
        body = struct.pack("<IIII", 6, 8, 9, 0)
        body += _element(5, struct.pack(f"<{values.ndim}i", *values.shape))
        body += struct.pack("<HH4s", 1, len(name), name.encode()) if len(name) <= 4 else _element(1, name.encode())
        body += _element(2, values.tobytes(order="F"))
        matrix = struct.pack("<II", 14, len(body)) + body
        raw = zlib.compress(matrix) if packed else b""
        parts.append(struct.pack("<II", 15, len(raw)) + raw if packed else matrix)
    path.write_bytes(b"".join(parts))
    return path


def _element(kind: int, raw: bytes) -> bytes:
    return struct.pack("<II", kind, len(raw)) + raw + b"\0" * (-len(raw) % 8)


@maker("torchvision")
def mnist(folder: Path) -> Made:
    write_mnist(folder / "MNIST" / "raw")
    return Made(folder, {}, 9)


@maker("torchvision")
def fashion_packed(folder: Path) -> Made:
    write_mnist(folder / "FashionMNIST" / "raw", packed=True)
    return Made(folder, {"dataset": "FashionMNIST"}, 9, is_damaged_by_more=True)


@maker("torchvision")
def cifar10(folder: Path) -> Made:
    write_cifar10(folder / "cifar-10-batches-bin")
    return Made(folder, {}, 12, is_damaged_by_more=True)
