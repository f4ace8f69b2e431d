"""A pad to draw on with the mouse, over nothing or over a picture."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.widgets.basic import describe
from visualnet.app.widgets.painting import painting

Array = NDArray[Any]

SIDE = 280
"""The longer side of what is drawn, in pixels of the drawing; a picture of more is shown smaller."""
BRUSH = 0.08
"""Width of the brush as a share of that side: about as thick as the strokes of MNIST."""


class PadStroke(NamedTuple):
    """One stroke: its points, in shares of width and height, and the width of the brush."""

    points: list[QPointF]
    brush: float


class DrawingPad(QWidget):
    """Strokes in the colour of ink on paper, or over a picture. ``changed`` follows the mouse."""

    changed = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush, self._hint = BRUSH, hint
        self._strokes: list[PadStroke] = []
        self._beneath: QImage | None = None
        self._white_paper = False
        self._size = QSize(SIDE, SIDE)
        self._image = QImage()
        self._is_drawing = False
        describe(self, "Drawing", hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(96, 96)  # in a low window the tabs beneath the panel need the room
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._render()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn, and there is no picture."""
        return not self._strokes and self._beneath is None

    @property
    def has_picture(self) -> bool:
        """Whether it is drawn over a picture."""
        return self._beneath is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back, or a picture."""
        return not self.is_empty

    def set_paper(self, white: bool, height: int, width: int) -> None:
        """Draw dark on white paper or light on black, in the proportions of this height and width. What was drawn goes."""
        longest = max(height, width, 1)
        self._white_paper = white
        self._size = QSize(max(1, SIDE * width // longest), max(1, SIDE * height // longest))
        self._strokes, self._beneath = [], None
        self._render()

    def set_picture(self, picture: Array) -> None:
        """Draw over a picture (channels, height, width) of numbers from 0 to 1; the strokes go."""
        pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
        pixels = np.repeat(pixels, 3, 0) if len(pixels) == 1 else pixels
        _, height, width = pixels.shape
        rows = np.ascontiguousarray(pixels.transpose(1, 2, 0))
        image = QImage(rows.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        factor = SIDE / max(height, width)
        self._size = QSize(max(1, round(width * factor)), max(1, round(height * factor)))
        # A small picture keeps its pixels as they are seen elsewhere; a large one is shown smaller, smoothly.
        how = Qt.TransformationMode.FastTransformation if factor > 1 else Qt.TransformationMode.SmoothTransformation
        self._beneath = image.scaled(self._size, Qt.AspectRatioMode.IgnoreAspectRatio, how)
        self._strokes = []
        self._render()
        self.changed.emit()

    def clear(self) -> None:
        """Empty paper again."""
        if not self.is_empty:
            self._strokes, self._beneath = [], None
            self._render()
            self.changed.emit()

    def undo(self) -> None:
        """Take the last stroke back; behind the first one, the picture."""
        if self._strokes:
            self._strokes.pop()
        elif self._beneath is not None:
            self._beneath = None
        else:
            return
        self._render()
        self.changed.emit()

    def pixels(self) -> Array:
        """What is on the pad as numbers from 0 to 1: (3, height, width)."""
        image = self._image.convertToFormat(QImage.Format.Format_RGBX8888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
        return np.ascontiguousarray(rows[..., :3].transpose(2, 0, 1)).astype(np.float32) / np.float32(255)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        """Draw all strokes anew."""
        self._image = QImage(self._size, QImage.Format.Format_RGB32)
        self._image.fill(Qt.GlobalColor.white if self._white_paper else Qt.GlobalColor.black)
        if self._beneath is not None:
            painter = QPainter(self._image)
            painter.drawImage(0, 0, self._beneath)
            painter.end()
        for stroke in self._strokes:
            self._draw(stroke.points, stroke.brush)
        self.update()

    def _draw(self, points: list[QPointF], brush: float) -> None:
        width, height = self._image.width(), self._image.height()
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = Qt.GlobalColor.black if self._white_paper else Qt.GlobalColor.white
        painter.setPen(
            QPen(ink, brush * SIDE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        line = [QPointF(p.x() * width, p.y() * height) for p in points]
        if len(line) == 1:
            painter.drawPoint(line[0])
        else:
            painter.drawPolyline(line)
        painter.end()

    def _room(self) -> QRectF:
        """Where the drawing stands in the widget."""
        size = self._size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())

    def _place(self, event: QMouseEvent) -> QPointF:
        room = self._room()
        return QPointF(
            (event.position().x() - room.x()) / max(room.width(), 1),
            (event.position().y() - room.y()) / max(room.height(), 1),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._room().contains(event.position()):
            self._is_drawing = True
            self._strokes.append(PadStroke([self._place(event)], self.brush))
            self._follow()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_drawing and self._strokes:
            self._strokes[-1].points.append(self._place(event))
            self._follow()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_drawing = False

    def _follow(self) -> None:
        """Draw the newest piece of the last stroke."""
        stroke = self._strokes[-1]
        self._draw(stroke.points[-2:], stroke.brush)
        self.update()
        self.changed.emit()

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's; on the pad it takes a stroke back, as long as there is one.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and self.can_undo
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) and self.can_undo:
            self.undo()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self._room()
        with painting(self, smooth=False) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, room.width() < self._size.width())
            painter.drawImage(room, self._image)
            painter.setPen(
                self.palette().color(
                    self.palette().ColorRole.Highlight if self.hasFocus() else self.palette().ColorRole.Mid
                )
            )
            painter.drawRect(room.adjusted(0, 0, -1, -1))
            if self.is_empty:
                painter.setPen(QColor(128, 128, 128))
                painter.drawText(
                    room.adjusted(12, 12, -12, -12), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint
                )

    def sizeHint(self) -> QSize:
        return QSize(240, 240)
