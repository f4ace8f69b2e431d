"""A chart of points: one for each sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.axes import draw_axes, make_axes, widen
from visualnet.figures.charts.marks import Chart, ChartDrawing, Dots, HitRegion, Label, Mark, Stroke

MOST_POINTS = 3000
"""Of more points every second, third … is drawn; the table holds all."""
REACH = 4.0


@dataclass(frozen=True)
class ScatterChart(Chart):
    """A point for each sample, or what else its ``unit`` is (then nothing opens). ``guide`` is where points would ideally lie:
    ``diagonal`` (y = x) or ``zero`` (y = 0), or empty where nothing is better."""

    kind = "points"
    x: tuple[float, ...]
    y: tuple[float, ...]
    samples: tuple[int, ...]
    x_title: str
    y_title: str
    guide: str = "diagonal"
    unit: str = "sample"

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        x, y = widen(min(self.x), max(self.x)), widen(min(self.y), max(self.y))
        if self.guide == "diagonal":
            x = y = (min(x[0], y[0]), max(x[1], y[1]))
        axes = make_axes(width, height, x, y, self.guide == "diagonal")
        marks: list[Mark] = draw_axes(axes, self.x_title, self.y_title)
        ends = (x[0], x[0]), (x[1], x[1])
        if self.guide == "zero":
            ends = (x[0], 0.0), (x[1], 0.0)
        if self.guide:
            marks.append(Stroke(tuple(axes.at(*end) for end in ends), "muted", 1.0, dashed=True))
        step = -(-len(self.x) // MOST_POINTS)
        shown = range(0, len(self.x), step)
        places = [axes.at(self.x[i], self.y[i]) for i in shown]
        marks.append(Dots(tuple(places), "curve:0"))
        if step > 1:
            words = f"{len(shown):,} of {format_quantity(len(self.x), self.unit)} are drawn"
            marks.append(Label(axes.right, axes.top - 15, words, align="right"))
        regions = []
        for i, (left, top) in zip(shown, places, strict=True):
            told = f"{self.x_title} {format_number(self.x[i])}, {self.y_title} {format_number(self.y[i])}"
            held = (self.samples[i],) if self.unit == "sample" else ()
            region = HitRegion(left - REACH, top - REACH, 2 * REACH, 2 * REACH, told, held)
            regions.append(region)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield (self.unit, self.x_title, self.y_title)
        yield from zip(self.samples, self.x, self.y, strict=True)

    def description(self) -> str:
        return f"{self.y_title} over {self.x_title} for {format_quantity(len(self.x), self.unit)}"
