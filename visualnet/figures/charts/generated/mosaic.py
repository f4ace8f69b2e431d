"""A plane tiled with pictures, each standing where it belongs, and points on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.axes import draw_axes, make_axes
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Pixels,
    Rectangle,
    text_width,
)
from visualnet.figures.colours.indices import LEVELS, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLASSES = 12
SHORT, MOST_NAMES = 2, 30
"""Names of so few letters stand themselves for points, at most so many of a class."""


@dataclass(frozen=True, eq=False)
class MosaicChart(Chart):
    """``images`` (side², H, W, 1 or 3), row by row from the upper left, fill the plane from ``low`` to ``high``.

    ``points`` (N, 2) lie on it, in the colours of their classes.
    """

    kind = "plane"
    images: NDArray[Any]
    ends: tuple[float, float]
    low: NDArray[Any]
    high: NDArray[Any]
    titles: tuple[str, str]
    points: NDArray[Any]
    label: NDArray[Any] | None = None
    classes: tuple[str, ...] = ()

    @property
    def side(self) -> int:
        """How many pictures stand in a row."""
        return isqrt(len(self.images))

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        (x0, y0), (x1, y1) = self.low.tolist(), self.high.tolist()
        # The middle of each picture is its place: half of one more stands around the plane.
        half = 0.5 / max(self.side - 1, 1)
        x = (x0 - half * (x1 - x0), x1 + half * (x1 - x0))
        y = (y0 - half * (y1 - y0), y1 + half * (y1 - y0))
        axes = make_axes(width, height, x, y, True)
        marks: list[Mark] = draw_axes(axes, *self.titles)
        marks.append(Pixels(axes.left, axes.top, axes.width, axes.height, self._tiled(), "rgb", 0.9, smooth=False))
        for name, colour, chosen in self._kinds():
            inside = self.points[chosen]
            inside = inside[(inside >= (x[0], y[0])).all(1) & (inside <= (x[1], y[1])).all(1)]
            places = tuple(axes.at(float(a), float(b)) for a, b in inside)
            if name and len(name) <= SHORT:
                # There are fewer colours than classes: a short name says more than a dot.
                marks += [Label(a, b, name, colour, align="centre", bold=True) for a, b in places[:MOST_NAMES]]
            else:
                marks.append(Dots(places, colour, 2.2, 0.85))
        marks += self._legend(axes.right + 12, axes.top, width)
        cell = axes.width / self.side, axes.height / self.side
        regions = tuple(
            HitRegion(axes.left + column * cell[0], axes.top + row * cell[1], *cell, self._words(row, column))
            for row in range(self.side)
            for column in range(self.side)
        )
        return ChartDrawing(width, height, tuple(marks), regions)

    def _legend(self, left: float, top: float, width: float) -> list[Mark]:
        marks: list[Mark] = []
        for name, colour, _ in self._kinds():
            if len(name) > SHORT and left + 14 + text_width(name) < width:
                marks += [Rectangle(left, top, 9, 9, colour), Label(left + 14, top + 5, name)]
                top += 16
        return marks

    def _kinds(self) -> list[tuple[str, str, NDArray[Any]]]:
        """The classes of the points, each with its name, colour and points; all alike where there are too many."""
        if self.label is None or not 0 < len(self.classes) <= MOST_CLASSES:
            return [("", "curve:0", np.ones(len(self.points), np.bool_))]
        return [(name, f"curve:{at}", self.label == at) for at, name in enumerate(self.classes)]

    def _tiled(self) -> NDArray[np.uint8]:
        _, high, wide, channels = self.images.shape
        shades = levels(np.nan_to_num(self.images), *self.ends).astype(np.float32) / (LEVELS - 1)
        colours = np.repeat(np.round(shades * 255).astype(np.uint8), 3 // channels, -1)
        tiles = colours.reshape(self.side, self.side, high, wide, 3).swapaxes(1, 2)
        return np.ascontiguousarray(tiles.reshape(self.side * high, self.side * wide, 3))

    def _place(self, row: int, column: int) -> tuple[float, float]:
        across, down = column / max(self.side - 1, 1), row / max(self.side - 1, 1)
        low, high = self.low, self.high
        return float(low[0] + across * (high[0] - low[0])), float(high[1] - down * (high[1] - low[1]))

    def _words(self, row: int, column: int) -> str:
        x, y = self._place(row, column)
        return f"{self.titles[0]} {format_number(x)}, {self.titles[1]} {format_number(y)}"

    def least_size(self) -> tuple[float, float]:
        return 260.0, 220.0

    def rows(self) -> Iterable[Sequence[Any]]:
        yield (*self.titles, "class")
        for at, (a, b) in enumerate(self.points.tolist()):
            kind = "" if self.label is None else int(self.label[at])
            yield (a, b, self.classes[kind] if isinstance(kind, int) and kind < len(self.classes) else kind)

    def description(self) -> str:
        return f"{self.side}×{self.side} pictures on a plane, and {format_quantity(len(self.points), 'point')} on it"
