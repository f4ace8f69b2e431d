"""npz files are read only if their headers say exactly what is expected."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from visualnet.data.safe_npz import read_npz

WANTED = {"X": ((4, 2), "uint8"), "y": ((4,), "uint8")}


def _write(path: Path, **arrays: object) -> Path:
    np.savez_compressed(path, **arrays)
    return path


def test_what_is_expected_is_read(tmp_path: Path) -> None:
    x = np.arange(8, dtype=np.uint8).reshape(4, 2)
    found = read_npz(_write(tmp_path / "a.npz", X=x, y=np.zeros(4, np.uint8)), WANTED)
    assert (found["X"] == x).all()


@pytest.mark.parametrize(
    "arrays",
    [
        {"X": np.zeros((4, 2), np.uint8)},
        {"X": np.zeros((4, 3), np.uint8), "y": np.zeros(4, np.uint8)},
        {"X": np.zeros((4, 2), np.float64), "y": np.zeros(4, np.uint8)},
        {"X": np.zeros((4, 2), np.uint8), "y": np.zeros(4, np.uint8), "z": np.zeros(1)},
        {"X": np.asfortranarray(np.zeros((4, 2), np.uint8)), "y": np.zeros(4, np.uint8)},
        {"X": np.array([[object()] * 2] * 4), "y": np.zeros(4, np.uint8)},
    ],
    ids=["missing", "shape", "dtype", "more", "fortran", "pickled"],
)
def test_anything_else_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    if arrays["X"].dtype == object:
        arrays = {**arrays, "X": np.full((4, 2), None, object)}
    path = _write(tmp_path / "a.npz", **arrays)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    monkeypatch.setattr(pickle, "load", never)
    with pytest.raises(ValueError, match=r"a\.npz cannot be read"):
        read_npz(path, WANTED)


def test_torn_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.npz", X=np.zeros((4, 2), np.uint8), y=np.zeros(4, np.uint8))
    whole = path.read_bytes()
    for size in range(0, len(whole), 37):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="cannot be read"):
            read_npz(path, WANTED)
    path.unlink()
    with pytest.raises(ValueError, match="cannot be read"):
        read_npz(path, WANTED)
