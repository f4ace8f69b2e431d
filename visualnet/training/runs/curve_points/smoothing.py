"""The exponential moving average of a curve, with bias correction, computed as the curve grows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Counts = NDArray[np.int32]

CHUNK = 1 << 15
TINY = 1e-20


class MovingAverage:
    """A moving average that follows its curve: what was computed is never computed again.

    m_t = w·m_(t−1) + (1 − w)·v_t, shown as m_t / (1 − w^t), with t counting the finite values.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self._mean = 0.0
        self._count = 0

    def follow(self, values: Values) -> Values:
        """The average at each of some more values; gaps (NaN) stay gaps."""
        out = np.full(len(values), np.nan)
        there = np.flatnonzero(~np.isnan(values))
        for begin in range(0, len(there), CHUNK):
            part = there[begin : begin + CHUNK]
            out[part] = self._average(values[part])
        return out

    def follow_joined(self, means: Values, counts: Counts) -> Values:
        """The average at each of some more points that stand for ``counts`` values each, of which the mean alone is known."""
        out = np.empty(len(means))
        ends = np.cumsum(counts, dtype=np.int64)
        at = 0
        while at < len(means):
            done = ends[at] - counts[at]
            to = max(int(np.searchsorted(ends, done + CHUNK, "right")), at + 1)
            values = self.follow(np.repeat(means[at:to], counts[at:to]))
            out[at:to] = values[ends[at:to] - done - 1]
            at = to
        return out

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
