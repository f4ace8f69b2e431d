"""A surface seen from above: colours, lines of equal height with their numbers, and a path over it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, draw_axes, make_axes
from visualnet.figures.charts.marks import (
    SMALL,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Pixels,
    Rectangle,
    Stroke,
    text_width,
)
from visualnet.figures.charts.surfaces.level_lines import trace_line
from visualnet.figures.charts.tiles import BAR
from visualnet.figures.colours.indices import LEVELS, levels
from visualnet.figures.ticks import nice_ticks

LINES = 9
"""About so many lines of equal height are drawn."""
MOST_REGIONS = 41


@dataclass(frozen=True, eq=False)
class ContourChart(Chart):
    """``values`` (row, column) are heights over the places ``y`` and ``x``, the first row lowest. ``path`` are places that were gone
    through, with their names, and ends in the middle. ``logarithmic``: equal ratios of the heights are equal steps of the colour.
    """

    kind = "contour"
    values: NDArray[Any]
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_title: str
    y_title: str
    value_title: str
    path: tuple[tuple[float, float], ...] = ()
    names: tuple[str, ...] = ()
    logarithmic: bool = False

    @property
    def is_logarithmic(self) -> bool:
        """Whether the colours go by the logarithm: there is none of zero."""
        finite = self.values[np.isfinite(self.values)]
        return self.logarithmic and finite.size > 0 and float(finite.min()) > 0

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        axes = make_axes(width - BAR, height, (self.x[0], self.x[-1]), (self.y[0], self.y[-1]), square=True)
        heights = np.log(self.values) if self.is_logarithmic else np.asarray(self.values, float)
        finite = heights[np.isfinite(heights)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        high = high if high > low else low + 1.0
        marks: list[Mark] = draw_axes(axes, self.x_title, self.y_title)
        colours = np.ascontiguousarray(levels(heights[::-1], low, high))
        marks.append(Pixels(axes.left, axes.top, axes.width, axes.height, colours, "amount", smooth=True))
        heights_of_lines = self.line_heights(low, high)
        for value in heights_of_lines:
            marks += [
                Stroke(tuple(axes.at(*p) for p in s), "surface", 1.0, alpha=0.7)
                for s in trace_line(heights, self.x, self.y, value)
            ]
        marks += self._bar(axes, low, high, heights_of_lines)
        marks += self._draw_path(axes)
        return ChartDrawing(width, height, tuple(marks), tuple(self._regions(axes)))

    def line_heights(self, low: float, high: float) -> list[float]:
        """The heights that have a line, between the lowest and the highest: round ones, or evenly apart in the logarithm."""
        if self.is_logarithmic:
            return [float(value) for value in np.linspace(low, high, LINES + 2)[1:-1]]
        return [value for value in nice_ticks(low, high, LINES) if low < value < high]

    def _bar(self, axes: Axes, low: float, high: float, lines: Sequence[float]) -> list[Mark]:
        """The colours with numbers: at both ends, and where lines are drawn."""
        x, top, tall = axes.right + 18, axes.top, axes.height
        if tall < 24:
            return []
        shades = np.linspace(LEVELS - 1, 0, LEVELS).round().astype(np.uint8)[:, None]
        marks: list[Mark] = [
            Pixels(x, top, 10, tall, shades, "amount", smooth=True),
            Label(x, top - 15, self.value_title, "muted"),
        ]
        taken: list[float] = []
        for value in (low, high, *lines):
            at = top + tall * (high - value) / (high - low)
            if value not in (low, high):
                marks.append(Stroke(((x, at), (x + 10, at)), "surface", 1.0, alpha=0.7))
            if all(abs(at - other) > SMALL + 2 for other in taken):
                taken.append(at)
                shown = math.exp(value) if self.is_logarithmic else value
                marks.append(Label(x + 14, at, format_number(shown), "muted"))
        return marks

    def _draw_path(self, axes: Axes) -> list[Mark]:
        marks: list[Mark] = []
        inside = [(x, y) for x, y in self.path if self.x[0] <= x <= self.x[-1] and self.y[0] <= y <= self.y[-1]]
        points = tuple(axes.at(x, y) for x, y in inside)
        if len(points) > 1:
            marks += [Stroke(points, "surface", 4.0), Stroke(points, "warning", 2.0)]
        if points:
            marks += [Dots(points, "surface", 5.5, 1.0), Dots(points, "warning", 4.0, 1.0)]
        middle = axes.at(0.0, 0.0)
        marks += [Dots((middle,), "surface", 7.0, 1.0), Dots((middle,), "accent", 5.0, 1.0)]
        taken: list[Rectangle] = []
        for (x, y), name in reversed(list(zip(self.path, self.names, strict=False))):
            if (x, y) in [*inside, (0.0, 0.0)] and (box := _free_box(axes, axes.at(x, y), name, taken)) is not None:
                taken.append(box)
                marks += [box, Label(box.x + 4, box.y + box.height / 2, name, "text")]
        return marks

    def _regions(self, axes: Axes) -> Iterable[HitRegion]:
        """What the pointer learns: the height anywhere, and the names of the path's places."""
        rows = np.unique(np.linspace(0, len(self.y) - 1, min(len(self.y), MOST_REGIONS)).round().astype(int)).tolist()
        columns = np.unique(
            np.linspace(0, len(self.x) - 1, min(len(self.x), MOST_REGIONS)).round().astype(int)
        ).tolist()
        wide, high = axes.width / max(len(columns) - 1, 1), axes.height / max(len(rows) - 1, 1)
        for row in rows:
            for column in columns:
                x, y = axes.at(self.x[column], self.y[row])
                left, top = max(x - wide / 2, axes.left), max(y - high / 2, axes.top)
                right, bottom = min(x + wide / 2, axes.right), min(y + high / 2, axes.bottom)
                words = f"{self.value_title} {format_number(float(self.values[row, column]), 4)}"
                place = f"{format_number(self.x[column])}, {format_number(self.y[row])}"
                yield HitRegion(left, top, right - left, bottom - top, f"{words} at {place}")
        for (x, y), name in zip(self.path, self.names, strict=False):
            at = axes.at(x, y)
            if axes.left <= at[0] <= axes.right and axes.top <= at[1] <= axes.bottom:
                yield HitRegion(at[0] - 7, at[1] - 7, 14, 14, name)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield (f"{self.y_title} \\ {self.x_title}", *self.x)
        for place, row in zip(self.y, self.values, strict=True):
            yield (place, *(float(value) for value in row))

    def description(self) -> str:
        finite = self.values[np.isfinite(self.values)]
        ends = (
            f"{format_number(float(finite.min()))} to {format_number(float(finite.max()))}"
            if finite.size
            else "no number"
        )
        path = f", with a path of {len(self.path)} places" if len(self.path) > 1 else ""
        return f"{self.value_title} over two directions, {ends}{path}"


def _free_box(axes: Axes, at: tuple[float, float], name: str, taken: Sequence[Rectangle]) -> Rectangle | None:
    """The ground of a name beside a place, where it covers no other name; None where there is no room left."""
    wide, high, apart = text_width(name) + 8, 18.0, 9.0
    x, y = at
    places = (
        (x + apart, y - 9),
        (x - apart - wide, y - 9),
        (x - wide / 2, y - apart - high),
        (x - wide / 2, y + apart),
    )
    for left, top in places:
        inside = axes.left <= left and left + wide <= axes.right and axes.top <= top and top + high <= axes.bottom
        clear = all(
            left + wide <= box.x or left >= box.x + box.width or top + high <= box.y or top >= box.y + box.height
            for box in taken
        )
        if inside and clear:
            return Rectangle(left, top, wide, high, "surface", 0.85)
    return None
