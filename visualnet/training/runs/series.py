"""A curve that grows for ever and is drawn in no time.

`Series` keeps every (step, value) of a run and, beside them, a pyramid of buckets that remember where their
minimum, maximum, first and last gap are. A window of any width is then answered from a few thousand buckets,
and no extreme is ever thinned away: the best epoch stays visible among 10^7 steps. A curve that is told so joins its late
points (`curve_points/thinned.py`), and takes bounded memory.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from visualnet.training.runs.curve_points.buckets import Index, Level, Values, from_points
from visualnet.training.runs.curve_points.smoothing import Counts, MovingAverage
from visualnet.training.runs.curve_points.thinned import PENDING, bucket_of, join

Steps = NDArray[np.int64]

LEAF = 16
"""Points in a bucket of the lowest level."""
FAN = 4
"""Buckets of one level that make one of the next."""
KEPT_WEIGHTS = 2
"""Smoothed curves kept per series: the one shown, and the one before, for a slider that moves back."""
LARGE = 2.0**62


class Series:
    """One curve of (step, value), in order of steps; a value that is not finite is a gap.

    ``whole`` (a power of two): so many points are kept as they are, later ones are joined; None: all are kept.
    """

    def __init__(self, steps: Iterable[int] = (), values: Iterable[float] = (), whole: int | None = None) -> None:
        self._whole = whole
        self._steps: Steps = np.empty(256, np.int64)
        self._values: Values = np.empty(256, np.float64)
        self._size = 0
        self._levels: list[Level] = []
        self._smoothed: OrderedDict[float, _Smoothed] = OrderedDict()
        self._means: Values = np.empty(0, np.float64)
        self._counts: Counts = np.empty(0, np.int32)
        """Of the joined points, which come behind the first ``whole``: the mean of each one's bucket, and for how many it stands."""
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
        self._join_late()

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
        self._join_late()

    def truncate_after(self, step: int) -> None:
        """Forget every point later than `step`, as a run does that resumes from a checkpoint."""
        size = int(np.searchsorted(self.steps, step, "right"))
        if size == self._size:
            return
        self._size = size
        self._smoothed.clear()
        self._forget_buckets(size)
        if self._whole is not None:
            joined = max(size - self._whole, 0)
            self._means, self._counts = self._means[:joined], self._counts[:joined]

    def clear(self) -> None:
        """Forget everything."""
        self.__init__(whole=self._whole)  # type: ignore[misc]

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
        self._follow(state)
        return state.series

    def _follow(self, state: _Smoothed) -> None:
        whole = self._size if self._whole is None else self._whole
        state.follow(self.values, whole, self._means, self._counts, self.steps)

    def _join_late(self) -> None:
        """Join what has come behind the points that stay whole, where enough of it has come."""
        if self._whole is None:
            return
        block, begin = self._whole // PENDING, self._whole + len(self._means)
        while self._size - begin >= 2 * block:
            joined = join(
                self._values[begin : begin + block], bucket_of(self._whole + int(self._counts.sum()), self._whole)
            )
            for state in self._smoothed.values():
                self._follow(state)
            for series in (self, *(state.series for state in self._smoothed.values())):
                series._replace(begin, begin + block, joined.at)
            self._means = np.concatenate([self._means, joined.means])
            self._counts = np.concatenate([self._counts, joined.counts])
            begin += len(joined.at)

    def _replace(self, begin: int, end: int, at: Index) -> None:
        """Keep of the points from ``begin`` to before ``end`` only those at these places."""
        rest, stays = begin + len(at), self._size - (end - begin) + len(at)
        for column in (self._steps, self._values):
            column[begin:rest] = column[begin + at]
            column[rest:stays] = column[end : self._size].copy()
        self._size = stays
        self._forget_buckets(begin)

    def _forget_buckets(self, size: int) -> None:
        """Of the pyramid only what is of the first so many points stays."""
        width = LEAF
        for level in self._levels:
            level.size = min(level.size, size // width)
            width *= FAN

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
        return from_points(self._values[first:last], first, width)

    def _build(self) -> None:
        """Bring the pyramid up to the newest full buckets; costs only what is new."""
        below, width = self._size, LEAF
        for depth in range(64):
            have = below // (LEAF if depth == 0 else FAN)
            if have == 0:
                return
            if depth == len(self._levels):
                self._levels.append(Level())
            level = self._levels[depth]
            if have > level.size:
                if depth == 0:
                    new = from_points(self._values[level.size * width : have * width], level.size * width, width)
                else:
                    fine = self._levels[depth - 1].slice(level.size * FAN, have * FAN)
                    new = fine.grouped(self._values, FAN)
                level.add(new)
            below, width = have, width * FAN


def _whole(step: float, rounding: Callable[[float], int]) -> np.int64:
    """A step as an integer: a float key would make numpy copy all steps to floats before it searches."""
    return np.int64(rounding(min(max(step, -LARGE), LARGE)))


class _Smoothed:
    """The moving average of a series, as a series with a point at each of its points."""

    def __init__(self, weight: float) -> None:
        self.series = Series()
        self._average = MovingAverage(weight)

    def follow(self, values: Values, whole: int, means: Values, counts: Counts, steps: Steps) -> None:
        """Take in what has come since the last time; all points are given, of which ``means`` are joined behind the first ``whole``."""
        done, end = len(self.series), whole + len(means)
        if done < len(steps):
            late = max(done - whole, 0)
            parts = [self._average.follow(values[done:whole])]
            parts.append(self._average.follow_joined(means[late:], counts[late:]))
            parts.append(self._average.follow(values[max(done, end) :]))
            self.series.extend(steps[done:], np.concatenate(parts))
