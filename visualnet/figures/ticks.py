"""Round numbers along an axis with their labels, marks along it, joined where they stand too close, and a scale of powers of ten."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from visualnet.core.text.format import format_number

MOST_LINES = 6
"""So many marks of a group are told; of more, how many there are."""
LEAST_DECADES, MOST_DECADES = 4, 8
"""A logarithmic scale spans so many powers of ten at least, or a network without trouble would seem to have some, and so many at most."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most about `most` of them, and two at least: one alone tells no scale."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    if count < 2:
        return nice_ticks(low, high, most + 1)
    return [round((first + i) * step, 12) for i in range(count)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Exponents of 1, 2, 5 or 1, 3 or whole decades between the exponents low and high."""
    for mantissas in ((1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(low) - 1, math.ceil(high) + 1)
        ticks = [d + math.log10(m) for d in decades for m in mantissas]
        ticks = [t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        if len(ticks) <= most:
            return ticks
    stride = math.ceil(len(ticks) / max(most, 1))
    return [t for t in ticks if round(t) % stride == 0]


def tick_labels(values: list[float]) -> list[str]:
    """Tick labels with one number of decimals for all."""
    if not values:
        return []
    step = min((b - a for a, b in itertools.pairwise(values)), default=abs(values[0]) or 1.0)
    largest = max(abs(v) for v in values)
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if 20 * unit <= largest * (20 if letter == "M" else 1) < 1e10 and step >= unit / 100:
            return [f"{v / unit:g}{letter}".replace("-", "−") if v else "0" for v in values]
    if largest >= 1e6 or (largest and largest < 1e-3):
        return [format_number(v) if v else "0" for v in values]
    decimals = min(max(0, -math.floor(math.log10(step) + 1e-9)), 6) if step > 0 else 0
    return [f"{v:,.{decimals}f}".replace("-", "−") for v in values]


class MarkGroup(NamedTuple):
    """Marks that are drawn as one: where, in px, what stands there, and what is told of them, line by line."""

    at: float
    label: str
    lines: tuple[str, ...]


def group_marks(places: Sequence[float], letters: Sequence[str], lines: Sequence[str], room: float) -> list[MarkGroup]:
    """Join marks (in the order of their ``places``) that stand nearer than ``room`` to the first of their group."""
    starts: list[int] = []
    for i, place in enumerate(places):
        if not starts or place - places[starts[-1]] >= room:
            starts.append(i)
    found = []
    for start, end in zip(starts, [*starts, len(places)][1:], strict=True):
        label = letters[start] if end - start == 1 else f"{letters[start]}–{letters[end - 1]}"
        told = list(lines[start:end])
        if len(told) > MOST_LINES:
            told[MOST_LINES - 1 :] = [f"and {len(told) - MOST_LINES + 1} more"]
        found.append(MarkGroup(places[start], label, tuple(told)))
    return found


def nearest_group(groups: Sequence[MarkGroup], at: float, reach: float) -> MarkGroup | None:
    """The group next to a place, unless it is further away than ``reach``."""
    nearest = min(groups, key=lambda group: abs(group.at - at), default=None)
    return nearest if nearest is not None and abs(nearest.at - at) <= reach else None


class LogScale(NamedTuple):
    """Powers of ten from ``10**low`` to ``10**high``: the scale of sizes that are compared from frame to frame."""

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
