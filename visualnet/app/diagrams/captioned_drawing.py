"""A drawing with a sentence under it that says what is drawn; arrow keys move something in it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.theme import fonts, icons

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
