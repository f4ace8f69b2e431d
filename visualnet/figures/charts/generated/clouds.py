"""Clouds of points on one plane, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.axes import draw_axes, make_axes, widen
from visualnet.figures.charts.marks import Chart, ChartDrawing, Dots, Label, Mark, Rectangle, text_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 3000
"""Of more points of a cloud every second, third … is drawn; the table holds all."""


@dataclass(frozen=True, eq=False)
class CloudChart(Chart):
    """``clouds`` are named points (N, 2), those behind first; ``low`` and ``high`` are the corners of the plane."""

    kind = "points"
    clouds: tuple[tuple[str, NDArray[Any]], ...]
    x_title: str
    y_title: str
    low: Sequence[float]
    high: Sequence[float]

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        x, y = widen(self.low[0], self.high[0]), widen(self.low[1], self.high[1])
        axes = make_axes(width, height, x, y, True)
        marks: list[Mark] = draw_axes(axes, self.x_title, self.y_title)
        legend = axes.left
        for number, (name, points) in enumerate(self.clouds):
            colour = f"curve:{number}"
            step = max(-(-len(points) // MOST_POINTS), 1)
            marks.append(Dots(tuple(axes.at(float(a), float(b)) for a, b in points[::step]), colour, 2.0, 0.55))
            marks.append(Rectangle(legend, axes.top - 18, 9, 9, colour))
            words = f"{name} ({len(points):,})"
            marks.append(Label(legend + 14, axes.top - 13, words))
            legend += text_width(words) + 32
        return ChartDrawing(width, height, tuple(marks))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("cloud", self.x_title, self.y_title)
        for name, points in self.clouds:
            yield from ((name, float(a), float(b)) for a, b in points)

    def description(self) -> str:
        return "; ".join(f"{name}: {format_quantity(len(points), 'point')}" for name, points in self.clouds)
