"""An axis of settings: numbers, evenly or by their logarithm, or names in a row."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from visualnet.core.graph import Value
from visualnet.core.text.format import format_number
from visualnet.figures.ticks import log_ticks, nice_ticks, tick_labels


class SettingAxis(NamedTuple):
    """Numbers from ``low`` to ``high`` (``log``: both more than 0; ``whole``: without fractions), or ``names`` one beside the other."""

    title: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    names: tuple[str, ...] = ()
    whole: bool = False

    def share(self, value: Value) -> float | None:
        """Where a value stands from 0 to 1; None for one that does not belong there."""
        if self.names:
            name = write_value(value)
            return (self.names.index(name) + 0.5) / len(self.names) if name in self.names else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        low, high, at = self.low, self.high, float(value)
        if self.log:
            if at <= 0:
                return None
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return min(max((at - low) / ((high - low) or 1.0), 0.0), 1.0)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Some places from 0 to 1 with what stands there."""
        if self.names:
            step = -(-len(self.names) // max(most, 1))
            return [((i + 0.5) / len(self.names), name) for i, name in enumerate(self.names) if i % step == 0]
        if self.log:
            values = [10**power for power in log_ticks(math.log10(self.low), math.log10(self.high), most)]
            values = values if len(values) > 1 else [self.low, self.high]
        else:
            values = nice_ticks(self.low, self.high, most)
        if self.whole:
            values = list(
                dict.fromkeys(float(round(value)) for value in values if self.low <= round(value) <= self.high)
            )
        texts = [f"{value:.3g}" for value in values] if self.log else tick_labels(values)
        places = [self.share(value) for value in values]
        return [(place, text) for place, text in zip(places, texts, strict=True) if place is not None]


def write_value(value: Value) -> str:
    """A value as it stands at an axis and in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_number(value)
    return "–" if value is None else str(value) or "as usual"


def make_axis(title: str, values: Iterable[Value], log: bool = False) -> SettingAxis:
    """The axis that has room for these values: of names unless all of them are numbers."""
    known = [value for value in values if value is not None]
    numbers = [float(v) for v in known if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)]
    if len(numbers) < len(known):
        return SettingAxis(title, names=tuple(dict.fromkeys(map(write_value, known))))
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    log = log and low > 0
    if low == high:
        low, high = (low / 2, high * 2) if log else (low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2)
    whole = bool(known) and all(isinstance(v, int) for v in known)
    return SettingAxis(title, low, high, log, whole=whole)
