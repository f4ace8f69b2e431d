"""One compact line of names and values over a curve plot; a click hides or shows a curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QIcon, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.colours import PlotColours, line_pen, text_font, translucent

ROW, SAMPLE, SPACE = 18, 14, 12
SHORT = {"training": "train", "validation": "val."}
"""What is said where the whole names have no room."""


class LegendText(NamedTuple):
    """What a curve is called: in the legend, there where room is short, and in full."""

    legend: str
    short: str
    full: str


@dataclass(frozen=True)
class LegendEntry:
    """One curve in the legend. Of those that are ``beneath`` the rest is in the menu where there is no room for all."""

    name: str
    words: LegendText
    colour: QColor
    dashed: bool
    value: str
    note: str
    shown: bool
    beneath: bool = False
    label: str = ""
    """What stands in the line: one of its words."""


SAMPLE_DASH = (1.6, 1.4)
"""In units of the line's width: dashes and gaps of which nearly three find room in a sample."""


def line_sample(colour: QColor, dashed: bool = False) -> QIcon:
    """A piece of a line as it is drawn in a plot."""
    scale = 2
    picture = QPixmap(scale * 18, scale * 12)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    pen = line_pen(colour, width=2 * scale)
    if dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(SAMPLE_DASH)  # that of the plot is longer than the sample
    painter.setPen(pen)
    painter.drawLine(QPointF(1, 6), QPointF(17, 6))
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # in its own colour in a selected row too
    return icon


class Legend(QWidget):
    """Names, line samples and values of all curves, in one line; those that find no room are in the menu at its end.

    Two charts beside each other thus begin at one height, however many curves each has.
    """

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: PlotColours | None = None
        self._entries: tuple[LegendEntry, ...] = ()
        self._title = ""
        self._places: list[tuple[QRectF, LegendEntry]] = []
        self._rest: tuple[QRectF, tuple[LegendEntry, ...]] = (QRectF(), ())
        """Where the end of the line is, and what stands in its menu."""
        self.setMouseTracking(True)
        self.setFixedHeight(ROW)

    def set_ink(self, colours: PlotColours) -> None:
        """Take the theme's colours."""
        self._colours = colours
        self.setFixedHeight(max(ROW, round(QFontMetricsF(text_font(self.font())).height()) + 2))
        self._arrange()
        self.update()

    def show_entries(self, title: str, entries: tuple[LegendEntry, ...]) -> None:
        """Show these curves after a heading."""
        if (title, entries) != (self._title, self._entries):
            self._title, self._entries = title, entries
            self._arrange()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def _arrange(self) -> None:
        """Place as many as have room: first the notes give way, which the marks on the curves say too, then long names and values, then
        the last curves."""
        metrics = QFontMetricsF(text_font(self.font()))
        start = 4.0 + (metrics.horizontalAdvance(self._title) * 1.08 + SPACE if self._title else 0)
        # Room for a value that grows by a digit: neighbours must not jump while the numbers run.
        value = metrics.horizontalAdvance("0.00e−0") + 6

        def widths(shown: tuple[LegendEntry, ...]) -> list[float]:
            words = [
                metrics.horizontalAdvance(e.label) + (metrics.horizontalAdvance(e.note) + 6) * bool(e.note)
                for e in shown
            ]
            return [SAMPLE + 6 + width + value * bool(e.value) for e, width in zip(shown, words, strict=True)]

        whole = tuple(replace(entry, label=entry.words.legend) for entry in self._entries)
        plain = tuple(replace(entry, note="") for entry in whole)
        short = tuple(replace(entry, label=entry.words.short) for entry in plain)
        thin = tuple(replace(entry, value="") if entry.beneath else entry for entry in short)
        half = tuple(replace(entry, value="") if entry.dashed else entry for entry in thin)
        bare = tuple(replace(entry, value="") for entry in half)
        fits = (
            each
            for each in (whole, plain, short)
            if start + sum(widths(each)) + SPACE * (len(each) - 1) <= self.width()
        )
        shown = next(fits, ())
        for each in (thin, half, bare) if not shown else ():
            # Names tell runs apart, so values give way to them; the run in front stays in the line, at worst without its values too.
            shown = self._first(each, widths(each), start, SPACE + metrics.horizontalAdvance(_more(len(each))))
            if all(entry.beneath for entry in each[len(shown) :]):
                break
        x, self._places = start, []
        for entry, width in zip(shown, widths(shown), strict=True):
            self._places.append((QRectF(x, 0, width, self.height()), entry))
            x += width + SPACE
        rest = self._entries[len(self._places) :]
        self._rest = (QRectF(x, 0, max(self.width() - x, 0), self.height()) if rest else QRectF(), rest)

    def _first(
        self, entries: tuple[LegendEntry, ...], widths: list[float], start: float, more: float
    ) -> tuple[LegendEntry, ...]:
        """The entries that have room in the line before the words that lead to the others."""
        x, count = start, 0
        for at, width in enumerate(widths):
            if x + width + (more if at < len(entries) - 1 else 0) > self.width():
                break
            x, count = x + width + SPACE, at + 1
        return entries[:count]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        colours, painter = self._colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = Qt.AlignmentFlag.AlignVCenter
        plain, struck, bold = (text_font(self.font(), bold=heavy) for heavy in (False, False, True))
        struck.setStrikeOut(True)
        widths = {True: QFontMetricsF(bold), False: QFontMetricsF(plain)}
        painter.setFont(bold)
        painter.setPen(colours.text)
        painter.drawText(QRectF(4, 0, self.width(), self.height()), middle, self._title)
        for rect, entry in self._places:
            strength = 1.0 if entry.shown else 0.35
            y = rect.center().y()
            painter.setPen(line_pen(translucent(entry.colour, strength), dashed=entry.dashed, width=2))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + SAMPLE, y))
            x = rect.left() + SAMPLE + 6
            for words, heavy in ((entry.label, False), (entry.value, True), (entry.note, False)):
                if not words:
                    continue
                painter.setFont(bold if heavy else plain if entry.shown else struck)
                painter.setPen(translucent(colours.text if heavy else colours.muted, strength))
                painter.drawText(QRectF(x, rect.top(), 400, rect.height()), middle, words)
                x += widths[heavy].horizontalAdvance(words) + 6

        where, rest = self._rest
        if rest:
            painter.setFont(plain)
            painter.setPen(colours.muted)
            painter.drawText(where, middle, _more(len(rest)))

    def _entry_at(self, at: QPointF) -> LegendEntry | None:
        return next((entry for rect, entry in self._places if rect.contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        entry, more = self._entry_at(event.position()), self._rest[0].contains(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if entry or more else Qt.CursorShape.ArrowCursor)
        tip = ("Hide this curve" if entry.shown else "Show this curve") if entry else ""
        whole = next((e for e in self._entries if entry and e.name == entry.name), None)
        name = whole.words.full if whole is not None and entry is not None and whole.words.full != entry.label else ""
        lines = (name, whole.note if whole is not None else "", tip)
        self.setToolTip("The other curves" if more else "\n".join(filter(None, lines)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        entry = self._entry_at(event.position())
        if entry:
            self.toggled.emit(entry.name)
        elif self._rest[0].contains(event.position()):
            self.menu().popup(self.mapToGlobal(self._rest[0].bottomLeft().toPoint()))

    def menu(self) -> QMenu:
        """The curves that have no room in the line, each to be shown or hidden."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._rest[1]:
            action = menu.addAction(f"{entry.words.full}  {entry.value}".replace("&", "&&"))
            # A menu has room for an icon or a tick: what is hidden is pale and struck out, as in the line.
            action.setIcon(line_sample(translucent(entry.colour, 1.0 if entry.shown else 0.35), entry.dashed))
            font = menu.font()
            font.setStrikeOut(not entry.shown)
            action.setFont(font)
            action.setCheckable(True)
            action.setChecked(entry.shown)
            action.triggered.connect(lambda _=False, name=entry.name: self.toggled.emit(name))
        return menu


def _more(count: int) -> str:
    return f"+{count} ▾"
