"""A curve that grows for ever and is drawn in no time.

`Series` keeps every (step, value) of a run and, beside them, a pyramid of buckets that remember where their
minimum, maximum, first and last gap are. A window of any width is then answered from a few thousand buckets,
and no extreme is ever thinned away: the best epoch stays visible among 10^7 steps.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Values = NDArray[np.float64]
Index = NDArray[np.int64]

LEAF = 16
"""Points in a bucket of the lowest level."""
FAN = 4
"""Buckets of one level that make one of the next."""
KEPT_WEIGHTS = 2
"""Smoothed curves kept per series: the one shown, and the one before, for a slider that moves back."""
EMA_CHUNK = 1 << 15
TINY = 1e-20
LARGE = 2.0**62
NONE = np.iinfo(np.int64).max
"""Stands for "no gap here" in the first-gap column, so that a plain minimum joins two buckets."""


class Series:
    """One curve of (step, value), in order of steps; a value that is not finite is a gap."""

    def __init__(self, steps: Iterable[int] = (), values: Iterable[float] = ()) -> None:
        self._steps: Steps = np.empty(256, np.int64)
        self._values: Values = np.empty(256, np.float64)
        self._size = 0
        self._levels: list[_Level] = []
        self._smoothed: OrderedDict[float, _Smoothed] = OrderedDict()
        self.extend(steps, values)

    def __len__(self) -> int:
        return self._size

    @property
    def steps(self) -> Steps:
        """All steps, as a view that must not be written to."""
        return self._steps[: self._size]

    @property
    def values(self) -> Values:
        """All values, gaps as NaN, as a view that must not be written to."""
        return self._values[: self._size]

    @property
    def last(self) -> tuple[int, float] | None:
        """The newest point, or None."""
        return (int(self._steps[self._size - 1]), float(self._values[self._size - 1])) if self._size else None

    def append(self, step: int, value: float) -> None:
        """Add one point; its step must come after the last one."""
        size = self._size
        if size and step <= self._steps[size - 1]:
            raise ValueError(f"step {step} does not come after step {self._steps[size - 1]}: call truncate_after first")
        if size == len(self._steps):
            self._reserve(size + 1)
        self._steps[size] = step
        self._values[size] = value if -np.inf < value < np.inf else np.nan
        self._size = size + 1

    def extend(self, steps: Iterable[int], values: Iterable[float]) -> None:
        """Add many points at once; steps must rise and come after the last one."""
        s = np.asarray(steps if isinstance(steps, np.ndarray) else list(steps), np.int64)
        v = np.asarray(values if isinstance(values, np.ndarray) else list(values), np.float64)
        if s.shape != v.shape or s.ndim != 1:
            raise ValueError(f"{s.shape} steps do not match {v.shape} values")
        if not len(s):
            return
        if (self._size and s[0] <= self._steps[self._size - 1]) or (np.diff(s) <= 0).any():
            raise ValueError("steps must rise and come after the last one: call truncate_after first")
        end = self._size + len(s)
        self._reserve(end)
        self._steps[self._size : end] = s
        self._values[self._size : end] = np.where(np.isfinite(v), v, np.nan)
        self._size = end

    def truncate_after(self, step: int) -> None:
        """Forget every point later than `step`, as a run does that resumes from a checkpoint."""
        size = int(np.searchsorted(self.steps, step, "right"))
        if size == self._size:
            return
        self._size = size
        self._smoothed.clear()
        width = LEAF
        for level in self._levels:
            level.size = min(level.size, size // width)
            width *= FAN

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    def nearest(self, step: float) -> tuple[int, float] | None:
        """The point whose step is nearest to `step`, or None if there is none."""
        if not self._size:
            return None
        right = int(np.searchsorted(self.steps, _whole(step, math.ceil)))
        left = max(right - 1, 0)
        right = min(right, self._size - 1)
        at = left if step - self._steps[left] <= self._steps[right] - step else right
        return int(self._steps[at]), float(self._values[at])

    def best(self, mode: Literal["min", "max"] = "min") -> tuple[int, float] | None:
        """The earliest point with the least (or greatest) value, or None if there is no finite one."""
        if not self._size:
            return None
        low, high, _, _ = self._buckets(0, self._size, 1)
        at = low if mode == "min" else high
        values = self._values[at]
        if np.isnan(values).all():
            return None
        pick = at[np.nanargmin(values) if mode == "min" else np.nanargmax(values)]
        return int(self._steps[pick]), float(self._values[pick])

    def window(self, x0: float, x1: float, pixels: int) -> tuple[Steps, Values]:
        """At most about 4·pixels points that draw steps x0 to x1 as all points would.

        One neighbour on either side is added so that lines reach the edge of the picture.
        """
        first = int(np.searchsorted(self.steps, _whole(x0, math.ceil), "left"))
        last = int(np.searchsorted(self.steps, _whole(x1, math.floor), "right"))
        if last < first:
            first, last = last, first
        pixels = max(int(pixels), 1)
        if last - first <= 4 * pixels:
            at: Index | slice = slice(max(first - 1, 0), min(last + 1, self._size))
        else:
            edges = [first - 1] * (first > 0) + [last] * (last < self._size)
            columns = (*self._buckets(first, last, pixels), np.array(edges, np.int64))
            joined = np.unique(np.concatenate(columns))
            at = joined[(joined >= 0) & (joined < self._size)]
        return self._steps[at].copy(), self._values[at].copy()

    def smoothed(self, weight: float) -> Series:
        """The exponential moving average with bias correction; gaps stay gaps. Weight 0 is the curve itself.

        m_t = w·m_(t−1) + (1 − w)·v_t, shown as m_t / (1 − w^t), with t counting the finite values.
        """
        if not 0 <= weight < 1:
            raise ValueError(f"the smoothing weight must be from 0 to below 1, not {weight}")
        if weight == 0:
            return self
        state = self._smoothed.pop(weight, None) or _Smoothed(weight)
        self._smoothed[weight] = state
        while len(self._smoothed) > KEPT_WEIGHTS:
            self._smoothed.popitem(last=False)
        done = len(state.series)
        if done < self._size:
            state.follow(self.steps[done:], self.values[done:])
        return state.series

    def _reserve(self, size: int) -> None:
        if size <= len(self._steps):
            return
        room = max(size, len(self._steps) * 3 // 2)
        self._steps = np.concatenate([self.steps, np.empty(room - self._size, np.int64)])
        self._values = np.concatenate([self.values, np.empty(room - self._size, np.float64)])

    def _buckets(self, first: int, last: int, pixels: int) -> tuple[Index, Index, Index, Index]:
        """Indices of minima, maxima, first gaps (or NONE) and last gaps (or −1) of about `pixels` buckets."""
        self._build()
        width, depth = 1, -1
        while depth + 1 < len(self._levels):
            wider = LEAF if depth < 0 else width * FAN
            if (last - first) // wider < 4 * pixels or (last - first) // wider == 0:
                break
            width, depth = wider, depth + 1
        group = -(-(last - first) // (width * pixels))
        span = width * group
        start, stop = -(-first // span) * span, last // span * span
        if depth >= 0:
            stop = min(stop, self._levels[depth].size * width // span * span)
        if stop <= start:
            return self._raw(first, last, max(last - first, 1))
        if depth < 0:
            middle = self._raw(start, stop, group)
        else:
            middle = self._levels[depth].slice(start // width, stop // width).grouped(self._values, group)
        parts = [middle]
        if first < start:
            parts.insert(0, self._raw(first, start, start - first))
        if stop < last:
            parts.append(self._raw(stop, last, min(span, last - stop)))
        low, high, gap0, gap1 = (np.concatenate(column) for column in zip(*parts, strict=True))
        return low, high, gap0, gap1

    def _raw(self, first: int, last: int, width: int) -> tuple[Index, Index, Index, Index]:
        return _from_points(self._values[first:last], first, width)

    def _build(self) -> None:
        """Bring the pyramid up to the newest full buckets; costs only what is new."""
        below, width = self._size, LEAF
        for depth in range(64):
            have = below // (LEAF if depth == 0 else FAN)
            if have == 0:
                return
            if depth == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[depth]
            if have > level.size:
                if depth == 0:
                    new = _from_points(self._values[level.size * width : have * width], level.size * width, width)
                else:
                    fine = self._levels[depth - 1].slice(level.size * FAN, have * FAN)
                    new = fine.grouped(self._values, FAN)
                level.add(new)
            below, width = have, width * FAN


def _whole(step: float, rounding: Callable[[float], int]) -> np.int64:
    """A step as an integer: a float key would make numpy copy all steps to floats before it searches."""
    return np.int64(rounding(min(max(step, -LARGE), LARGE)))


class _Level:
    """One floor of the pyramid: per bucket the places of minimum, maximum, first and last gap."""

    def __init__(self, columns: NDArray[np.int64] | None = None) -> None:
        self.columns = np.empty((4, 0), np.int64) if columns is None else columns
        self.size = self.columns.shape[1]

    def add(self, new: tuple[Index, Index, Index, Index]) -> None:
        end = self.size + len(new[0])
        if end > self.columns.shape[1]:
            room = np.empty((4, max(end, self.columns.shape[1] * 3 // 2)), np.int64)
            room[:, : self.size] = self.columns[:, : self.size]
            self.columns = room
        self.columns[:, self.size : end] = new
        self.size = end

    def slice(self, first: int, last: int) -> _Level:
        return _Level(self.columns[:, first:last])

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


def _from_points(values: Values, offset: int, width: int) -> tuple[Index, Index, Index, Index]:
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


class _Smoothed:
    """A moving average that follows its series: what was computed is never computed again."""

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.series = Series()
        self._mean = 0.0
        self._count = 0

    def follow(self, steps: Steps, values: Values) -> None:
        out = np.full(len(values), np.nan)
        there = np.flatnonzero(~np.isnan(values))
        for begin in range(0, len(there), EMA_CHUNK):
            part = there[begin : begin + EMA_CHUNK]
            out[part] = self._average(values[part])
        self.series.extend(steps, out)

    def _average(self, values: Values) -> Values:
        """m over one chunk of finite values, by doubling: after pass k each m holds its last 2^k values."""
        w, n = self.weight, len(values)
        mean = values * (1 - w)
        reach, power = 1, w
        while reach < n and power > TINY:
            mean[reach:] += power * mean[:-reach].copy()
            reach, power = reach * 2, power * power
        turns = np.arange(1, n + 1)
        mean += self._mean * w**turns
        self._mean = float(mean[-1])
        total = self._count + turns
        self._count += n
        smoothed: Values = mean / -np.expm1(total * np.log(w))
        return smoothed
