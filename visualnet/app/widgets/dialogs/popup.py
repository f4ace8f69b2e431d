"""A frame that floats over its parent until something is chosen in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QWidget

EDGE = 8
"""How far it stays from the parent's edges, in px."""
APART = 16
"""How far it stays from what it must not cover, in px."""


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

    def place_beside(self, at: QPoint, kept_free: Sequence[QRect]) -> QPoint:
        """Where it can stand near a point of the parent without covering these areas; if nowhere, where it covers least of them."""
        whole = QRect()
        for area in kept_free:
            whole = whole.united(area)
        size = self.size()
        beside = (
            at,
            QPoint(whole.right() + APART, at.y() - size.height() // 3),
            QPoint(at.x() - size.width() // 2, whole.bottom() + APART),
            QPoint(at.x() - size.width() // 2, whole.top() - APART - size.height()),
            QPoint(whole.left() - APART - size.width(), at.y() - size.height() // 3),
        )
        places = [QRect(self._inside(point), size) for point in beside]

        def covered(place: QRect) -> int:
            parts = [place.intersected(area) for area in kept_free]
            return sum(part.width() * part.height() for part in parts if not part.isEmpty())

        return min(places, key=covered).topLeft()

    def move_inside(self, at: QPoint) -> None:
        """Stand at a point of the parent, or as near to it as there is room."""
        self.move(self._inside(at))

    def _inside(self, at: QPoint) -> QPoint:
        room = self.host.size() - self.size()
        return QPoint(max(EDGE, min(at.x(), room.width() - EDGE)), max(EDGE, min(at.y(), room.height() - EDGE)))

    def close_(self) -> None:
        """Hide it and give the focus back."""
        if self.isVisible():
            self.hide()
            self.host.setFocus(Qt.FocusReason.PopupFocusReason)
