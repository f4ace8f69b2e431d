"""One compact line of names and values over a curve plot; a click hides or shows a curve."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import Ink, line_pen, text_font, translucent

ROW, SAMPLE, SPACE = 18, 18, 16


@dataclass(frozen=True)
class Entry:
    """One curve in the legend."""

    name: str
    colour: QColor
    dashed: bool
    value: str
    note: str
    shown: bool


class Legend(QWidget):
    """Names, line samples and values of all curves, in as few rows as fit."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink: Ink | None = None
        self._entries: tuple[Entry, ...] = ()
        self._title = ""
        self._places: list[tuple[QRectF, Entry]] = []
        self._beside: Legend | None = None
        self._needed = ROW
        self.setMouseTracking(True)
        self.setFixedHeight(ROW)

    def set_ink(self, ink: Ink) -> None:
        """Take the theme's colours."""
        self._ink = ink
        self.update()

    def show_entries(self, title: str, entries: tuple[Entry, ...]) -> None:
        """Show these curves after a heading."""
        if (title, entries) != (self._title, self._entries):
            self._title, self._entries = title, entries
            self._arrange()
            self.update()

    def align_with(self, other: Legend) -> None:
        """Take as many rows as another one, so that the plots under both begin at one line."""
        self._beside, other._beside = other, self
        self._settle()

    def _settle(self) -> None:
        other = self._beside
        pair = [self] if other is None or not other.isVisible() else [self, other]
        for legend in pair:
            high = max(one._needed for one in pair)
            if high != legend.height():
                legend.setFixedHeight(high)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def _arrange(self) -> None:
        metrics = QFontMetricsF(text_font(self.font()))
        x = 4.0 + (metrics.horizontalAdvance(self._title) * 1.08 + SPACE if self._title else 0)
        y, self._places = 0.0, []
        for entry in self._entries:
            # Room for a value that grows by a digit: neighbours must not jump while the numbers run.
            words = f"{entry.name}  {entry.note}"
            width = SAMPLE + 6 + metrics.horizontalAdvance(words) + metrics.horizontalAdvance("0.0000")
            if x + width > self.width() and x > 10:
                x, y = 4.0, y + ROW
            self._places.append((QRectF(x, y, width, ROW), entry))
            x += width + SPACE
        self._needed = int(y) + ROW
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            return
        ink, painter = self._ink, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = Qt.AlignmentFlag.AlignVCenter
        plain, struck, bold = (text_font(self.font(), bold=heavy) for heavy in (False, False, True))
        struck.setStrikeOut(True)
        widths = {True: QFontMetricsF(bold), False: QFontMetricsF(plain)}
        painter.setFont(bold)
        painter.setPen(ink.text)
        painter.drawText(QRectF(4, 0, self.width(), ROW), middle, self._title)
        for rect, entry in self._places:
            strength = 1.0 if entry.shown else 0.35
            y = rect.center().y()
            painter.setPen(line_pen(translucent(entry.colour, strength), dashed=entry.dashed, width=2))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + SAMPLE, y))
            x = rect.left() + SAMPLE + 6
            for words, heavy in ((entry.name, False), (entry.value, True), (entry.note, False)):
                painter.setFont(bold if heavy else plain if entry.shown else struck)
                painter.setPen(translucent(ink.text if heavy else ink.muted, strength))
                painter.drawText(QRectF(x, rect.top(), 400, ROW), middle, words)
                x += widths[heavy].horizontalAdvance(words) + 6

    def _entry_at(self, at: QPointF) -> Entry | None:
        return next((entry for rect, entry in self._places if rect.contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        entry = self._entry_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if entry else Qt.CursorShape.ArrowCursor)
        self.setToolTip(("Hide this curve" if entry.shown else "Show this curve") if entry else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        entry = self._entry_at(event.position())
        if entry and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(entry.name)
