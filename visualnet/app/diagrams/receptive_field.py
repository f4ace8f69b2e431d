"""The receptive field: which part of the input a unit of a layer sees, drawn over the sample."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.analysis.receptive_field import Field
from visualnet.app.diagrams.other_diagrams import faint, outline_pen
from visualnet.app.theme import fonts, icons
from visualnet.core.text.format import format_quantity

WORDS = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
WORDS_PX, GAP = 11, 10


class FieldDrawing(QWidget):
    """The input sample with the part that one place of the selected map sees; the pointer chooses the place."""

    SIDE = 132

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field: Field | None = None
        self.sample: QImage | None = None
        self.place: tuple[int, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Receptive field")

    def sizeHint(self) -> QSize:
        return QSize(240, self.SIDE + GAP + self._words_high())

    def _words_high(self) -> int:
        """Room for what is said of any place: the sheet below does not jump while the pointer moves."""
        field = self.field
        if field is None:
            return 0
        font, wide = QFontMetricsF(fonts.sans(fonts.px(WORDS_PX))), max(self.width(), self.minimumWidth(), 200)
        area = QRectF(0, 0, wide, 1000)
        corners = (tuple(0 for _ in field.places), tuple(n - 1 for n in field.places))
        return ceil(max(font.boundingRect(area, WORDS, self.words(at)).height() for at in corners)) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self.sizeHint().height())

    def show_field(self, field: Field | None, sample: QImage | None = None) -> None:
        """Draw another field; None takes the drawing away."""
        if field is None or self.field is None or field.places != self.field.places or field.whole:
            self.place = tuple(n // 2 for n in field.places) if field is not None else ()
        self.field, self.sample = field, sample
        self.setVisible(field is not None)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self, at: tuple[int, ...] | None = None) -> str:
        """What a place sees, in figures; the chosen one, unless told."""
        field, at = self.field, self.place if at is None else at
        if field is None:
            return ""
        if field.whole and any(n > 1 for n in field.places):
            # Not all that lies between slides a window: what a place sees is then not told exactly, and not claimed.
            return f"A place here may see all of “{field.input}”: more than windows lies between them."
        if field.whole:
            return f"Every number here sees all of “{field.input}”."
        sizes = "×".join(map(str, field.size))
        place = ", ".join(str(p + 1) for p in at)
        seen = "×".join(str(max(0, b - a)) for a, b in field.seen(at))
        rest = f" (here {seen}, the rest is padding)" if seen != sizes else ""
        return f"Place {place} sees {sizes} cells of “{field.input}”{rest}; its neighbour the same {_steps(field.jump)} on."

    def _box(self) -> QRectF:
        field = self.field
        assert field is not None
        rows, columns = (1, *field.extents)[-2:]
        cell = min(self.SIDE / rows, (self.width() - 4) / columns, 14.0)
        return QRectF(2, 2, columns * cell, rows * cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        field = self.field
        if field is None or field.whole:
            return
        box = self._box()
        at = event.position()
        shares = (at.y() - box.top()) / box.height(), (at.x() - box.left()) / box.width()
        chosen = [
            max(0, min(n - 1, int(share * n)))
            for share, n in zip(shares[-len(field.places) :], field.places, strict=True)
        ]
        self._choose(tuple(chosen))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Right: (-1, 1), Qt.Key.Key_Left: (-1, -1), Qt.Key.Key_Down: (-2, 1), Qt.Key.Key_Up: (-2, -1)}
        field = self.field
        if field is None or field.whole or event.key() not in ways:
            super().keyPressEvent(event)
            return
        axis, by = ways[Qt.Key(event.key())]
        if -axis <= len(field.places):
            place = list(self.place)
            place[axis] = max(0, min(field.places[axis] - 1, place[axis] + by))
            self._choose(tuple(place))

    def _choose(self, place: tuple[int, ...]) -> None:
        if place != self.place:
            self.place = place
            self.setAccessibleDescription(self.words())
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        field = self.field
        if field is None:
            return
        painter = QPainter(self)
        theme = icons.current_theme()
        box = self._box()
        painter.fillRect(box, QColor(theme.raised))
        if self.sample is not None and not self.sample.isNull():
            painter.drawImage(box, self.sample)
        cell = box.width() / field.extents[-1]
        painter.setPen(outline_pen(theme.outline))
        painter.drawRect(box)
        seen = ((0, 1), *field.seen(self.place))[-2:]
        (top, low), (left, right) = seen
        part = QRectF(box.left() + left * cell, box.top() + top * cell, (right - left) * cell, (low - top) * cell)
        painter.fillRect(part, faint(theme.accent, 70))
        painter.setPen(outline_pen(theme.accent, 2.0))
        painter.drawRect(part)
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.muted))
        painter.setFont(fonts.sans(fonts.px(WORDS_PX)))
        painter.drawText(QRectF(0, box.bottom() + 6, self.width(), self.height()), WORDS, self.words())
        painter.end()


def _steps(jump: tuple[int, ...]) -> str:
    if len(set(jump)) == 1:
        return format_quantity(jump[0], "cell")
    return "×".join(map(str, jump)) + " cells"
