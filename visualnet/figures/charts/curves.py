"""A chart of curves: shares over thresholds, hits over false alarms, what is true over what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, draw_axes, legend, make_axes, widen
from visualnet.figures.charts.marks import Chart, ChartDrawing, Dots, HitRegion, Mark, Stroke

MOST_POINTS = 400
"""Of a curve with more points some are left out where it is drawn."""


class Curve(NamedTuple):
    """Points of a curve from left to right; ``words`` say what each is, and ``samples`` whom it is made of. Without a ``line`` they are not
    joined."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    dots: bool = False
    words: tuple[str, ...] = ()
    samples: tuple[tuple[int, ...], ...] = ()
    line: bool = True


@dataclass(frozen=True)
class CurveChart(Chart):
    """Curves over one axis; ``guide`` is a dashed line through two points that says what guessing gives, or what is ideal."""

    kind = "curves"
    curves: tuple[Curve, ...]
    x_title: str
    y_title: str
    x: tuple[float, float] | None = (0.0, 1.0)
    y: tuple[float, float] | None = (0.0, 1.0)
    guide: tuple[tuple[float, float], tuple[float, float]] | None = None
    square: bool = True

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        axes = make_axes(width, height, self.x or self._range("x"), self.y or self._range("y"), self.square)
        marks = draw_axes(axes, self.x_title, self.y_title)
        if self.guide is not None:
            marks.append(Stroke(tuple(axes.at(*point) for point in self.guide), "muted", 1.0, dashed=True))
        regions: list[HitRegion] = []
        for number, curve in enumerate(self.curves):
            marks += _draw_curve(axes, curve, f"curve:{number}")
            regions += _regions(axes, curve)
        if len(self.curves) > 1:
            names = [(curve.name, f"curve:{number}") for number, curve in enumerate(self.curves)]
            marks += _place_legend(axes, names, width)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _range(self, axis: str) -> tuple[float, float]:
        values = [value for curve in self.curves for value in getattr(curve, axis)]
        return widen(min(values), max(values)) if values else (0.0, 1.0)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("curve", self.x_title, self.y_title)
        for curve in self.curves:
            for x, y in zip(curve.x, curve.y, strict=True):
                yield (curve.name, x, y)

    def description(self) -> str:
        names = ", ".join(curve.name for curve in self.curves)
        return f"{self.y_title} over {self.x_title}: {names}"


def _place_legend(axes: Axes, names: list[tuple[str, str]], width: float) -> list[Mark]:
    """Beside a square field where there is room, else in one row above it."""
    if width - axes.right < 140:
        return legend(names, axes.right, axes.top - 15)
    marks: list[Mark] = []
    for number, entry in enumerate(names):
        longest = 34 + 8 * len(entry[0])
        marks += legend([entry], axes.right + longest, axes.top + 10 + 18 * number)
    return marks


def _draw_curve(axes: Axes, curve: Curve, colour: str) -> list[Mark]:
    step = -(-len(curve.x) // MOST_POINTS) or 1
    shown = [*range(0, len(curve.x), step)]
    if shown and shown[-1] != len(curve.x) - 1:
        shown.append(len(curve.x) - 1)
    points = tuple(axes.at(curve.x[i], curve.y[i]) for i in shown)
    marks: list[Mark] = [Stroke(points, colour, 2.0)] if curve.line and len(points) > 1 else []
    if curve.dots or len(points) == 1:
        marks.append(Dots(points, colour, 4.0, 1.0))
    return marks


def _regions(axes: Axes, curve: Curve) -> list[HitRegion]:
    if not curve.dots:
        return []
    found = []
    for i, (x, y) in enumerate(zip(curve.x, curve.y, strict=True)):
        at = axes.at(x, y)
        words = curve.words[i] if curve.words else f"{curve.name}: {format_number(x)}, {format_number(y)}"
        found.append(HitRegion(at[0] - 8, at[1] - 8, 16, 16, words, curve.samples[i] if curve.samples else ()))
    return found
