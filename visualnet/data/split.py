"""Divide samples into training, validation and test, each with the same share of every class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]

SPLITS: dict[str, tuple[float, float, float]] = {
    "80 / 20": (0.8, 0.2, 0.0),
    "70 / 30": (0.7, 0.3, 0.0),
    "60 / 20 / 20": (0.6, 0.2, 0.2),
}
"""The usual divisions: training, validation, test."""


def check_shares(shares: Sequence[float]) -> None:
    """Raise ValueError, with words, unless the shares are three, none negative, some training, and add to 1."""
    if len(shares) != 3 or any(not 0 <= share <= 1 for share in shares):
        raise ValueError(f"the split wants three shares from 0 to 1 (training, validation, test), not {list(shares)}")
    if abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"the shares of the split add to {sum(shares):g}; they must add to 1")
    if shares[0] <= 0:
        raise ValueError("the split leaves nothing to train on: its first share is 0")


def parse_shares(text: str) -> tuple[float, float, float]:
    """Shares as a person writes them, in per cent: ``75 / 15 / 10``; what is left out is 0.

    Raises:
        ValueError: they are no numbers, more than three, or do not add to 100.
    """
    parts = [float(part) / 100 for part in text.replace("%", "").split("/")]
    training, validation, test = [*parts, 0.0, 0.0][: max(3, len(parts))]
    check_shares((training, validation, test))
    return training, validation, test


def split(
    size: int, shares: Sequence[float], seed: int, label: NDArray[Any] | None = None
) -> tuple[Index, Index, Index]:
    """Sorted indices of the three parts. Every sample is in exactly one; depends on seed, shares and labels alone.

    In each part a class has its share of the whole to within one sample, and so has the part itself.
    """
    check_shares(shares)
    order = np.random.default_rng(seed).permutation(size)
    groups = [order] if label is None else [order[label[order] == value] for value in np.unique(label)]
    parts: tuple[list[Index], ...] = ([], [], [])
    carried = np.zeros(3)
    for group in groups:
        ideal = np.asarray(shares) * len(group)
        counts = _whole(ideal, ideal + carried)
        carried += ideal - counts
        ends = np.cumsum(counts)
        for part, start, end in zip(parts, ends - counts, ends, strict=True):
            part.append(group[start:end])
    found = [np.sort(np.concatenate(part)) for part in parts]
    if not len(found[0]):
        raise ValueError(f"{size} samples are too few for a training share of {shares[0]:g}")
    return found[0], found[1], found[2]


def _whole(ideal: NDArray[np.float64], wanted: NDArray[np.float64]) -> Index:
    """Whole counts that add to the same sum, each its ideal rounded down or up: up where most is wanted."""
    counts = np.floor(ideal + 1e-9).astype(np.int64)
    left = round(float(ideal.sum())) - int(counts.sum())
    gain = np.where(ideal - counts > 1e-9, wanted - counts, -np.inf)
    counts[np.argsort(-gain, kind="stable")[:left]] += 1
    return counts
