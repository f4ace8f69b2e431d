"""Select all that a line drawn by hand goes round."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QInputEvent, QPainter, QPen, QPolygonF

from visualnet.app.canvas.base import Tool

STEP_PX = 4.0


class LassoTool(Tool):
    """Alt and a drag over empty canvas: the cards whose middle is inside. With Shift they are added."""

    cursor = Qt.CursorShape.CrossCursor

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.before = self.studio.selection
        self.kept = self.before if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else ()
        self.line = QPolygonF([at])

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at):
            return
        if (at - self.line.last()).manhattanLength() * self.view.zoom >= STEP_PX:
            self.line.append(at)
            self.studio.select([*self.kept, *self._inside()])
        self.view.viewport().update()

    def _inside(self) -> list[str]:
        near = self.scene.ids_in(QRectF(self.line.boundingRect()))
        rule = Qt.FillRule.OddEvenFill
        return [i for i in near if self.line.containsPoint(self.scene.cards[i].rect.center(), rule)]

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            self.studio.select(self.kept)

    def cancel(self) -> None:
        self.studio.select(self.before)

    def paint(self, painter: QPainter) -> None:
        if self.dragging:
            accent = QColor(self.scene.theme.accent)
            pen = QPen(accent, 1.2, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            accent.setAlpha(28)
            painter.setBrush(accent)
            painter.drawPolygon(self.line)
