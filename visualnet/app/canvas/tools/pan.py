"""Shift the view: with the middle button, or with Space held."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputEvent, QMouseEvent

from visualnet.app.canvas.base import Tool


class PanTool(Tool):
    """The sheet follows the hand."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False

    def press(self, at: QPointF, event: QInputEvent) -> None:
        assert isinstance(event, QMouseEvent)
        self.start = at
        self._begun = self._last = event.position().toPoint()

    def move(self, at: QPointF, event: QInputEvent) -> None:
        assert isinstance(event, QMouseEvent)
        here = event.position().toPoint()
        self.view.pan(here - self._last)
        self._last = here
        self.dragging = True

    def cancel(self) -> None:
        self.view.pan(QPoint(self._begun - self._last))
