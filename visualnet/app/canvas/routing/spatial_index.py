"""Where the cards stand, kept so that those in an area are found among thousands in microseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF


class SpatialIndex:
    """Rectangles sorted by their left edges. It does not follow cards that move: it is made anew."""

    def __init__(self, rects: NDArray[np.float64]) -> None:
        self._rects = rects[np.argsort(rects[:, 0], kind="stable")]
        self._lefts = self._rects[:, 0]
        self._widest = float((rects[:, 2] - rects[:, 0]).max(initial=0.0))

    def near(self, area: QRectF) -> list[QRectF]:
        """The rectangles that meet an area."""
        first, last = self._lefts.searchsorted((area.left() - self._widest, area.right()))
        if first == last:
            return []
        some = self._rects[first:last]
        meets = (some[:, 2] >= area.left()) & (some[:, 1] <= area.bottom()) & (some[:, 3] >= area.top())
        return [QRectF(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in some[meets].tolist()]


def meeting(rects: NDArray[np.float64], area: QRectF, margin: float) -> NDArray[np.intp]:
    """The rows that meet an area."""
    left, top, right, bottom = area.left() - margin, area.top() - margin, area.right() + margin, area.bottom() + margin
    meets = (rects[:, 0] <= right) & (rects[:, 2] >= left) & (rects[:, 1] <= bottom) & (rects[:, 3] >= top)
    return np.flatnonzero(meets)
