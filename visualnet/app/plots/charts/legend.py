"""One compact line of names and values over a curve plot; a click hides or shows a curve."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.colours import Ink, line_pen, text_font, translucent

ROW, SAMPLE, SPACE = 18, 14, 12
SHORT = {"training": "train", "validation": "valid."}
"""What is said where the whole names have no room."""


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
    """Names, line samples and values of all curves, in one line; those that find no room are in the menu at its end.

    Two charts beside each other thus begin at one height, however many curves each has.
    """

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink: Ink | None = None
        self._entries: tuple[Entry, ...] = ()
        self._title = ""
        self._places: list[tuple[QRectF, Entry]] = []
        self._rest: tuple[QRectF, tuple[Entry, ...]] = (QRectF(), ())
        """Where the end of the line is, and what stands in its menu."""
        self.setMouseTracking(True)
        self.setFixedHeight(ROW)

    def set_ink(self, ink: Ink) -> None:
        """Take the theme's colours."""
        self._ink = ink
        self.setFixedHeight(max(ROW, round(QFontMetricsF(text_font(self.font())).height()) + 2))
        self._arrange()
        self.update()

    def show_entries(self, title: str, entries: tuple[Entry, ...]) -> None:
        """Show these curves after a heading."""
        if (title, entries) != (self._title, self._entries):
            self._title, self._entries = title, entries
            self._arrange()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def _arrange(self) -> None:
        """Place as many as have room: first the notes give way, which the marks on the curves say too, then the last curves."""
        metrics = QFontMetricsF(text_font(self.font()))
        entries = self._entries
        start = 4.0 + (metrics.horizontalAdvance(self._title) * 1.08 + SPACE if self._title else 0)
        # Room for a value that grows by a digit: neighbours must not jump while the numbers run.
        value = metrics.horizontalAdvance("0.0000") + 6

        def widths(shown: tuple[Entry, ...]) -> list[float]:
            words = [
                metrics.horizontalAdvance(e.name) + (metrics.horizontalAdvance(e.note) + 6) * bool(e.note)
                for e in shown
            ]
            return [SAMPLE + 6 + width + value for width in words]

        plain = tuple(replace(entry, note="") for entry in entries)
        short = tuple(replace(entry, name=SHORT.get(entry.name, entry.name)) for entry in plain)
        fits = (
            each
            for each in (entries, plain, short)
            if start + sum(widths(each)) + SPACE * (len(each) - 1) <= self.width()
        )
        shown = next(fits, short)
        x, self._places = start, []
        for at, (told, width) in enumerate(zip(shown, widths(shown), strict=True)):
            left = len(entries) - at - 1
            more = SPACE + metrics.horizontalAdvance(_more(left)) if left and shown is short else 0
            if x + width + more > self.width():
                break
            self._places.append((QRectF(x, 0, width, self.height()), told))
            x += width + SPACE
        rest = self._entries[len(self._places) :]
        self._rest = (QRectF(x, 0, max(self.width() - x, 0), self.height()) if rest else QRectF(), rest)

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
        painter.drawText(QRectF(4, 0, self.width(), self.height()), middle, self._title)
        for rect, entry in self._places:
            strength = 1.0 if entry.shown else 0.35
            y = rect.center().y()
            painter.setPen(line_pen(translucent(entry.colour, strength), dashed=entry.dashed, width=2))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + SAMPLE, y))
            x = rect.left() + SAMPLE + 6
            for words, heavy in ((entry.name, False), (entry.value, True), (entry.note, False)):
                painter.setFont(bold if heavy else plain if entry.shown else struck)
                painter.setPen(translucent(ink.text if heavy else ink.muted, strength))
                painter.drawText(QRectF(x, rect.top(), 400, rect.height()), middle, words)
                x += widths[heavy].horizontalAdvance(words) + 6

        where, rest = self._rest
        if rest:
            painter.setFont(plain)
            painter.setPen(ink.muted)
            painter.drawText(where, middle, _more(len(rest)))

    def _entry_at(self, at: QPointF) -> Entry | None:
        return next((entry for rect, entry in self._places if rect.contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        entry, more = self._entry_at(event.position()), self._rest[0].contains(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if entry or more else Qt.CursorShape.ArrowCursor)
        tip = ("Hide this curve" if entry.shown else "Show this curve") if entry else ""
        note = next((e.note for e in self._entries if entry and e.name == _whole(entry.name)), "")
        self.setToolTip("The other curves" if more else "\n".join(filter(None, (note, tip))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        entry = self._entry_at(event.position())
        if entry:
            self.toggled.emit(_whole(entry.name))
        elif self._rest[0].contains(event.position()):
            self.menu().popup(self.mapToGlobal(self._rest[0].bottomLeft().toPoint()))

    def menu(self) -> QMenu:
        """The curves that have no room in the line, each to be shown or hidden."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._rest[1]:
            action = menu.addAction(f"{entry.name}  {entry.value}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(entry.shown)
            action.triggered.connect(lambda _=False, name=entry.name: self.toggled.emit(name))
        return menu


def _whole(name: str) -> str:
    return next((whole for whole, short in SHORT.items() if short == name), name)


def _more(count: int) -> str:
    return f"{count} more ▾"
