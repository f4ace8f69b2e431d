"""The small sign on a card that collapses it and opens it."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.commands import collapse
from visualnet.app.canvas.tools.move_nodes import MoveTool


class CollapseTool(MoveTool):
    """A click on the sign; a drag that begins there moves the card like any other."""

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if self.dragging:
            super().release(at, event)
        elif self.node in self.scene.cards and self.scene.cards[self.node].control.contains(at):
            collapse.toggle(self.view, [self.node])
            self.view.just_collapsed.start()
