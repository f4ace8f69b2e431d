"""Lines that a box snaps to while it is moved: the edges and middles of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from visualnet.analysis.geometry.boxes import Box, stack

ON_LINE = 0.26
"""How near an edge is to a line that it lies on, in px: middles of odd sizes are half a px off."""
OVERHANG = 12.0
"""How far a line reaches beyond the boxes that it joins."""


class AlignmentLines:
    """The lines of the boxes that stand still."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._boxes = stack(boxes)
        low, high = self._boxes[:, :2], self._boxes[:, 2:]
        self._lines = np.stack((low, (low + high) / 2, high))
        """Low edge, middle and high edge of every box, on both axes."""

    def snap(self, box: Box, reach: float) -> tuple[float | None, float | None]:
        """How far the box is from the nearest line on each axis; None where none is within reach."""
        return self._nearest(box, 0, reach), self._nearest(box, 1, reach)

    def _nearest(self, box: Box, axis: int, reach: float) -> float | None:
        if not len(self._boxes):
            return None
        distances = self._lines[:, :, axis] - np.array(_edges(box, axis))[:, None]
        nearest = float(distances.flat[np.abs(distances).argmin()])
        return nearest if abs(nearest) <= reach else None

    def line_through(self, box: Box, axis: int) -> Box | None:
        """The line across an axis that the box lies on, along it and all others on that line, as its two ends."""
        for edges, at in zip(self._lines[:, :, axis], _edges(box, axis), strict=True):
            on = np.abs(edges - at) < ON_LINE
            if on.any():
                along = 1 - axis
                low = min(box[along], *self._boxes[on, along].tolist()) - OVERHANG
                high = max(box[along + 2], *self._boxes[on, along + 2].tolist()) + OVERHANG
                return (at, low, at, high) if axis == 0 else (low, at, high, at)
        return None


def _edges(box: Box, axis: int) -> tuple[float, float, float]:
    low, high = box[axis], box[axis + 2]
    return low, (low + high) / 2, high
