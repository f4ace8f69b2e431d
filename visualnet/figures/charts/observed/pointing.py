"""Places of a chart that are too many to be listed: what stands at a point is found when the pointer is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.charts.marks import HitRegion

NEAR = 5.0
"""So near to a line the pointer means it, in px."""


class CellField(NamedTuple):
    """Cells in rows and columns between these edges, in px from left to right and from top to bottom; ``words`` tell of a row and a
    column."""

    across: NDArray[Any]
    down: NDArray[Any]
    words: Callable[[int, int], str]

    def region_at(self, x: float, y: float) -> HitRegion | None:
        """The cell at a point; None outside."""
        column = int(np.searchsorted(self.across, x, side="right")) - 1
        row = int(np.searchsorted(self.down, y, side="right")) - 1
        if not (0 <= column < len(self.across) - 1 and 0 <= row < len(self.down) - 1):
            return None
        left, right = float(self.across[column]), float(self.across[column + 1])
        top, bottom = float(self.down[row]), float(self.down[row + 1])
        return HitRegion(left, top, right - left, bottom - top, self.words(row, column))


class LineField(NamedTuple):
    """Straight lines (line, end, x and y), the foremost last; ``words`` tell of a line."""

    ends: NDArray[Any]
    words: Callable[[int], str]

    def region_at(self, x: float, y: float) -> HitRegion | None:
        """The line that is nearest to a point; None if none is near."""
        if not len(self.ends):
            return None
        start, way = self.ends[:, 0], self.ends[:, 1] - self.ends[:, 0]
        length = np.maximum((way**2).sum(1), 1e-9)
        share = np.clip((((x, y) - start) * way).sum(1) / length, 0.0, 1.0)
        distance = np.hypot(*(start + share[:, None] * way - (x, y)).T)
        nearest = len(distance) - 1 - int(distance[::-1].argmin())
        if distance[nearest] > NEAR:
            return None
        return HitRegion(x - NEAR, y - NEAR, 2 * NEAR, 2 * NEAR, self.words(nearest))


class DotField(NamedTuple):
    """Dots (dot, x and y) of these radii; ``words`` tell of a dot."""

    middles: NDArray[Any]
    radii: NDArray[Any]
    words: Callable[[int], str]

    def region_at(self, x: float, y: float) -> HitRegion | None:
        """The dot at a point; None if there is none."""
        over = np.hypot(*(self.middles - (x, y)).T) - np.maximum(self.radii, NEAR)
        at = int(over.argmin())
        if over[at] > 0:
            return None
        (left, top), reach = self.middles[at] - self.radii[at], 2 * float(self.radii[at])
        return HitRegion(float(left), float(top), reach, reach, self.words(at))
