"""Columns that samples are divided by: found by name, and read as groups, moments or parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import DataChoice
from visualnet.data.samples import Samples

Index = NDArray[np.int64]

PART_NAMES = {
    **dict.fromkeys(("train", "training", "0"), 0),
    **dict.fromkeys(("validation", "valid", "val", "dev", "1"), 1),
    **dict.fromkeys(("test", "testing", "2"), 2),
}
"""How files name the three parts, in lower case."""


def find_column(samples: Samples, choice: DataChoice, name: str) -> NDArray[Any]:
    """A column by its name.

    Raises:
        ValueError: the data have none of this name; the words name those that they have.
    """
    values = samples.column(name) if name else None
    if values is None or len(values) != samples.size:
        known = choice.facts.columns if choice.facts is not None else ()
        there = f"there are {', '.join(known)}" if known else "these data have none"
        raise ValueError(
            f"the data have no column “{name}” to divide by ({there})"
            if name
            else f"choose the column to divide by ({there})"
        )
    return np.asarray(values)


def read_groups(values: NDArray[Any]) -> Index:
    """The number of each sample's group: equal values are one group, and a missing one is a group by itself."""
    if values.dtype.kind == "f":
        missing = np.isnan(values)
    elif values.dtype.kind in "OU":
        values = values.astype(str)
        missing = values == ""
    else:
        missing = np.zeros(len(values), np.bool_)
    _, groups = np.unique(values, return_inverse=True)
    groups = groups.reshape(-1).astype(np.int64)
    groups[missing] = groups.max(initial=0) + 1 + np.arange(missing.sum())
    return groups


def read_moments(values: NDArray[Any], name: str) -> NDArray[np.float64]:
    """The moment of each sample as a number that grows with time: the numbers themselves, or dates as ISO 8601 writes them.

    Raises:
        ValueError: a value is neither; the words name its sample and show it.
    """
    if values.dtype.kind in "iufb":
        found = values.astype(np.float64)
        bad = np.flatnonzero(~np.isfinite(found))
        if len(bad):
            raise ValueError(
                f"the column “{name}” has no number for sample {int(bad[0]):,}: fill it, or leave that sample out"
            )
        return found
    moments = np.empty(len(values), np.float64)
    for sample, value in enumerate(values):
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValueError(
                f"the column “{name}” holds “{value}” for sample {sample:,}; to divide by time, numbers or dates such as 2024-05-31 "
                "are wanted"
            ) from None
        moments[sample] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return moments


def read_parts(values: NDArray[Any], name: str) -> Index:
    """The part of each sample (0, 1, 2), by what files call the three.

    Raises:
        ValueError: a value is none of these names; the words show it.
    """
    if values.dtype.kind in "fb":
        values = values.astype(np.int64) if np.isfinite(values.astype(np.float64)).all() else values
    words, places = np.unique(values.astype(str), return_inverse=True)
    for word in words:
        if word.strip().lower() not in PART_NAMES:
            raise ValueError(
                f"the column “{name}” holds “{word}”, which names no part: train, validation and test do (or 0, 1 and 2)"
            )
    return np.array([PART_NAMES[word.strip().lower()] for word in words], np.int64)[places.reshape(-1)]
