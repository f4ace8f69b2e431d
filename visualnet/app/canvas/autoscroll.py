"""A drag that reaches the edge of the view scrolls it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from visualnet.app.canvas.base import CanvasBase

EDGE = 36.0
FASTEST = 18.0
TICK_MS = 16


class Autoscroll(QObject):
    """Runs while a gesture is held near the edge; the nearer, the faster."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self._event: tuple[QPointF, QPointF, Qt.MouseButton, Qt.KeyboardModifier] | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)

    def follow(self, event: QMouseEvent) -> None:
        """The pointer is here now."""
        self._event = (event.position(), event.globalPosition(), event.buttons(), event.modifiers())
        near = self.way() != QPoint()
        if near and not self._timer.isActive():
            self._timer.start()
        elif not near:
            self.stop()

    def way(self) -> QPoint:
        """How far the picture is shifted with each tick."""
        if self._event is None:
            return QPoint()
        at, room = self._event[0], self.view.viewport().rect()

        def speed(low: float, high: float) -> int:
            inward = max(0.0, EDGE - low) - max(0.0, EDGE - high)
            return round(max(-1.0, min(1.0, inward / EDGE)) * FASTEST)

        return QPoint(speed(at.x(), room.width() - at.x()), speed(at.y(), room.height() - at.y()))

    def tick(self) -> None:
        """Shift, and let the gesture go on where the pointer is now."""
        tool = self.view.tool
        if tool is None or self._event is None or not tool.scrolls:
            self.stop()
            return
        self.view.pan(self.way())
        at, far, buttons, keys = self._event
        event = QMouseEvent(QMouseEvent.Type.MouseMove, at, far, Qt.MouseButton.NoButton, buttons, keys)
        tool.move(self.view.scene_point(at), event)
        self.view.viewport().update()

    def stop(self) -> None:
        """The gesture is over, or back inside."""
        self._timer.stop()
        self._event = None
