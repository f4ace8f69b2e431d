"""Lines that cards snap to while they move: edges and middles of the cards in view."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from visualnet.analysis.geometry.alignment import AlignmentLines
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.scene.painting import cosmetic_pen
from visualnet.app.canvas.scene.sheet_index import box_of

REACH_PX = 6.0
MOST = 600
"""With more cards in view there is a line everywhere."""


class SnapGuides:
    """Made when a drag begins; the cards that stay do not move while it lasts."""

    def __init__(self, view: CanvasBase, moving: Iterable[str]) -> None:
        self.view = view
        still = set(view.canvas.ids_in(view.seen)) - set(moving)
        self._known = AlignmentLines([view.canvas.cards[i].box for i in still] if len(still) <= MOST else [])
        self.lines: list[QLineF] = []

    def snap(self, area: QRectF) -> tuple[float | None, float | None]:
        """How far the area is from the nearest line on each axis, if it is near one. Keeps the lines to be shown."""
        found = self._known.snap(box_of(area), REACH_PX / self.view.zoom)
        moved = box_of(area.translated(found[0] or 0.0, found[1] or 0.0))
        lines = [self._known.line_through(moved, axis) for axis, by in enumerate(found) if by is not None]
        self.lines = [QLineF(*line) for line in lines if line is not None]
        return found

    def paint(self, painter: QPainter) -> None:
        """Draw the lines that hold now."""
        painter.setPen(cosmetic_pen(self.view.canvas.theme.accent, 1.0))
        painter.drawLines(self.lines)
