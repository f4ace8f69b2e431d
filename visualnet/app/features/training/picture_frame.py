"""The frame of a picture on the canvas: a line to drag it by, a corner to resize it, a button that takes it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.training.prediction import PredictionPane
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import ElidedLabel, icon_button
from visualnet.app.widgets.layouts import STRETCH, column, row

LEAST = QSize(260, 200)
INSET = 12
"""So far from the edges of the canvas it stays."""


class PictureFrame(QFrame):
    """The picture with a line above it to drag it by, a corner to resize it, and a button that takes it away."""

    closed = Signal()
    moved = Signal()

    def __init__(self, studio: Studio, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self.setObjectName("pinned_picture")
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.name = ElidedLabel("", "section")
        close = icon_button("close", "Take the picture off the canvas", done=self.closed.emit)
        self.pane = PredictionPane(studio, who="prediction on the canvas", pins=False)
        self.head = QWidget()
        self.head.setCursor(Qt.CursorShape.SizeAllCursor)
        self.head.setToolTip("Drag to move the picture; it stays with its node")
        row((self.name, 1), close, margins=(10, 2, 4, 2), parent=self.head)
        self.grip = ResizeHandle(self)
        foot = row(STRETCH, self.grip)
        column(self.head, (self.pane, 1), foot, margins=1, spacing=0, parent=self)
        self.setMinimumSize(LEAST)
        self.setAccessibleName("What the network says")
        self._from: QPoint | None = None
        self.head.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and watched is self.head:
            at = event.globalPosition().toPoint()
            if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._from = at - self.pos()
                self.raise_()
            elif event.type() == QEvent.Type.MouseMove and self._from is not None:
                room = self.view.rect().adjusted(INSET, INSET, -INSET, -INSET)
                self.move(keep_inside(QRect(at - self._from, self.size()), room))
            elif event.type() == QEvent.Type.MouseButtonRelease and self._from is not None:
                self._from = None
                self.moved.emit()
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # what lies below it is the canvas, which would begin a selection

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()


class ResizeHandle(QWidget):
    """The corner that is dragged to resize the picture."""

    def __init__(self, frame: PictureFrame) -> None:
        super().__init__(frame)
        self.frame = frame
        self.setFixedSize(14, 14)
        self.setCursor(Qt.CursorShape.SizeFDiagCursor)
        self.setToolTip("Drag to make the picture larger or smaller")
        self._from: tuple[QPoint, QSize] | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(icons.current_theme().outline), 1.2))
        for side in (4, 8):
            painter.drawLine(QPointF(12, 12 - side), QPointF(12 - side, 12))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.globalPosition().toPoint(), self.frame.size()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            start, size = self._from
            by = event.globalPosition().toPoint() - start
            room = self.frame.view.rect().bottomRight() - self.frame.pos()
            wanted = QSize(size.width() + by.x(), size.height() + by.y())
            self.frame.resize(wanted.boundedTo(QSize(room.x(), room.y())).expandedTo(LEAST))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self.frame.moved.emit()


def keep_inside(place: QRect, room: QRect) -> QPoint:
    """The place moved by as little as needed to lie in the room."""
    x = max(min(place.left(), room.right() - place.width() + 1), room.left())
    y = max(min(place.top(), room.bottom() - place.height() + 1), room.top())
    return QPoint(x, y)
