"""A frame that floats over its parent until something is chosen in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QWidget

EDGE = 8
"""How far it stays from the parent's edges, in px."""
STEP = 24
"""How finely a place is looked for at which it covers nothing, in px."""


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
        if focus is not self:
            # A click beside that part would else give the keyboard to the parent behind, and whoever closes without it would be gone
            # before the mouse button is let go.
            self.setFocusProxy(focus)
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def place_beside(self, at: QPoint, kept_free: Sequence[QRect]) -> QPoint:
        """Where it can stand, nearest to a point of the parent, without covering these areas; if nowhere, where it covers least."""
        width, height = self.width(), self.height()
        last = self._inside(QPoint(self.host.width(), self.host.height()))
        xs = [*range(EDGE, last.x(), STEP), last.x()]
        ys = [*range(EDGE, last.y(), STEP), last.y()]

        def cost(corner: QPoint) -> tuple[int, int]:
            place = QRect(corner, QSize(width, height))
            parts = [place.intersected(area) for area in kept_free]
            covered = sum(part.width() * part.height() for part in parts if not part.isEmpty())
            dx = max(corner.x() - at.x(), at.x() - corner.x() - width, 0)
            dy = max(corner.y() - at.y(), at.y() - corner.y() - height, 0)
            return covered, dx + dy

        return min([self._inside(at), *(QPoint(x, y) for y in ys for x in xs)], key=cost)

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
