"""From a value to its place between 0 and 1 on a scale that stays the same from frame to frame."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

LEAST_DECADES, MOST_DECADES = 4, 8
"""A logarithmic scale spans so many powers of ten at least, or a network without trouble would seem to have some, and so many at most."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class LogScale(NamedTuple):
    """Powers of ten from ``10**low`` to ``10**high``."""

    low: int = -LEAST_DECADES
    high: int = 0

    def share(self, value: float) -> float:
        """Where a size stands: 0 at the lower end and below, 1 at the upper end and beyond, and for what is not finite."""
        if not math.isfinite(value):
            return 1.0
        if value <= 0:
            return 0.0
        return min(max((math.log10(value) - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self, most: int) -> list[int]:
        """Some exponents, evenly apart, from the lowest to the highest as far as that goes."""
        step = max(-(-(self.high - self.low) // max(most - 1, 1)), 1)
        return list(range(self.low, self.high + 1, step))


def extend_log_scale(scale: LogScale | None, values: Iterable[float]) -> LogScale | None:
    """The scale that holds all it held before, and these sizes; None while there was none but zeros."""
    exponents = [math.log10(v) for v in values if math.isfinite(v) and v > 0]
    if not exponents:
        return scale
    low, high = math.floor(min(exponents)), math.ceil(max(exponents))
    if scale is not None:
        low, high = min(low, scale.low), max(high, scale.high)
    return LogScale(max(min(low, high - LEAST_DECADES), high - MOST_DECADES), high)


def power_text(exponent: int) -> str:
    """``10⁻⁴``."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)
