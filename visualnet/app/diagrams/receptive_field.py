"""The receptive field: which part of the input a unit of a layer sees, drawn over the sample."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from visualnet.analysis.receptive_field import AxisField
from visualnet.app.diagrams.layer_drawing import WRAPPED, CaptionedDrawing
from visualnet.app.diagrams.layer_painters import outline_pen, translucent
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.painting import painting

WORDS_PX, GAP = 11, 10


class FieldDrawing(CaptionedDrawing):
    """The input sample with the part that one place of the selected map sees; the pointer chooses the place."""

    SIDE = 132

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Receptive field", parent)
        self.field: AxisField | None = None
        self.sample: QImage | None = None
        self.place: tuple[int, ...] = ()

    def sizeHint(self) -> QSize:
        return QSize(240, self.SIDE + GAP + self._words_height())

    def _words_height(self) -> int:
        """Room for what is said of any place: the sheet below does not jump while the pointer moves."""
        field = self.field
        if field is None:
            return 0
        font, wide = QFontMetricsF(fonts.sans(fonts.px(WORDS_PX))), max(self.width(), self.minimumWidth(), 200)
        area = QRectF(0, 0, wide, 1000)
        corners = (tuple(0 for _ in field.places), tuple(n - 1 for n in field.places))
        return ceil(max(font.boundingRect(area, WRAPPED, field.describe(at)).height() for at in corners)) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self.sizeHint().height())

    def show_field(self, field: AxisField | None, sample: QImage | None = None) -> None:
        """Draw another field; None takes the drawing away."""
        if field is None or self.field is None or field.places != self.field.places or field.whole:
            self.place = tuple(n // 2 for n in field.places) if field is not None else ()
        self.field, self.sample = field, sample
        self.setVisible(field is not None)
        self.setFixedHeight(self.sizeHint().height())
        self.show_words()

    def words(self) -> str:
        return self.field.describe(self.place) if self.field is not None else ""

    def _box(self) -> QRectF:
        assert self.field is not None
        rows, columns = (1, *self.field.extents)[-2:]
        cell = min(self.SIDE / rows, (self.width() - 4) / columns, 14.0)
        return QRectF(2, 2, columns * cell, rows * cell)

    def can_move(self) -> bool:
        return self.field is not None and not self.field.whole

    def move_along(self, axis: int, by: int) -> None:
        if -axis <= len(self.place):
            place = list(self.place)
            place[axis] += by
            self._choose(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.field is not None and not self.field.whole:
            box, at, places = self._box(), event.position(), self.field.places
            shares = (at.y() - box.top()) / box.height(), (at.x() - box.left()) / box.width()
            self._choose([int(share * n) for share, n in zip(shares[-len(places) :], places, strict=True)])

    def _choose(self, wanted: list[int]) -> None:
        assert self.field is not None
        place = tuple(max(0, min(n - 1, at)) for at, n in zip(wanted, self.field.places, strict=True))
        if place != self.place:
            self.place = place
            self.show_words()

    def paintEvent(self, _event: QPaintEvent) -> None:
        field = self.field
        if field is None:
            return
        theme = icons.current_theme()
        box = self._box()
        with painting(self, smooth=False) as painter:
            painter.fillRect(box, QColor(theme.raised))
            if self.sample is not None and not self.sample.isNull():
                painter.drawImage(box, self.sample)
            cell = box.width() / field.extents[-1]
            painter.setPen(outline_pen(theme.outline))
            painter.drawRect(box)
            if field.unknown:
                self.paint_words(painter, box.bottom() + 6, fonts.px(WORDS_PX))
                return
            (top, low), (left, right) = ((0, 1), *field.seen(self.place))[-2:]
            part = QRectF(box.left() + left * cell, box.top() + top * cell, (right - left) * cell, (low - top) * cell)
            painter.fillRect(part, translucent(theme.accent, 70))
            painter.setPen(outline_pen(theme.accent, 2.0))
            painter.drawRect(part)
            self.paint_words(painter, box.bottom() + 6, fonts.px(WORDS_PX))
