"""Small tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.contract.source_makers import Made, maker


def write_rows(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@maker("table")
def with_classes(folder: Path) -> Made:
    lines = ["length,colour,kind", *(f"{n / 3:.2f},{('red', 'blue')[n % 2]},{'abc'[n % 3]}" for n in range(12))]
    return Made(write_rows(folder / "t.csv", lines), {}, 12)


@maker("table")
def with_numbers_and_gaps(folder: Path) -> Made:
    lines = [
        "when;a;b;price",
        *(f"2024-01-{n + 1:02d};{n / 3:.2f};{'' if n == 4 else n};{n / 7:.3f}" for n in range(12)),
    ]
    lines[6] = "one cell"
    return Made(write_rows(folder / "t.csv", [line.replace(".", ",") for line in lines]), {"month": True}, 11)


@maker("table")
def parquet(folder: Path) -> Made:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [n / 7 for n in range(9)], "b": [None, *range(8)], "y": ["u", "v", "w"] * 3})
    pytest.importorskip("pyarrow.parquet").write_table(table, folder / "t.parquet")
    return Made(folder / "t.parquet", {}, 9, is_damaged_by_more=True)


@maker("arrays")
def images_of_bytes(folder: Path) -> Made:
    rng = np.random.default_rng(0)
    np.savez(folder / "a.npz", x=rng.integers(0, 256, (9, 5, 6), np.uint8), y=np.arange(9) % 3)
    return Made(folder / "a.npz", {}, 9, is_damaged_by_more=False)


@maker("arrays")
def features_beside_their_targets(folder: Path) -> Made:
    rng = np.random.default_rng(0)
    np.save(folder / "X.npy", rng.normal(size=(9, 4)))
    np.save(folder / "y.npy", rng.normal(size=(9, 2)))
    return Made(folder / "X.npy", {}, 9)


@maker("arrays")
def parts_in_colour(folder: Path) -> Made:
    rng = np.random.default_rng(0)
    arrays = {f"x_{part}": rng.integers(0, 256, (n, 4, 5, 3), np.uint8) for part, n in (("train", 6), ("test", 3))}
    labels = {f"y_{part}": np.array(["cat", "dog", "cat"] * n) for part, n in (("train", 2), ("test", 1))}
    np.savez_compressed(folder / "a.npz", **arrays, **labels)
    return Made(folder / "a.npz", {}, 9)


@maker("series")
def one_series(folder: Path) -> Made:
    lines = [
        "day,wind,warmth",
        *(f"2024-{1 + n // 28:02d}-{n % 28 + 1:02d},{n * 7 % 11},{n / 3:.2f}" for n in range(40)),
    ]
    return Made(write_rows(folder / "t.csv", lines), {}, 16)


@maker("series")
def two_places_with_gaps(folder: Path) -> Made:
    lines = ["place;hour;value", *(f"{'ab'[n % 2]};{n // 2};{'' if n == 9 else n}" for n in range(30))]
    options = {"window": 3, "horizon": 2, "time": "hour", "group": "place"}
    return Made(write_rows(folder / "t.csv", lines), options, 17, is_guessed=False)
