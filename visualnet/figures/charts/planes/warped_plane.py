"""A plane with its grid as a layer sees it: the lines bent, the cells in the colours of the classes, and the points in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.axes import Axes, draw_axes, make_axes, widen
from visualnet.figures.charts.marks import Area, Chart, ChartDrawing, Dots, HitRegion, Mark, Stroke
from visualnet.figures.decision import POINT_SHAPES

REACH = 5.0


@dataclass(frozen=True, eq=False)
class WarpedPlane(Chart):
    """``grid`` (row, column, 2) is where the points of an even grid over the plane come to lie; every ``step``-th row and column is
    drawn. ``classes`` (cell row, cell column) is what is said between the drawn lines, ``sure`` (alike, 0 to 1) how surely. ``points``
    (N, 2) of the classes ``labels`` (N,) are the samples at the places ``samples`` of the data.
    """

    kind = "warped_plane"
    grid: NDArray[Any]
    step: int
    classes: NDArray[np.int64]
    sure: NDArray[Any]
    points: NDArray[Any]
    labels: NDArray[np.int64]
    samples: tuple[int, ...]
    names: tuple[str, ...]
    x_title: str
    y_title: str

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        every = np.concatenate([self.grid.reshape(-1, 2), self.points.reshape(-1, 2)])
        every = every[np.isfinite(every).all(1)]
        low, high = (every.min(0), every.max(0)) if len(every) else (np.zeros(2), np.ones(2))
        x, y = (widen(float(low[axis]), float(high[axis]), 0.06) for axis in (0, 1))
        axes = make_axes(width, height, x, y)
        marks: list[Mark] = [*draw_axes(axes, self.x_title, self.y_title), *self._cells(axes), *self._lines(axes)]
        regions: list[HitRegion] = []
        for (across, up), label, sample in zip(self.points.tolist(), self.labels.tolist(), self.samples, strict=True):
            if np.isfinite((across, up)).all():
                at = axes.at(across, up)
                marks += draw_point(at, label)
                name = self.names[label] if label < len(self.names) else str(label)
                regions.append(
                    HitRegion(at[0] - REACH, at[1] - REACH, 2 * REACH, 2 * REACH, f"sample {sample}: {name}", (sample,))
                )
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _cells(self, axes: Axes) -> Iterable[Mark]:
        step = self.step
        for row, column in np.ndindex(*self.classes.shape):
            top, left = row * step, column * step
            piece = self.grid[top : top + step + 1, left : left + step + 1]
            around = np.concatenate([piece[0], piece[1:, -1], piece[-1, -2::-1], piece[-2:0:-1, 0]])
            if np.isfinite(around).all():
                corners = tuple(axes.at(float(a), float(b)) for a, b in around)
                strength = 0.08 + 0.34 * float(self.sure[row, column])
                yield Area(corners, f"curve:{int(self.classes[row, column])}", strength)

    def _lines(self, axes: Axes) -> Iterable[Mark]:
        for lines in (self.grid[:: self.step], self.grid.transpose(1, 0, 2)[:: self.step]):
            for line in lines:
                if np.isfinite(line).all():
                    yield Stroke(tuple(axes.at(float(a), float(b)) for a, b in line), "muted", 0.8, alpha=0.55)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("sample", "class", self.x_title, self.y_title)
        for sample, label, (x, y) in zip(self.samples, self.labels.tolist(), self.points.tolist(), strict=True):
            yield (sample, self.names[label] if label < len(self.names) else label, x, y)

    def description(self) -> str:
        return f"the grid of the input plane over {self.x_title} and {self.y_title}, with {format_quantity(len(self.samples), 'point')}"


def draw_point(at: tuple[float, float], label: int, size: float = 1.0) -> Iterable[Mark]:
    """The mark of a point of a class: its colour and its shape, with a rim of the ground's colour."""
    x, y = at
    for role, grown in (("surface", 1.35 * size), (f"curve:{label}", size)):
        shape = POINT_SHAPES[label % len(POINT_SHAPES)]
        if shape:
            yield Area(tuple((x + grown * dx, y + grown * dy) for dx, dy in shape), role)
        else:
            yield Dots((at,), role, 3.2 * grown, 1.0)
