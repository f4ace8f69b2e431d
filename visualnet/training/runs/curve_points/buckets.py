"""Buckets of a curve's points: where the minimum, the maximum, the first and the last gap of each are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Index = NDArray[np.int64]

NONE = np.iinfo(np.int64).max
"""Stands for "no gap here" in the first-gap column, so that a plain minimum joins two buckets."""


class Level:
    """One floor of the pyramid: per bucket the places of minimum, maximum, first and last gap."""

    def __init__(self, columns: NDArray[np.int64] | None = None) -> None:
        self.columns = np.empty((4, 0), np.int64) if columns is None else columns
        self.size = self.columns.shape[1]

    def add(self, new: tuple[Index, Index, Index, Index]) -> None:
        """Put buckets behind the others."""
        end = self.size + len(new[0])
        if end > self.columns.shape[1]:
            room = np.empty((4, max(end, self.columns.shape[1] * 3 // 2)), np.int64)
            room[:, : self.size] = self.columns[:, : self.size]
            self.columns = room
        self.columns[:, self.size : end] = new
        self.size = end

    def slice(self, first: int, last: int) -> Level:
        """Some of the buckets."""
        return Level(self.columns[:, first:last])

    def grouped(self, values: Values, group: int) -> tuple[Index, Index, Index, Index]:
        """Every `group` buckets joined to one; the last may hold fewer."""
        if group == 1:
            low, high, gap0, gap1 = self.columns
            return low, high, gap0, gap1
        low, high, gap0, gap1 = (_padded(column, group) for column in self.columns)
        rows = np.arange(len(low))
        least = np.where(np.isnan(values[low]), np.inf, values[low]).argmin(1)
        most = np.where(np.isnan(values[high]), -np.inf, values[high]).argmax(1)
        return low[rows, least], high[rows, most], gap0.min(1), gap1.max(1)


def _padded(column: Index, group: int) -> NDArray[np.int64]:
    """A column cut into rows of `group`, its last entry repeated to fill the last row."""
    short = -len(column) % group
    return np.concatenate([column, np.repeat(column[-1:], short)]).reshape(-1, group)


def from_points(values: Values, offset: int, width: int) -> tuple[Index, Index, Index, Index]:
    """Buckets of `width` points each, whose first point has index `offset`."""
    table = _padded(values, width)  # type: ignore[arg-type]
    missing = np.isnan(table)
    bases = offset + np.arange(len(table), dtype=np.int64) * width
    end = offset + len(values) - 1
    if not missing.any():
        nothing = np.full(len(table), -1, np.int64)
        low, high = bases + table.argmin(1), bases + table.argmax(1)
        return np.minimum(low, end), np.minimum(high, end), np.full(len(table), NONE), nothing
    low = bases + np.where(missing, np.inf, table).argmin(1)
    high = bases + np.where(missing, -np.inf, table).argmax(1)
    any_gap = missing.any(1)
    gap0 = np.where(any_gap, np.minimum(bases + missing.argmax(1), end), NONE)
    gap1 = np.where(any_gap, np.minimum(bases + width - 1 - missing[:, ::-1].argmax(1), end), -1)
    return np.minimum(low, end), np.minimum(high, end), gap0, gap1
