"""Select all that a rectangle meets."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QInputEvent, QPainter, QPen

from visualnet.app.canvas.base import Tool, adds


class BoxTool(Tool):
    """A drag over empty canvas. Shift or Ctrl adds to what is selected; a click alone selects nothing."""

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.before = self.studio.selection
        self.kept = self.before if adds(event) else ()
        self.area = QRectF(at, at)

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if self.far(at):
            self.area = QRectF(self.start, at).normalized()
            self.studio.select([*self.kept, *self.scene.ids_in(self.area)])
            self.view.viewport().update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            self.studio.select(self.kept)
            self.view.select_wires(())
            self.view.select_remarks(())

    def cancel(self) -> None:
        self.studio.select(self.before)

    def paint(self, painter: QPainter) -> None:
        if self.dragging:
            accent = QColor(self.scene.theme.accent)
            pen = QPen(accent, 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            accent.setAlpha(28)
            painter.setBrush(accent)
            painter.drawRect(self.area)
