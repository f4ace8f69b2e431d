"""A drawing of a layer with a sentence under it: a window that slides over the input, a matrix, heads, tables, steps, a mean."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPicture,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.diagrams.layer_painters import paint_drawing
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.painting import painting
from visualnet.figures.layer_diagrams import describe, steps
from visualnet.layers.declaration.drawings import Drawing

WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
ARROWS = {Qt.Key.Key_Right: (-1, 1), Qt.Key.Key_Left: (-1, -1), Qt.Key.Key_Down: (-2, 1), Qt.Key.Key_Up: (-2, -1)}
"""The axis, counted from the last one, and the direction of each key."""


class CaptionedDrawing(QWidget):
    """What the drawings that explain a layer share. A subclass says what is drawn (`words`) and moves it (`move_along`)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)

    def words(self) -> str:
        """What is drawn, with its figures."""
        raise NotImplementedError

    def can_move(self) -> bool:
        """Whether the arrow keys have something to move."""
        raise NotImplementedError

    def move_along(self, axis: int, by: int) -> None:
        """Move it along an axis, counted from the last one."""
        raise NotImplementedError

    def show_words(self) -> None:
        """Draw anew what has been moved or changed, and tell screen readers."""
        self.setAccessibleDescription(self.words())
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS and self.can_move():
            self.move_along(*ARROWS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paint_words(self, painter: QPainter, top: float, px: int) -> None:
        """Paint the sentence from there down."""
        theme = icons.current_theme()
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.muted))
        painter.setFont(fonts.sans(px))
        painter.drawText(QRectF(0, top, self.width(), self.height()), WRAPPED, self.words())


HEIGHT = 148
STEP_MS = 420


class LayerDrawing(CaptionedDrawing):
    """One drawing. The window slides while the pointer rests on it; the arrow keys move it when it has the focus."""

    def __init__(self, parent: QWidget | None = None, high: int = HEIGHT) -> None:
        super().__init__("Drawing of the layer", parent)
        self.high = high
        self.words_px = fonts.px(11) if high <= HEIGHT else 20
        self.drawing: Drawing | None = None
        self.step = (0, 0)
        self.timer = QTimer(self, interval=STEP_MS)
        self.timer.timeout.connect(self.move_on)

    def sizeHint(self) -> QSize:
        lines = 3 * QFontMetrics(fonts.sans(self.words_px)).lineSpacing()
        return QSize(240, self.high + lines + 4)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Draw something else; None takes the drawing away."""
        if drawing != self.drawing:
            self.drawing = drawing
            # One step in from the corner shows more than the corner.
            rows, columns = steps(drawing)
            self.step = min(1, max(0, rows - 1)), min(1, max(0, columns - 1))
        self.setVisible(drawing is not None)
        self.setFixedHeight(self.sizeHint().height())
        self.show_words()

    def words(self) -> str:
        return describe(self.drawing, self.step)

    def can_move(self) -> bool:
        return prod(steps(self.drawing)) > 1

    def move_on(self) -> None:
        """Let the window take its next step, row by row."""
        if self.can_move():
            rows, columns = steps(self.drawing)
            row, column = divmod((self.step[0] * columns + self.step[1] + 1) % (rows * columns), columns)
            self.step = row, column
            self.show_words()

    def move_along(self, axis: int, by: int) -> None:
        self.timer.stop()
        moved = list(self.step)
        moved[axis] = max(0, min(steps(self.drawing)[axis] - 1, moved[axis] + by))
        self.step = moved[0], moved[1]
        self.show_words()

    def enterEvent(self, event: QEnterEvent) -> None:
        if self.can_move():
            self.timer.start()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.timer.stop()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.timer.stop()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.timer.stop()
        self.move_on()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._paint(painter)
            self.paint_words(
                painter, min(self.high, self._end() + 8) if self.high > HEIGHT else self.high, self.words_px
            )

    def _paint(self, painter: QPainter) -> None:
        area = QRectF(0, 2, self.width(), self.high - 4)
        paint_drawing(self.drawing, painter, area, icons.current_theme(), self.step)

    def _end(self) -> int:
        """Where the drawing ends below: a large one in a narrow place is not as high as it might be."""
        recorded = QPicture()
        recorder = QPainter(recorded)
        self._paint(recorder)
        recorder.end()
        return recorded.boundingRect().bottom()
