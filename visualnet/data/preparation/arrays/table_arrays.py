"""Rows of a table as arrays: what is learned from those of the training part, and what is done to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from visualnet.data.preparation.step import Fitted

Array = NDArray[Any]
Arrays = Array | list[Array]
LEAST_UNIT = 1e-8
"""What varies less than this does not vary: it is divided by 1."""


def join_rows(batches: Iterable[Arrays], width: int) -> Array:
    """All rows of these batches; the steps of a series are rows."""
    found = [np.asarray(value, np.float32).reshape(-1, width) for values in batches for value in _parts(values)]
    return np.concatenate(found) if found else np.empty((0, width), np.float32)


def map_rows(values: Arrays, change: Callable[[Array], Array]) -> Arrays:
    """Each row changed, by itself: rows stand along the last axis."""
    found = []
    for value in _parts(values):
        rows = change(value.reshape(-1, value.shape[-1]))
        found.append(np.ascontiguousarray(rows, np.float32).reshape(*value.shape[:-1], rows.shape[-1]))
    return found[0] if isinstance(values, np.ndarray) else found


def fill_value(column: Array, how: str) -> float:
    """What stands for what is missing in a column: the mean, the median or the most frequent of those that are there; 0 of none."""
    there = column[np.isfinite(column)].astype(np.float64)
    if not len(there):
        return 0.0
    if how == "most_frequent":
        values, counts = np.unique(there, return_counts=True)
        return float(values[np.argmax(counts)])
    return float(np.median(there) if how == "median" else there.mean())


def fill(rows: Array, values: Sequence[float | None], marked: Sequence[int]) -> Array:
    """Rows with these values where NaN stood (None leaves it), and behind them columns that say where, for those that are marked."""
    missing = np.isnan(rows)
    values = [np.nan if value is None else value for value in values]
    filled = np.where(missing, np.asarray(values, np.float32), rows)
    return np.concatenate([filled, missing[:, list(marked)].astype(np.float32)], axis=1) if marked else filled


def categories_of(column: Array) -> list[int]:
    """The categories that occur."""
    return [int(value) for value in np.unique(column[np.isfinite(column)])]


def to_one_hot(rows: Array, categories: Sequence[int], seen: Sequence[Sequence[int]]) -> Array:
    """A column for each category; those that were not seen, and NaN, have 0 in all."""
    parts = []
    for at, (count, known) in enumerate(zip(categories, seen, strict=True)):
        if not count:
            parts.append(rows[:, at : at + 1])
            continue
        hot = np.zeros((len(rows), count), np.float32)
        held = np.isin(rows[:, at], np.asarray(known, np.float32))
        where = np.flatnonzero(held)
        hot[where, rows[where, at].astype(np.int64)] = 1
        parts.append(hot)
    return np.concatenate(parts, axis=1)


def to_ordinal(rows: Array, categories: Sequence[int]) -> Array:
    """The number of a category as it is; −1 where it is missing."""
    coded = np.asarray(categories) > 0
    found: Array = np.where(coded & np.isnan(rows), np.float32(-1), rows)
    return found


def scale_of(column: Array, how: str) -> tuple[float, float]:
    """Where the middle of a column lies and what its unit is."""
    there = column[np.isfinite(column)].astype(np.float64)
    if not len(there):
        return 0.0, 1.0
    if how == "range":
        centre, unit = there.min(), there.max() - there.min()
    elif how == "quartiles":
        low, centre, high = np.quantile(there, (0.25, 0.5, 0.75))
        unit = high - low
    else:
        centre, unit = there.mean(), there.std()
    return float(centre), float(unit) if unit > LEAST_UNIT else 1.0


def rescale(rows: Array, centre: Sequence[float], unit: Sequence[float]) -> Array:
    """Rows less the middle, in units."""
    found: Array = (rows - np.asarray(centre)) / np.asarray(unit)
    return found.astype(np.float32)


def ends_of(column: Array, low: float, high: float) -> tuple[float, float] | None:
    """Between which values a column lies, but for these shares in per cent at its ends; None where it has no value."""
    there = column[np.isfinite(column)].astype(np.float64)
    if not len(there):
        return None
    first, last = np.quantile(there, (low / 100, 1 - high / 100))
    return float(first), float(last)


def clip(rows: Array, ends: Sequence[Sequence[float] | None]) -> Array:
    """Rows within these ends; None leaves a column, and NaN stays."""
    low = np.array([-np.inf if end is None else end[0] for end in ends], np.float32)
    high = np.array([np.inf if end is None else end[1] for end in ends], np.float32)
    return np.clip(rows, low, high)


def moments(batches: Iterable[Arrays], axis: int) -> tuple[list[float], list[float]]:
    """Mean and deviation along an axis of a sample, over all samples; NaN does not count. What never changes has deviation 1."""
    count: Any = 0
    mean: Any = 0.0
    squares: Any = 0.0
    for values in batches:
        for value in values:
            flat = np.moveaxis(np.asarray(value, np.float64), axis, 0).reshape(value.shape[axis], -1)
            there = np.isfinite(flat)
            number = there.sum(1)
            flat = np.where(there, flat, 0)
            own = flat.sum(1) / np.maximum(number, 1)
            spread = (np.where(there, flat - own[:, None], 0) ** 2).sum(1)
            # Chan, Golub and LeVeque: parts are joined by their means, since the difference of two large sums loses all digits.
            step, together = own - mean, np.maximum(count + number, 1)
            squares = squares + spread + step**2 * (count * number / together)
            mean = mean + step * (number / together)
            count = count + number
    if isinstance(mean, float):
        raise ValueError("there is no training sample to take the mean of")
    deviation = np.sqrt(squares / np.maximum(count, 1))
    return mean.tolist(), np.where(deviation > LEAST_UNIT, deviation, 1.0).tolist()


def normalise(values: Arrays, fitted: Fitted) -> Arrays:
    """Samples less the mean, in deviations."""
    mean, deviation = np.asarray(fitted["mean"]), np.asarray(fitted["deviation"])
    found = []
    for value in values:
        shape = [1] * value.ndim
        shape[fitted["axis"]] = -1
        found.append(((value - mean.reshape(shape)) / deviation.reshape(shape)).astype(np.float32))
    return np.stack(found) if found and isinstance(values, np.ndarray) else found


def _parts(values: Arrays) -> Sequence[Array]:
    return [values] if isinstance(values, np.ndarray) else values
