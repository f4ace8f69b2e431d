"""A chart of levels: one figure or several for each layer, from the first layer above to the last below, joined by a line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.axes import legend
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Stroke,
    shorten,
    text_width,
)
from visualnet.figures.ticks import LogScale, extend_log_scale, nice_ticks, power_text, tick_labels

TOP, BOTTOM, RIGHT = 28.0, 40.0, 64.0
ROW_LEAST, ROW_MOST = 13.0, 34.0
TICK_PX = 72.0


@dataclass(frozen=True)
class LevelChart(Chart):
    """A row for each name and, in each of ``groups``, a value for each row; NaN where there is none. On a logarithmic axis what is not
    above zero stands at the left edge. Rows that have no room are left out and told."""

    kind = "levels"
    names: tuple[str, ...]
    groups: tuple[tuple[str, tuple[float, ...]], ...]
    title: str
    logarithmic: bool = True
    low: float | None = None
    """The left edge of an axis that is not logarithmic; that of the smallest value where it is None."""
    high: float | None = None

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        room = max(height - TOP - BOTTOM, ROW_LEAST)
        count = min(len(self.names), max(int(room / ROW_LEAST), 1))
        row = min(room / max(count, 1), ROW_MOST)
        left = min(max((text_width(name) for name in self.names[:count]), default=30.0) + 18, width * 0.36)
        length = max(width - left - RIGHT, 24.0)
        bottom = TOP + row * count
        marks: list[Mark] = []
        for share, text in self._ticks(max(int(length / TICK_PX), 2)):
            at = left + share * length
            marks.append(Stroke(((at, TOP), (at, bottom)), "line", alpha=0.6))
            marks.append(Label(at, bottom + 10, text, align="centre"))
        told = f" · {len(self.names) - count} more in the table" if count < len(self.names) else ""
        marks.append(Label(left + length, bottom + 27, self.title + told, align="right"))
        if len(self.groups) > 1:
            marks += legend([(name, f"curve:{n}") for n, (name, _) in enumerate(self.groups)], width - 12, 12)
        regions: list[HitRegion] = []
        for place in range(count):
            y = TOP + (place + 0.5) * row
            marks.append(Label(left - 10, y, shorten(self.names[place], left - 16), "text", align="right"))
            if len(self.groups) == 1 and math.isfinite(value := self.groups[0][1][place]):
                marks.append(Label(left + length + 8, y, format_number(value, 2)))
            regions.append(HitRegion(0, y - row / 2, width, row, self._words(place)))
        for number, (_, values) in enumerate(self.groups):
            points = [
                (left + self._share(value) * length, TOP + (place + 0.5) * row)
                for place, value in enumerate(values[:count])
                if not math.isnan(value)
            ]
            marks.append(Stroke(tuple(points), f"curve:{number}", 1.5, alpha=0.7))
            marks.append(Dots(tuple(points), f"curve:{number}", 3.5, 1.0))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _words(self, place: int) -> str:
        figures = [
            f"{group or self.title}: {format_number(values[place])}"
            for group, values in self.groups
            if not math.isnan(values[place])
        ]
        return f"{self.names[place]} · {', '.join(figures) or 'nothing of this'}"

    def _values(self) -> list[float]:
        return [value for _, values in self.groups for value in values if math.isfinite(value)]

    def _log_scale(self) -> LogScale:
        return extend_log_scale(None, self._values()) or LogScale()

    def _range(self) -> tuple[float, float]:
        values = self._values() or [0.0]
        low = min(values) if self.low is None else self.low
        high = max(values) if self.high is None else self.high
        return (low, high) if high > low else (low, low + (abs(low) or 1.0))

    def _share(self, value: float) -> float:
        if self.logarithmic:
            return self._log_scale().share(value)
        low, high = self._range()
        return min(max((value - low) / (high - low), 0.0), 1.0) if math.isfinite(value) else 1.0

    def _ticks(self, most: int) -> list[tuple[float, str]]:
        if self.logarithmic:
            scale = self._log_scale()
            return [(scale.share(10.0**e), power_text(e)) for e in scale.ticks(most)]
        values = nice_ticks(*self._range(), most)
        return [(self._share(value), text) for value, text in zip(values, tick_labels(values), strict=True)]

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ["layer", *(name or self.title for name, _ in self.groups)]
        for place, name in enumerate(self.names):
            yield [name, *(values[place] for _, values in self.groups)]

    def description(self) -> str:
        return f"{self.title} of {format_quantity(len(self.names), 'layer')}"
