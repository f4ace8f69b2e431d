"""Select all that a rectangle meets."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QInputEvent, QPainter, QPolygonF

from visualnet.app.canvas.base import Tool
from visualnet.app.canvas.tools.pens import use_area_pen


class BoxTool(Tool):
    """A drag over empty canvas. Shift or Ctrl adds to what is selected; a click alone selects nothing."""

    adding = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    width, dashed = 1.0, False

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.before = self.studio.selection
        self.kept = self.before if event.modifiers() & self.adding else ()
        self.outline = QPolygonF([at])

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if self.far(at):
            self.studio.select([*self.kept, *self.enclosed(at)])
            self.view.viewport().update()

    def enclosed(self, at: QPointF) -> list[str]:
        """The cards that are meant once the pointer is here."""
        area = QRectF(self.start, at).normalized()
        self.outline = QPolygonF(area)
        return self.scene.ids_in(area)

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            self.studio.select(self.kept)
            self.view.select_wires(())
            self.view.select_annotations(())

    def cancel(self) -> None:
        self.studio.select(self.before)

    def paint(self, painter: QPainter) -> None:
        if self.dragging:
            use_area_pen(painter, self.scene.theme, self.width, self.dashed, alpha=28)
            painter.drawPolygon(self.outline)
