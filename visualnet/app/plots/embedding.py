"""Points on a plane that answer to the pointer: the nearest one is ringed and shows its sample; Ctrl and the wheel go nearer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.colours import PlotColours, text_font, translucent
from visualnet.figures.charts.axes import Range
from visualnet.figures.charts.marks import Chart
from visualnet.figures.sequences.embedding_map import EmbeddingMap

NEAR = 12.0
"""A point is pointed at from so far, in px."""
MOVED = 4.0
"""A press that moves farther is a drag, in px."""
NEARER, WHEEL_STEP = 1.25, 120
PAD = 6
NOTHING = -1


class EmbeddingView(ChartView):
    """Paints an `EmbeddingMap`. ``pointed`` tells the number of the point under the pointer, -1 for none: who hears it may show the
    sample with `set_card`."""

    pointed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.at = NOTHING
        """The point that is pointed at."""
        self._window: tuple[Range, Range] | None = None
        self._card: QImage | None = None
        self._press: QPointF | None = None
        self._begun: tuple[Range, Range] | None = None

    def show_chart(self, chart: Chart | None, name: str = "") -> None:
        if isinstance(chart, EmbeddingMap) and self._window is not None:
            chart = chart.seen(self._window)
        super().show_chart(chart, name)
        if self.at >= (len(chart.points) if isinstance(chart, EmbeddingMap) else 0):
            self._point_at(NOTHING)

    @property
    def map(self) -> EmbeddingMap | None:
        """What is painted."""
        return self.chart if isinstance(self.chart, EmbeddingMap) else None

    def set_card(self, image: QImage | None) -> None:
        """Show this picture of the sample beside the point that is pointed at."""
        self._card = image
        self.update()

    # --- places --------------------------------------------------------------------------------------------------------

    def place_of(self, number: int) -> QPointF | None:
        """Where a point stands in the widget; None where it is out of sight."""
        if self.map is None or not 0 <= number < len(self.map.points):
            return None
        x, y = self.map.places(self.width() / self._scale, self.height() / self._scale)[number].tolist()
        return QPointF(x * self._scale, y * self._scale) if x == x else None

    def point_at(self, at: QPointF) -> int:
        """The point nearest to a place, if it is near enough; else -1."""
        if self.map is None or not len(self.map.points):
            return NOTHING
        places = self.map.places(self.width() / self._scale, self.height() / self._scale) * self._scale
        far = np.hypot(places[:, 0] - at.x(), places[:, 1] - at.y())
        far = np.where(np.isfinite(far), far, np.inf)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= NEAR * self._scale else NOTHING

    def _point_at(self, number: int) -> None:
        if number != self.at:
            self.at, self._card = number, None
            shown = self.map
            self.setAccessibleDescription(shown.describe(number) if shown is not None and number >= 0 else "")
            self.pointed.emit(number)
            self.update()

    # --- the part that is seen -------------------------------------------------------------------------------------------

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Go nearer by a factor, so that what is under a place (the middle, if none is told) stays there."""
        if self.map is None:
            return
        axes = self.map.axes(self.width() / self._scale, self.height() / self._scale)
        share_x = (about.x() / self._scale - axes.left) / axes.width if about is not None else 0.5
        share_y = 1 - (about.y() / self._scale - axes.top) / axes.height if about is not None else 0.5
        self._window = _nearer(axes.x, share_x, factor), _nearer(axes.y, share_y, factor)
        self._show_window()

    def show_all(self) -> None:
        """Show all points again."""
        self._window = None
        self._show_window()

    def _show_window(self) -> None:
        if self.map is not None:
            super().show_chart(self.map.seen(self._window), self.file_name)

    # --- pointer and keys ------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the panel scrolls
            return
        self.zoom(NEARER ** (event.angleDelta().y() / WHEEL_STEP), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press, self._begun = event.position(), self._window

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and self._begun is not None and self.map is not None:
            axes = self.map.axes(self.width() / self._scale, self.height() / self._scale)
            away = (event.position() - self._press) / self._scale
            x, y = self._begun
            across, up = -away.x() / axes.width * (x[1] - x[0]), away.y() / axes.height * (y[1] - y[0])
            self._window = (x[0] + across, x[1] + across), (y[0] + up, y[1] + up)
            self._show_window()
            return
        self._point_at(self.point_at(event.position()))
        shown = self.map
        opens = self.at >= 0 and shown is not None and shown.samples is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press, self._press = self._press, None
        if press is None or (event.position() - press).manhattanLength() > MOVED:
            return
        self._open_point(self.point_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(NOTHING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shown = event.key(), self.map
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if shown is None:
            super().keyPressEvent(event)
        elif (step := steps.get(Qt.Key(key))) is not None:
            self._point_at((self.at + step if self.at >= 0 else min(step, 0)) % len(shown.points))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(NEARER)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / NEARER)
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.at >= 0:
            self._open_point(self.at)
        else:
            super().keyPressEvent(event)

    def _open_point(self, number: int) -> None:
        shown = self.map
        if shown is not None and number >= 0 and shown.samples is not None and shown.samples[number] >= 0:
            self.samples_chosen.emit((int(shown.samples[number]),), shown.describe(number))

    # --- painting ----------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        painter.save()
        super().draw(painter, colours)
        painter.restore()
        at = self.place_of(self.at)
        if at is None or self.map is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.text, 2))
        painter.drawEllipse(at, 7, 7)
        self._draw_card(painter, colours, at, self.map.describe(self.at))

    def _draw_card(self, painter: QPainter, colours: PlotColours, at: QPointF, words: str) -> None:
        """The sample and its words beside the point, at the side where there is room."""
        painter.setFont(text_font(self.font(), 11))
        room = QRectF(0, 0, 240, 200)
        flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
        text = painter.boundingRect(room, flags, words)
        picture = self._card.size() / self._card.devicePixelRatio() if self._card is not None else None
        wide = max(text.width(), picture.width() if picture is not None else 0) + 2 * PAD
        high = text.height() + 2 * PAD + (picture.height() + PAD if picture is not None else 0)
        x = at.x() + 12 if at.x() + 12 + wide < self.width() else at.x() - 12 - wide
        y = min(max(at.y() - high / 2, 2.0), max(self.height() - high - 2, 2.0))
        card = QRectF(max(x, 2.0), y, wide, high)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(translucent(colours.raised, 0.96))
        painter.drawRoundedRect(card, 6, 6)
        inner = card.adjusted(PAD, PAD, -PAD, -PAD)
        if self._card is not None and picture is not None:
            painter.drawImage(QRectF(inner.topLeft(), QSizeF(picture)), self._card, QRectF(self._card.rect()))
            inner.setTop(inner.top() + picture.height() + PAD)
        painter.setPen(colours.text)
        painter.drawText(inner, flags, words)


def _nearer(whole: Range, share: float, factor: float) -> Range:
    low, high = whole
    fixed = low + share * (high - low)
    return fixed + (low - fixed) / factor, fixed + (high - fixed) / factor
