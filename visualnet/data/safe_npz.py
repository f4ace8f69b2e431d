"""Read npz files of known content: sizes and types are held against what is expected before a number is read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.regular_files import open_regular
from visualnet.resources import resource

MAX_HEADER = 4096
Expected = Mapping[str, tuple[tuple[int, ...], str]]


def read_npz(path: Path, expected: Expected) -> dict[str, NDArray[Any]]:
    """The arrays of the file, if they are exactly those expected: name → (shape, dtype).

    Raises:
        ValueError: the file cannot be read, or holds something else.
    """
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            names = sorted(archive.namelist())
            if names != sorted(f"{name}.npy" for name in expected):
                raise ValueError(f"it holds {', '.join(names[:8])}; wanted are {', '.join(expected)}")
            found = {}
            for name, (shape, dtype) in expected.items():
                with archive.open(f"{name}.npy") as member:
                    _check_header(member, name, shape, dtype)
                with archive.open(f"{name}.npy") as member:
                    found[name] = np.lib.format.read_array(member, allow_pickle=False, max_header_size=MAX_HEADER)
            return found
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}. Set the program up again to get it back.") from None


def _check_header(member: IO[bytes], name: str, shape: tuple[int, ...], dtype: str) -> None:
    version = np.lib.format.read_magic(member)
    if version != (1, 0):
        raise ValueError(f"{name} is of npy version {version}, not (1, 0)")
    found, fortran, kind = np.lib.format.read_array_header_1_0(member, max_header_size=MAX_HEADER)
    if found != shape or kind != np.dtype(dtype) or fortran:
        raise ValueError(f"{name} is {kind} {found}, not {dtype} {shape}")


def read_digits(file: str, samples: int, side: int, white: int) -> dict[str, NDArray[Any]]:
    """Images from 0 to 1 with one channel, and their labels."""
    expected = {"X": ((samples, side, side), "uint8"), "y": ((samples,), "uint8")}
    raw = read_npz(resource("data", file), expected)
    image = (raw["X"].astype(np.float32) / np.float32(white))[:, None]
    return {"image": image, "label": raw["y"].astype(np.int64)}
