"""What every gesture has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent, QPainter

if TYPE_CHECKING:
    from visualnet.app.canvas.view import CanvasView

DRAG_PX = 4.0
"""A press that moves less than this, in px of the screen, is a click."""


class Tool:
    """A gesture between a press and a release. Points are in the scene."""

    cursor: Qt.CursorShape | None = None
    scrolls = True
    """Whether the view scrolls when the pointer reaches its edge."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.scene = view.canvas
        self.studio = view.studio
        self.start = QPointF()
        self.dragging = False

    def press(self, at: QPointF, event: QInputEvent) -> None:
        """The gesture begins."""
        self.start = at

    def far(self, at: QPointF) -> bool:
        """Whether the pointer has left the place of the press; from then on it is a drag."""
        if not self.dragging:
            way = (at - self.start) * self.view.zoom
            self.dragging = abs(way.x()) + abs(way.y()) > DRAG_PX
        return self.dragging

    def move(self, at: QPointF, event: QInputEvent) -> None:
        """The pointer moved."""

    def release(self, at: QPointF, event: QInputEvent) -> None:
        """The gesture is done: now, and only now, the document may change."""

    def cancel(self) -> None:
        """Leave everything as it was before the press."""

    def paint(self, painter: QPainter) -> None:
        """Draw what the gesture shows, over the scene, in its coordinates."""


def adds(event: QInputEvent) -> bool:
    """Whether the gesture adds to the selection."""
    wanted = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return bool(event.modifiers() & wanted)
