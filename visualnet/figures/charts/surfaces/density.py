"""A density over a plane: colours, lines of equal height, and the points that it is a density of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.axes import Axes
from visualnet.figures.charts.marks import Dots, Mark
from visualnet.figures.charts.surfaces.contour import ContourChart

MOST_POINTS = 400


@dataclass(frozen=True, eq=False)
class DensityChart(ContourChart):
    """A `ContourChart` with points (N, 2) on it."""

    points: NDArray[Any] = field(default_factory=lambda: np.zeros((0, 2)))

    def _draw_path(self, axes: Axes) -> list[Mark]:
        step = max(-(-len(self.points) // MOST_POINTS), 1)
        inside = [
            axes.at(float(x), float(y))
            for x, y in self.points[::step]
            if self.x[0] <= x <= self.x[-1] and self.y[0] <= y <= self.y[-1]
        ]
        return [Dots(tuple(inside), "warning", 1.2, 0.8)]

    def rows(self) -> Iterable[Sequence[Any]]:
        yield from super().rows()
        yield ("point", self.x_title, self.y_title)
        yield from ((at, float(x), float(y)) for at, (x, y) in enumerate(self.points))

    def description(self) -> str:
        return f"{super().description()}, and {format_quantity(len(self.points), 'point')} of the data"
