"""A frame that floats over its parent until something is chosen in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QWidget

EDGE = 8
"""How far it stays from the parent's edges, in px."""


class Popup(QFrame):
    """Whoever makes one hides it until it is wanted; the parent gets the focus back."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.host = parent
        self.setAccessibleName(title)

    def show_at(self, at: QPoint, focus: QWidget) -> None:
        """Show it at a point of the parent, with the keyboard at this part of it."""
        self.move_inside(at)
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def move_inside(self, at: QPoint) -> None:
        """Stand at a point of the parent, or as near to it as there is room."""
        room = self.host.size() - self.size()
        self.move(max(EDGE, min(at.x(), room.width() - EDGE)), max(EDGE, min(at.y(), room.height() - EDGE)))

    def close_(self) -> None:
        """Hide it and give the focus back."""
        if self.isVisible():
            self.hide()
            self.host.setFocus(Qt.FocusReason.PopupFocusReason)
