"""A derivation set as in a book, in the room there is; selectable, copied as text or LaTeX, enlarged for the projector."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QWidget

from visualnet.app.diagrams.formula import colours, paint_sheet, typeset
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import FONT_PX
from visualnet.app.widgets.painting import fill_rounded, painting
from visualnet.core.caches import cached
from visualnet.figures.typesetting import TypesetDerivation
from visualnet.layers.declaration.notation import Derivation

TIP = "Enter or a double click enlarges it; Ctrl+C copies it as text, the right button as LaTeX too"
LEAST = 120
GAP = 6.0


@cached(1024)
def _width(text: str, px: int, weight: QFont.Weight) -> float:
    return QFontMetricsF(fonts.sans(px, weight)).horizontalAdvance(text)


class TypesetLabel(QWidget):
    """Letters above, figures below, each letter in the colour of its figure, and what the letters stand for.

    ``sheet`` is None where there is no room to typeset it: then its owner hides it, and shows the text.
    """

    enlarged = Signal()

    def __init__(self, px: int = FONT_PX) -> None:
        super().__init__()
        self.px = px
        self.derivation: Derivation | None = None
        self.text = ""
        self.sheet: TypesetDerivation | None = None
        self.room = float(LEAST)
        self.can_enlarge = True
        self._legend: list[list[tuple[str, str, str]]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(TIP)
        self.setAccessibleName("Formula")
        self.hide()

    def show_derivation(self, derivation: Derivation | None, text: str = "") -> None:
        """Show another one; ``text`` is the same in plain words, for the clipboard and for screen readers."""
        self.derivation, self.text = derivation, text
        self.setAccessibleName(text)
        self.fit()

    def fit(self, room: float = 0.0) -> None:
        """Set it anew in so much room: the theme or the width may be another."""
        self.room = room or self.room
        if self.derivation is None:
            self.sheet = None
            return
        room = max(self.room, LEAST)
        self.sheet = typeset(self.derivation, fonts.px(self.px), room)
        self._legend = self._legend_rows(room)
        high = self.sheet.height + 4 if self.sheet is not None else 0.0
        if self._legend:
            high += GAP + len(self._legend) * self._row_height()
        self.setFixedHeight(round(high))
        self.update()

    def _font(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        return fonts.sans(self._legend_px(), weight)

    def _legend_px(self) -> int:
        return fonts.px(max(11, round(self.px * 0.82)))

    def _row_height(self) -> float:
        return QFontMetricsF(self._font()).height() + 1

    def _legend_rows(self, room: float) -> list[list[tuple[str, str, str]]]:
        """The entries of the legend, in as many rows as they need."""
        rows: list[list[tuple[str, str, str]]] = []
        x = room + 1
        for entry in self.derivation.legend if self.derivation is not None else ():
            wide = self._entry_width(entry)
            if x + wide > room:
                rows.append([])
                x = 0.0
            rows[-1].append(entry)
            x += wide + self.px
        return rows

    def _entry_width(self, entry: tuple[str, str, str]) -> float:
        letter, meaning, _ = entry
        px = self._legend_px()
        return (
            _width(letter, px, QFont.Weight.DemiBold) + 4 + _width(meaning.replace("_", " "), px, QFont.Weight.Normal)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.sheet is None or self.derivation is None:
            return
        theme = icons.current_theme()
        with painting(self) as painter:
            if self.hasFocus():
                fill_rounded(painter, self.rect(), theme.selection, 4)
            inks = colours(self.derivation, theme)
            paint_sheet(painter, self.sheet, 0.0, 2.0, theme, inks)
            y = self.sheet.height + 4 + GAP + QFontMetricsF(self._font()).ascent()
            for row in self._legend:
                x = 0.0
                for entry in row:
                    letter, meaning, key = entry
                    painter.setFont(self._font(QFont.Weight.DemiBold))
                    painter.setPen(QColor(inks.get(key, theme.text)))
                    painter.drawText(QPointF(x, y), letter)
                    dx = QFontMetricsF(painter.font()).horizontalAdvance(letter) + 4
                    painter.setFont(self._font())
                    painter.setPen(QColor(theme.muted))
                    painter.drawText(QPointF(x + dx, y), meaning.replace("_", " "))
                    x += self._entry_width(entry) + self.px
                y += self._row_height()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, self.height())

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.text)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.can_enlarge:
            self.enlarged.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.can_enlarge:
            self.enlarged.emit()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().exec(event.globalPos())

    def menu(self) -> QMenu:
        """What the right button offers."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy as text\tCtrl+C", lambda: self._copy(self.text))
        if (derivation := self.derivation) is not None:
            menu.addAction("Copy as LaTeX", lambda: self._copy(derivation.latex))
        if self.can_enlarge:
            menu.addSeparator()
            menu.addAction("Enlarge\tEnter", self.enlarged.emit)
        return menu
