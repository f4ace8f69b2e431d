"""The legend of the dashboard: what is on cards and wires, chosen by a button each, with its colours and their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton

from visualnet.app.actions.filled_menu import fill_on_show
from visualnet.app.canvas.overlays.card_tints import paint_amounts
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.corner_legend import CornerLegend
from visualnet.app.features.dashboard.wire_styles import BROADEST, LEVELS, wire_style
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.painting import draw_line, fill_rounded, painting

WIDE, HEAD, BAR, EDGE = 306, 28, 50, 12
"""How wide the legend is, and how high a part's button, and its scale or its words."""
LOW_VIEW, LOW_BAR = 440, 34
"""In a view that is lower than this the scales go without their last line, so that the legend hides fewer cards."""

FillMenu = Callable[[QMenu], None]


class Part(NamedTuple):
    """What is shown of cards, or of wires: its title, marks along its scale (places from 0 to 1), what they count; or, without marks,
    words."""

    title: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    words: str = ""
    burns: bool = False
    """Whether cards have the colours of wires, from faint to burning: for what is bad where there is much of it."""

    def spoken(self) -> str:
        """For those who do not see it."""
        ends = f"{self.ticks[0][1]} to {self.ticks[-1][1]} " if self.ticks else ""
        return f"{self.title}, {ends}{self.words}" if self.title else "nothing"


class DashboardLegend(CornerLegend):
    """A part for cards and one for wires; the buttons open the same menus as View › Dashboard."""

    wide, high = WIDE, 2 * (HEAD + BAR)

    def __init__(self, studio: Studio, view: CanvasView, fill_cards: FillMenu, fill_wires: FillMenu) -> None:
        super().__init__(view)
        self.studio = studio
        self.cards = self.wires = Part()
        self._bar = BAR
        self.setObjectName("dashboardLegend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.cards_button = self._make_button("dashboardCards", "Choose what the cards show", fill_cards)
        self.wires_button = self._make_button("dashboardWires", "Choose what the wires show", fill_wires)

    def _make_button(self, name: str, tip: str, fill: FillMenu) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        fill_on_show(menu, fill)
        button.setMenu(menu)
        return button

    def describe(self, cards: Part, wires: Part, shown: bool) -> None:
        """Show what is chosen, and tell it in words."""
        self.cards, self.wires = cards, wires
        self.cards_button.setText(f"On the cards: {cards.title or 'nothing'}")
        self.wires_button.setText(f"On the wires: {wires.title or 'nothing'}")
        self._bar = LOW_BAR if self.view.viewport().height() < LOW_VIEW else BAR
        self.high = 2 * HEAD + 8 + self._bar * (bool(cards.title) + bool(wires.title))
        self.setAccessibleName(f"Dashboard. On the cards: {cards.spoken()}. On the wires: {wires.spoken()}")
        self.show_if(shown)
        self._place_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def _place_buttons(self) -> None:
        second = HEAD + (self._bar if self.cards.title else 0)
        for button, top in ((self.cards_button, 3), (self.wires_button, second + 3)):
            button.setGeometry(fonts.px(6), fonts.px(top), fonts.px(WIDE - 12), fonts.px(HEAD - 3))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            self.paint_ground(p, self.studio.theme)
            top = HEAD
            if self.cards.title:
                if self.cards.ticks:
                    bar = QRectF(EDGE, top + 4, WIDE - 2 * EDGE, 10)
                    self._paint_burning(p, bar) if self.cards.burns else paint_amounts(p, bar)
                self._paint_part(p, top, self.cards)
                top += self._bar
            top += HEAD
            if self.wires.title:
                if self.wires.ticks:
                    self._paint_wire(p, top + 9)
                self._paint_part(p, top, self.wires)

    def _paint_part(self, p: QPainter, top: float, part: Part) -> None:
        muted, area = self.studio.theme.muted, QRectF(EDGE, top, WIDE - 2 * EDGE, self._bar)
        if not part.ticks:
            p.setPen(QColor(muted))
            p.setFont(fonts.sans(11))
            p.drawText(area, Qt.TextFlag.TextWordWrap, part.words)
            return
        for share, text in part.ticks:
            at = area.left() + share * area.width()
            place = QRectF(at - 40, top + 15, 80, 16)
            align = Qt.AlignmentFlag.AlignHCenter
            if share <= 0.05:
                align, place = Qt.AlignmentFlag.AlignLeft, place.translated(40, 0)
            elif share >= 0.95:
                align, place = Qt.AlignmentFlag.AlignRight, place.translated(-40, 0)
            draw_line(p, place, text, fonts.figures(11), muted, align=align)
        if self._bar == BAR:
            draw_line(p, QRectF(EDGE, top + 30, area.width(), 16), part.words, fonts.sans(11), muted)

    def _paint_burning(self, p: QPainter, bar: QRectF) -> None:
        shades = QLinearGradient(bar.topLeft(), bar.topRight())
        for share in (number / 10 for number in range(11)):
            shades.setColorAt(share, QColor(wire_style(share, self.studio.theme).colour))
        fill_rounded(p, bar, QBrush(shades), 3)

    def _paint_wire(self, p: QPainter, y: float) -> None:
        """A wire that burns more and more."""
        step = (WIDE - 2 * EDGE) / LEVELS
        for level in range(LEVELS):
            style = wire_style(level / (LEVELS - 1), self.studio.theme)
            p.setPen(
                QPen(QColor(style.colour), min(style.width, BROADEST), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            p.drawLine(QPointF(EDGE + level * step, y), QPointF(EDGE + (level + 1) * step + 0.4, y))
