"""The curve of the learning rate with points that the mouse moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from visualnet.app.plots.charts.rate_curve import RateCurveView
from visualnet.app.theme import fonts, icons
from visualnet.layers.recipe.drawn_curve import MOST_POINTS, write_points

REACH = 9.0
"""So near to a point a press takes hold of it, in pixels."""
RADIUS = 4.5
HIGH = 150
TIP = "Drag a point; a double click adds one, Delete removes the chosen one, the arrow keys move it"
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_AWAY = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
Point = tuple[float, float]


class RateCurveEditor(RateCurveView):
    """As the plain curve; where points are given they can be moved, added and removed.

    ``points_changed`` tells the line of points while one moves, ``editing_finished`` that it moves no more.
    """

    points_changed = Signal(str)
    editing_finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.points: list[Point] = []
        """Epochs from the end of the warm-up, and shares of the rate; empty where the curve is not drawn by hand."""
        self.chosen = -1
        self._rate, self._warm, self._length = 1.0, 0.0, 1.0
        self._editable = False
        self._before: list[Point] | None = None
        """The points before the one that is being dragged was taken hold of."""

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(200), fonts.px(HIGH)) if self.points else super().sizeHint()

    def set_points(
        self, points: Sequence[Point], rate: float = 1.0, warm: int = 0, length: int = 1, editable: bool = True
    ) -> None:
        """Show these points of a curve that begins after a warm-up of ``warm`` epochs and may be ``length`` long; none ends it."""
        if bool(points) != bool(self.points):
            self.updateGeometry()
        self.points, self._editable = list(points), editable and bool(points)
        self._rate, self._warm, self._length = rate, float(warm), float(length)
        self.chosen = min(self.chosen, len(self.points) - 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._editable else Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(self._editable)
        if self._editable:
            self.setToolTip(TIP)
        self.update()

    def greatest(self) -> tuple[float, float]:
        last, top = super().greatest()
        shares = [1.0, *(share for _, share in self.points)] if self.points else []
        ends = [self._warm + epoch for epoch, _ in self.points[-1:]]
        return max(last, *ends, 1), max([top, *(self._rate * share for share in shares)])

    def area(self) -> QRectF:
        return super().area().adjusted(0, 0, -RADIUS - 1 if self.points else 0, 0)  # the last point is seen whole

    # --- from points to pixels and back --------------------------------------------------------------------------------

    def place(self, point: Point) -> QPointF:
        """Where a point stands in the widget."""
        area, (last, top) = self.area(), self.greatest()
        x = area.left() + (self._warm + point[0]) / last * area.width()
        return QPointF(x, area.bottom() - point[1] * self._rate / top * area.height())

    def _point_at(self, place: QPointF) -> Point:
        area, (last, top) = self.area(), self.greatest()
        epoch = (place.x() - area.left()) / max(area.width(), 1) * last - self._warm
        share = (area.bottom() - place.y()) / max(area.height(), 1) * top / self._rate
        return self._snap(epoch), round(min(max(share, 0.0), top / self._rate), 2)

    @property
    def step(self) -> float:
        """Epochs that a point moves by: about a hundredth of the run, a round number."""
        return next((step for step in _STEPS if step >= self._length / 100), _STEPS[-1])

    def _snap(self, epoch: float) -> float:
        return round(round(epoch / self.step) * self.step, 6)

    def _near(self, place: QPointF) -> int:
        """The point under the pointer; −1 for none."""
        away = [(self.place(point) - place).manhattanLength() for point in self.points]
        at = min(range(len(away)), key=away.__getitem__, default=-1)
        return at if at >= 0 and away[at] <= 1.5 * REACH else -1

    def _move(self, at: int, point: Point) -> None:
        """Put a point there, between its neighbours; the first stays at the beginning."""
        low = self.points[at - 1][0] + self.step if at else 0.0
        high = self.points[at + 1][0] - self.step if at + 1 < len(self.points) else self._length
        epoch = 0.0 if at == 0 else min(max(point[0], low), max(high, low))
        self._take([*self.points[:at], (round(epoch, 6), max(point[1], 0.0)), *self.points[at + 1 :]])

    def _take(self, points: list[Point]) -> None:
        rising = all(a < b for (a, _), (b, _) in pairwise(points))
        if points != self.points and rising:
            self.points = points
            self.points_changed.emit(write_points(points))
            self.update()

    # --- mouse and keys --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._editable or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.chosen = self._near(event.position())
        self._before = list(self.points) if self.chosen >= 0 else None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._before is not None and self.chosen >= 0:
            self._move(self.chosen, self._point_at(event.position()))
        elif self._editable:
            held = self._near(event.position()) >= 0
            self.setCursor(Qt.CursorShape.SizeAllCursor if held else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._before is not None:
            self._before = None
            self.editing_finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._editable or self._near(event.position()) >= 0 or len(self.points) >= MOST_POINTS:
            return
        point = self._point_at(event.position())
        at = sum(epoch < point[0] for epoch, _ in self.points)
        if 0 < point[0] <= self._length and all(epoch != point[0] for epoch, _ in self.points):
            self.chosen = at
            self._take([*self.points[:at], point, *self.points[at:]])
            self.editing_finished.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._editable and self.chosen < 0 and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.chosen = 0
            self.update()

    def event(self, event: QEvent) -> bool:
        # Delete and the arrow keys are shortcuts of the window, too: here they are meant for the chosen point.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._handles(event):
            event.accept()
            return True
        return super().event(event)

    def _handles(self, event: QKeyEvent) -> bool:
        keys = (*_AWAY, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if event.key() == Qt.Key.Key_Escape:
            return self._before is not None
        return self._editable and 0 <= self.chosen < len(self.points) and event.key() in keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._handles(event):
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            before, self._before = self._before, None
            self._take(before or self.points)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self.chosen > 0:  # the first says where the rate begins
                at, self.chosen = self.chosen, self.chosen - 1
                self._take([*self.points[:at], *self.points[at + 1 :]])
        else:
            right, up = _AWAY[Qt.Key(event.key())]
            epoch, share = self.points[self.chosen]
            self._move(self.chosen, (epoch + right * self.step, round(share + 0.01 * up, 2)))
        self.editing_finished.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.points or not self.planned[0]:
            return
        theme, painter = icons.current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        for at, point in enumerate(self.points):
            painter.setBrush(QColor(theme.accent if at == self.chosen and self._editable else theme.surface))
            around = QRectF(0, 0, 2 * RADIUS, 2 * RADIUS)
            around.moveCenter(self.place(point))
            painter.drawEllipse(around)
        painter.end()
