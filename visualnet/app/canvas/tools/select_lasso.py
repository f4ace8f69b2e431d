"""Select all that a line drawn by hand goes round."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.tools.select_box import BoxTool

STEP_PX = 4.0


class LassoTool(BoxTool):
    """Alt and a drag over empty canvas: the cards whose middle is inside. With Shift they are added."""

    cursor = Qt.CursorShape.CrossCursor
    adding = Qt.KeyboardModifier.ShiftModifier
    width, dashed = 1.2, True

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if (at - self.outline.last()).manhattanLength() * self.view.zoom >= STEP_PX:
            super().move(at, event)

    def enclosed(self, at: QPointF) -> list[str]:
        self.outline.append(at)
        rule, cards = Qt.FillRule.OddEvenFill, self.scene.cards
        near = self.scene.ids_in(self.outline.boundingRect())
        return [i for i in near if self.outline.containsPoint(cards[i].rect.center(), rule)]
