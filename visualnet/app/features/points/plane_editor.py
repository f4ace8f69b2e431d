"""The plane with its points, which are set, moved and taken away with the mouse or with keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from visualnet.app.plots.colours import PlotColours
from visualnet.app.plots.decision_regions import DecisionView, draw_point
from visualnet.app.widgets.basic import describe
from visualnet.data.builtin import FRAME
from visualnet.data.plane.own_points import CLASS_NAMES, OwnPoint

NEAR = 8.0
"""A point is taken hold of so many px around it."""
KEY_STEP = 40
"""Arrow keys move the cross by a part of so many of the plane."""
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
ADDING, REMOVING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter), (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
TIP = (
    "Click: set a point of the chosen class. Drag: move a point. Right click: take it away. 1, 2 …: choose the class. "
    "With keys: arrows move a cross, Space sets a point there, Delete takes the nearest away."
)


class _Drag(NamedTuple):
    """The point that is held: its number, and whether it was set by this press."""

    number: int
    is_new: bool


class PlaneEditor(DecisionView):
    """Points in the regions of a network. ``edited`` tells what was done, and the points as they are then."""

    edited = Signal(str, object)
    label_wanted = Signal(int)
    file_name = "points"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: list[OwnPoint] = []
        self.label, self.classes = 0, 2
        self.can_edit = False
        self._drag: _Drag | None = None
        self._cross: QPointF | None = None
        self._extent = (*FRAME, *FRAME)
        describe(self, "Plane of points", TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(200, 150)

    def is_empty(self) -> bool:
        return False

    def show_points(self, points: Sequence[OwnPoint], classes: int, can_edit: bool) -> None:
        """Show these; what is being dragged stays with the mouse until it is let go."""
        self.classes, self.can_edit = classes, can_edit
        if self._drag is None:
            self.points = list(points)
            self._show()

    def show_regions(self, extent: tuple[float, float, float, float], grid: Any) -> None:
        """Show what the network makes of this part of the plane: probabilities (class, row, column), row 0 lowest; None: nothing yet."""
        self._extent = extent
        if grid is None:
            self._grid = None
        else:
            values = np.asarray(grid, np.float64)
            self._grid = np.concatenate([1 - values, values]) if len(values) == 1 else values
        self.update()

    def _show(self) -> None:
        self._points = np.array([point[:2] for point in self.points], np.float64).reshape(-1, 2)
        self._labels = np.array([point.label for point in self.points], np.int64)
        self.setAccessibleDescription(f"{len(self.points):,} points. {TIP}")
        self.update()

    # --- places ------------------------------------------------------------------------------------------------------

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point of the plane is in the widget."""
        box, (x0, x1, y0, y1) = self.plane_box(), self._extent
        return QPointF(
            box.left() + (x - x0) / (x1 - x0) * box.width(), box.bottom() - (y - y0) / (y1 - y0) * box.height()
        )

    def _point_at(self, at: QPointF, label: int) -> OwnPoint:
        """The point of the plane under a place of the widget, no further out than the plane is seen."""
        box, (x0, x1, y0, y1) = self.plane_box(), self._extent
        across = min(max((at.x() - box.left()) / box.width(), 0.0), 1.0)
        up = min(max((box.bottom() - at.y()) / box.height(), 0.0), 1.0)
        return OwnPoint(round(x0 + across * (x1 - x0), 3), round(y0 + up * (y1 - y0), 3), label)

    def _nearest(self, at: QPointF, reach: float = NEAR) -> int:
        """The number of the point at a place of the widget; -1 if there is none."""
        apart = [(self.place_of(point.x, point.y) - at).manhattanLength() for point in self.points]
        found = min(range(len(apart)), key=apart.__getitem__, default=-1)
        return found if found >= 0 and apart[found] <= 1.5 * reach else -1

    # --- mouse and keys ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if not self.can_edit or not self.plane_box().adjusted(-4, -4, 4, 4).contains(at):
            return
        number = self._nearest(at)
        if event.button() == Qt.MouseButton.LeftButton:
            QToolTip.hideText()
            if number < 0:
                self.points.append(self._point_at(at, self.label))
                self._drag = _Drag(len(self.points) - 1, True)
                self._show()
            else:
                self._drag = _Drag(number, False)
        elif event.button() == Qt.MouseButton.RightButton and number >= 0:
            self._remove(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        before = self.points[self._drag.number]
        self.points[self._drag.number] = self._point_at(event.position(), before.label)
        self._show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._drag is None:
            return
        words = "Set a point" if self._drag.is_new else "Move a point"
        self._drag = None
        self.edited.emit(words, list(self.points))

    def _remove(self, number: int) -> None:
        self._drag = None
        self.edited.emit("Take a point away", [p for at, p in enumerate(self.points) if at != number])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # The right button takes points away; what takes the picture away is asked for beside the plane.
        on_plane = self.can_edit and self.plane_box().contains(QPointF(event.pos()))
        if not on_plane or event.reason() == QContextMenuEvent.Reason.Keyboard:
            super().contextMenuEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, x0, x1, y0, y1 = Qt.Key(event.key()), *self._extent
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < self.classes and not event.modifiers():
            self.label_wanted.emit(number)
        elif key == Qt.Key.Key_Escape and self._drag is not None and not self._drag.is_new:
            self._drag = None
            self.edited.emit("", [])
        elif not self.can_edit or (key not in ARROWS and key not in ADDING and key not in REMOVING):
            super().keyPressEvent(event)
        else:
            cross = self._cross or QPointF((x0 + x1) / 2, (y0 + y1) / 2)
            right, up = ARROWS.get(key, (0, 0))
            x = min(max(cross.x() + right * (x1 - x0) / KEY_STEP, x0), x1)
            y = min(max(cross.y() + up * (y1 - y0) / KEY_STEP, y0), y1)
            self._cross = QPointF(x, y)
            if key in ADDING:
                self.edited.emit("Set a point", [*self.points, OwnPoint(round(x, 3), round(y, 3), self.label)])
            elif key in REMOVING and (near := self._nearest(self.place_of(x, y), 4 * NEAR)) >= 0:
                self._remove(near)
            self.update()

    # --- painting ----------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        super().draw(painter, colours)
        if self._drag is not None:
            held = self.points[self._drag.number]
            painter.setPen(QPen(colours.text, 1.5))
            painter.setBrush(colours.curve(held.label))
            draw_point(painter, self.place_of(held.x, held.y), held.label, 1.7)
        if self._cross is not None and self.hasFocus():
            at = self.place_of(self._cross.x(), self._cross.y())
            painter.setPen(QPen(colours.accent, 1.5))
            painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
            painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))
        if not self.points:
            painter.setClipping(False)
            painter.setPen(colours.muted)
            words = f"Click here: a {CLASS_NAMES[self.label]} point is set."
            painter.drawText(QRectF(self.plane_box()), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
