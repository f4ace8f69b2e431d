"""How much figures change by something, row by row: bars to both sides of zero, with the interval of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.bars import Bar
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Rectangle,
    Stroke,
    shorten,
    text_width,
)
from visualnet.figures.ticks import nice_ticks, tick_labels

ROW_LEAST, ROW_MOST = 15.0, 30.0
TOP, BOTTOM = 24.0, 34.0
GAP = 26.0
STEP = 64.0
"""So far apart numbers stand along an axis, in px."""


class Changes(NamedTuple):
    """One figure's change in every row: what it is called, and a bar for each row."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class ChangeChart(Chart):
    """Rows with a bar for each of ``columns``, which have an axis of their own each. What has no room is left out and told.

    ``picks`` are what a click on a row chooses, a number for each; ``pick_words`` say what the click does.
    """

    kind = "changes"
    names: tuple[str, ...]
    columns: tuple[Changes, ...]
    row_title: str = ""
    picks: tuple[int, ...] = ()
    pick_words: str = ""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        room = max(height - TOP - BOTTOM, ROW_LEAST)
        count = max(min(len(self.names), int(room / ROW_LEAST)), 1) if self.names else 0
        row = min(room / max(count, 1), ROW_MOST)
        left = min(max((text_width(name) for name in self.names[:count]), default=30.0) + 16, width * 0.34)
        wide = max((width - left - GAP * len(self.columns)) / len(self.columns), 30.0)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for at in range(count):
            y = TOP + (at + 0.5) * row
            marks.append(Label(left - 8, y, shorten(self.names[at], left - 12), "text", align="right"))
        for number, column in enumerate(self.columns):
            x = left + number * (wide + GAP)
            marks += self._draw_column(column, count, row, x, wide)
        for at in range(count):
            picks = (self.picks[at],) if self.picks else ()
            regions.append(HitRegion(0, TOP + at * row, width, row, self._row_words(at), picks))
        if count < len(self.names):
            told = f"{len(self.names) - count} more rows in the table"
            marks.append(Label(width - 6, height - 8, told, align="right"))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _draw_column(self, column: Changes, count: int, row: float, x: float, wide: float) -> list[Mark]:
        low, high = _range(column.bars)

        def place(value: float) -> float:
            return x + min(max((value - low) / (high - low), 0.0), 1.0) * wide

        bottom = TOP + row * count
        marks: list[Mark] = [Label(x, 11, shorten(column.title, wide), "text", bold=True)]
        ticks = nice_ticks(low, high, max(int(wide / STEP), 2))
        for value, text in zip(ticks, tick_labels(ticks), strict=True):
            marks.append(Stroke(((place(value), TOP), (place(value), bottom)), "line", alpha=0.6))
            marks.append(Label(place(value), bottom + 10, text, align="centre"))
        zero, has_signs = place(0.0), any(bar.value < 0 for bar in column.bars)
        for at, bar in enumerate(column.bars[:count]):
            if bar.value != bar.value:
                continue
            end, y = place(bar.value), TOP + at * row + row * 0.16
            colour = "curve:1" if has_signs and bar.value > 0 else "curve:0"
            marks.append(Rectangle(min(zero, end), y, max(abs(end - zero), 1.0), row * 0.68, colour, 0.85))
            if bar.low is not None and bar.high is not None:
                middle = y + row * 0.34
                marks.append(Stroke(((place(bar.low), middle), (place(bar.high), middle)), "text", 1.5))
        marks.append(Stroke(((zero, TOP), (zero, bottom)), "muted", 1.2))
        return marks

    def _row_words(self, at: int) -> str:
        told = []
        for column in self.columns:
            bar = column.bars[at]
            words = f"{column.title} {format_number(bar.value)}"
            if bar.low is not None and bar.high is not None:
                words += f" ({format_number(bar.low)} to {format_number(bar.high)})"
            told.append(words)
        click = f" — {self.pick_words}" if self.picks and self.pick_words else ""
        return f"{self.names[at]}: {'; '.join(told)}{click}"

    def rows(self) -> Iterable[Sequence[Any]]:
        heads: list[str] = [self.row_title or "name"]
        for column in self.columns:
            heads += [column.title, f"{column.title} low", f"{column.title} high"]
        yield heads
        for at, name in enumerate(self.names):
            line: list[Any] = [name]
            for column in self.columns:
                line += [column.bars[at].value, column.bars[at].low, column.bars[at].high]
            yield line

    def description(self) -> str:
        titles = " and ".join(column.title for column in self.columns)
        return f"{titles} for each of {format_quantity(len(self.names), 'row')}"


def _range(bars: Sequence[Bar]) -> tuple[float, float]:
    """From the least to the most of what is drawn, zero among it, with a little room."""
    ends = [
        v for bar in bars for v in (bar.value, bar.low, bar.high) if v is not None and v == v and abs(v) != float("inf")
    ]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low) * 0.04 or 1.0
    return (low - room if low < 0 else low), (high + room if high > 0 or low == 0 else high)
