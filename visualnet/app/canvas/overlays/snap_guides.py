"""Lines that cards snap to while they move: edges and middles of the cards in view."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.app.canvas.base import CanvasBase

REACH_PX = 6.0
MOST = 600
"""With more cards in view there is a line everywhere."""


class SnapGuides:
    """Made when a drag begins; the cards that stay do not move while it lasts."""

    def __init__(self, view: CanvasBase, moving: Iterable[str]) -> None:
        self.view = view
        still = set(view.canvas.ids_in(view.seen)) - set(moving)
        rects = [view.canvas.cards[i].rect for i in still] if len(still) <= MOST else []
        self.rects = rects
        self.lines: list[QLineF] = []
        low = np.array([(r.left(), r.top()) for r in rects]).reshape(-1, 2)
        high = np.array([(r.right(), r.bottom()) for r in rects]).reshape(-1, 2)
        self.marks: list[NDArray[np.float64]] = [
            np.stack((low[:, axis], (low[:, axis] + high[:, axis]) / 2, high[:, axis])) for axis in (0, 1)
        ]

    def snap(self, area: QRectF) -> tuple[float | None, float | None]:
        """How far the area is from the nearest line on each axis, if it is near one. Keeps the lines to be shown."""
        found = (self._near(0, area.left(), area.right()), self._near(1, area.top(), area.bottom()))
        moved = area.translated(found[0] or 0.0, found[1] or 0.0)
        self.lines = []
        for axis, by in enumerate(found):
            if by is not None:
                self._show(axis, moved)
        return found

    def _near(self, axis: int, low: float, high: float) -> float | None:
        marks = self.marks[axis]
        if not marks.size:
            return None
        ways = np.stack([marks[k] - at for k, at in enumerate((low, (low + high) / 2, high))])
        best = int(np.abs(ways).argmin())
        by = float(ways.flat[best])
        return by if abs(by) * self.view.zoom <= REACH_PX else None

    def _show(self, axis: int, area: QRectF) -> None:
        own = ((area.left(), area.center().x(), area.right()), (area.top(), area.center().y(), area.bottom()))[axis]
        for k, line in enumerate(own):
            on = np.flatnonzero(np.abs(self.marks[axis][k] - line) < 0.26)
            if not len(on):
                continue
            whole = QRectF(area)
            for i in on:
                whole = whole.united(self.rects[i])
            if axis == 0:
                self.lines.append(QLineF(line, whole.top() - 12, line, whole.bottom() + 12))
            else:
                self.lines.append(QLineF(whole.left() - 12, line, whole.right() + 12, line))
            return

    def paint(self, painter: QPainter) -> None:
        """Draw the lines that hold now."""
        pen = QPen(QColor(self.view.canvas.theme.accent), 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self.lines)
