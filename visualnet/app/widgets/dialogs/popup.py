"""A frame that floats over its parent until something is chosen in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
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
        width, height, near = self.width(), self.height(), self._inside(at)
        last = self._inside(QPoint(self.host.width(), self.host.height()))
        xs = [near.x(), *range(EDGE, last.x(), STEP), last.x()]
        ys = [near.y(), *range(EDGE, last.y(), STEP), last.y()]
        # Reckoned in whole numbers, not in Qt's rectangles: there are thousands of places, and a click waits for the answer.
        areas = [(a.left(), a.top(), a.right() + 1, a.bottom() + 1) for a in kept_free if not a.isEmpty()]
        across = sorted((max(x - at.x(), at.x() - x - width, 0), x) for x in xs)
        down = sorted((max(y - at.y(), at.y() - y - height, 0), y) for y in ys)
        best, least = near, (_covered(near.x(), near.y(), width, height, areas), 0)
        for dy, y in down:
            if least[0] == 0 and dy >= least[1]:
                break
            for dx, x in across:
                if least[0] == 0 and dx + dy >= least[1]:
                    break  # all that follow are farther away
                cost = _covered(x, y, width, height, areas), dx + dy
                if cost < least:
                    best, least = QPoint(x, y), cost
        return best

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


def _covered(x: int, y: int, width: int, height: int, areas: Sequence[tuple[int, int, int, int]]) -> int:
    """How much of these areas (left, top, right, bottom) lies under a rectangle."""
    found = 0
    for left, top, right, bottom in areas:
        if left < x + width and x < right and top < y + height and y < bottom:
            found += (min(right, x + width) - max(left, x)) * (min(bottom, y + height) - max(top, y))
    return found
