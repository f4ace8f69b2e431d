"""Charts of bars: a few values for each name, from left to right; and how often values fall between two numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.axes import draw_axes, make_axes, widen
from visualnet.figures.charts.marks import (
    SMALL,
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

MOST_ROWS = 200
ROW_LEAST = 15.0


class Bar(NamedTuple):
    """A bar of one name: its value, the ends of its interval (None where there is none), and the samples that it is made of."""

    value: float
    low: float | None = None
    high: float | None = None
    samples: tuple[int, ...] = ()


@dataclass(frozen=True)
class BarChart(Chart):
    """Bars that lie, a row for each name, in each row one for each of ``groups``. What has no room is left out and told."""

    kind = "bars"
    names: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Bar, ...]], ...]
    title: str
    most: float | None = 1.0
    """The value at the right edge; that of the longest bar where it is None."""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        top, bottom = 26.0, 40.0
        room = max(height - top - bottom, ROW_LEAST)
        count = max(min(len(self.names), int(room / ROW_LEAST), MOST_ROWS), 1)
        row = min(room / count, 34.0 * len(self.groups))
        left = min(max((text_width(name) for name in self.names[:count]), default=30.0) + 14, width * 0.32)
        length = max(width - left - 62.0, 30.0)
        end = self.most if self.most is not None else self._longest()
        marks: list[Mark] = []
        ticks = nice_ticks(0.0, end, max(int(length / 72), 2))
        for value, text in zip(ticks, tick_labels(ticks), strict=True):
            at = left + value / end * length
            marks.append(Stroke(((at, top), (at, top + row * count)), "line", alpha=0.6))
            marks.append(Label(at, top + row * count + 10, text, align="centre"))
        told = f" · {len(self.names) - count} more rows in the table" if count < len(self.names) else ""
        marks.append(Label(left + length, top + row * count + 27, self.title + told, align="right"))
        if len(self.groups) > 1:
            at = left
            for number, (name, _) in enumerate(self.groups):
                marks.append(Rectangle(at, 6, 9, 9, f"curve:{number}"))
                marks.append(Label(at + 14, 11, name, "text"))
                at += text_width(name) + 36
        regions: list[HitRegion] = []
        for place in range(count):
            y = top + place * row
            marks.append(Label(left - 8, y + row / 2, shorten(self.names[place], left - 14), "text", align="right"))
            self._draw_row(marks, regions, place, (left, y, length, row), end)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _draw_row(
        self,
        marks: list[Mark],
        regions: list[HitRegion],
        place: int,
        box: tuple[float, float, float, float],
        end: float,
    ) -> None:
        left, y, length, row = box
        thick = row * 0.78 / len(self.groups)
        for number, (group, bars) in enumerate(self.groups):
            bar, at = bars[place], y + row * 0.11 + number * thick
            share = min(max(bar.value / end, 0.0), 1.0) if bar.value == bar.value else 0.0
            marks.append(Rectangle(left, at, max(share * length, 1.0), max(thick - 1, 1), f"curve:{number}", 0.85))
            if bar.low is not None and bar.high is not None:
                ends = [left + min(max(v / end, 0.0), 1.0) * length for v in (bar.low, bar.high)]
                middle = at + thick / 2
                marks.append(Stroke(((ends[0], middle), (ends[1], middle)), "text", 1.5))
            if len(self.groups) == 1 or thick >= SMALL - 1:
                marks.append(Label(left + length + 8, at + thick / 2, format_number(bar.value)))
            words = f"{self.names[place]} · {group or self.title}: {format_number(bar.value)}"
            if bar.low is not None and bar.high is not None:
                words += f" ({format_number(bar.low)} to {format_number(bar.high)})"
            regions.append(HitRegion(left, at, length, thick, words + _open_words(bar.samples), bar.samples))

    def _longest(self) -> float:
        values = [
            v for _, bars in self.groups for bar in bars for v in (bar.value, bar.high) if v is not None and v == v
        ]
        return max(values, default=0.0) * 1.04 or 1.0

    def rows(self) -> Iterable[Sequence[Any]]:
        heads: list[Any] = [""]
        for group, bars in self.groups:
            heads.append(group or self.title)
            if any(bar.low is not None for bar in bars):
                heads += [f"{group or self.title} low", f"{group or self.title} high"]
        yield heads
        for place, name in enumerate(self.names):
            line: list[Any] = [name]
            for _, bars in self.groups:
                line.append(bars[place].value)
                if any(bar.low is not None for bar in bars):
                    line += [bars[place].low, bars[place].high]
            yield line

    def description(self) -> str:
        return f"{self.title} for each of {format_quantity(len(self.names), 'row')}"


@dataclass(frozen=True)
class HistogramChart(Chart):
    """How many values fall between each two edges. ``mark`` is a number that matters, with a dashed line."""

    kind = "histogram"
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    x_title: str
    y_title: str
    samples: tuple[tuple[int, ...], ...] = ()
    mark: float | None = None

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        x = widen(self.edges[0], self.edges[-1], 0.02)
        axes = make_axes(width, height, x, (0.0, max(*self.counts, 1) * 1.05))
        marks = draw_axes(axes, self.x_title, self.y_title)
        regions = []
        for i, count in enumerate(self.counts):
            (left, top), (right, bottom) = axes.at(self.edges[i], count), axes.at(self.edges[i + 1], 0)
            marks.append(Rectangle(left, top, max(right - left - 1, 1), bottom - top, "curve:0", 0.85))
            held = self.samples[i] if self.samples else ()
            words = f"{format_number(self.edges[i])} to {format_number(self.edges[i + 1])}: {count:,}"
            regions.append(HitRegion(left, axes.top, right - left, axes.height, words + _open_words(held), held))
        if self.mark is not None and x[0] <= self.mark <= x[1]:
            marks.append(Stroke((axes.at(self.mark, 0), axes.at(self.mark, axes.y[1])), "muted", 1.0, dashed=True))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("from", "to", self.y_title)
        yield from zip(self.edges, self.edges[1:], self.counts, strict=False)

    def description(self) -> str:
        return f"How often each {self.x_title} occurs, from {format_number(self.edges[0])} to {format_number(self.edges[-1])}"


def _open_words(samples: tuple[int, ...]) -> str:
    return f" — click to see {'it' if len(samples) == 1 else f'these {len(samples):,}'}" if samples else ""
