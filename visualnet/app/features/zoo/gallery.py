"""The gallery of the zoo: a grid of drawn cards, a search, and beside it what the chosen cell is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QWidget

from visualnet.app.features.start_page.cards import ChoiceCard
from visualnet.app.features.start_page.template_search import contains_words
from visualnet.app.features.zoo.drawing import paint_cell, paint_unit
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, FlowLayout, clear, column, row, scroll_area
from visualnet.app.widgets.painting import fill_rounded, painting
from visualnet.app.widgets.search_field import SearchField
from visualnet.templates.index import template_list
from visualnet.templates.zoo import CELLS, KINDS, ZooCell

NARROWEST, PICTURE, WORDS = 136, 92, 46
"""In px: how wide a card is at least, how high its drawing and the room for its title are."""
SIDE = 308
GAP = 10


class CellCard(ChoiceCard):
    """A cell of the zoo: its drawing, over its name and year."""

    def __init__(self, cell: ZooCell) -> None:
        super().__init__(f"{cell.title}, {cell.year}: {cell.words}")
        self.cell = cell
        self.is_shown = False
        title = label(cell.title, "", wrap=True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setToolTip(f"{cell.title}, {cell.year}")
        self.set_width(NARROWEST)
        column((title, 1), margins=(8, PICTURE + 6, 8, 6), parent=self)

    def set_width(self, width: int) -> None:
        """Take this width."""
        self.setFixedSize(width, PICTURE + fonts.px(WORDS))

    def show_chosen(self, state: bool) -> None:
        """Mark it as the one that is told of beside."""
        self.is_shown = state
        self.setAccessibleDescription("chosen" if state else "")
        self.update()

    @property
    def framed(self) -> bool:
        return super().framed or self.is_shown

    def paint_inside(self, painter: QPainter, theme: Theme) -> None:
        painter.fillRect(QRectF(0, 0, self.width(), PICTURE), QColor(theme.canvas))
        paint_cell(painter, QRectF(14, 10, self.width() - 28, PICTURE - 20), self.cell, theme)
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.drawLine(0, PICTURE, self.width(), PICTURE)


class CellPicture(QWidget):
    """The drawing of one cell, large."""

    def __init__(self) -> None:
        super().__init__()
        self._cell = CELLS[0]
        self.setFixedHeight(168)

    def show_cell(self, cell: ZooCell) -> None:
        """Draw another one."""
        self._cell = cell
        self.setAccessibleName(f"Drawing of {cell.title}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self) as painter:
            fill_rounded(painter, QRectF(self.rect()), theme.canvas, 8)
            paint_cell(painter, QRectF(self.rect()).adjusted(20, 16, -20, -16), self._cell, theme)


class UnitSign(QWidget):
    """One unit of the legend."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_unit(painter, QRectF(self.rect()).center(), 6.5, self._kind, icons.current_theme())


class ZooDialog(QDialog):
    """All cells as cards. A card tells beside the grid what it is; from there it is opened."""

    template_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Neural network zoo")
        room = parent.size() if parent is not None else QSize(1280, 720)
        self.resize(min(1240, max(900, room.width() - 80)), min(860, max(560, room.height() - 60)))
        self.titles = {template.name: template.title for template in template_list()}
        self.cell = CELLS[0]
        self.search = SearchField("Search the zoo…")
        self.search.setFixedWidth(fonts.px(240))
        self.search.changed.connect(lambda _: self._filter())
        self.search.accepted.connect(lambda: self._go_to_first())
        self.search.moved.connect(lambda _: self._go_to_first())
        self.nothing = label("No cell is called that. Esc clears the search.", "muted")
        self.nothing.hide()
        words = "27 kinds of networks, after the poster by Fjodor van Veen (2016). Choose one to read what it is, and open it."
        head = row(
            (column(label("Neural network zoo", "heading"), label(words, "muted", wrap=True), spacing=2), 1),
            self.search,
        )
        self.cards = [self._make_card(cell) for cell in CELLS]
        column(
            head,
            self.nothing,
            row((self._grid(), 1), self._side(), spacing=16),
            self._legend(),
            margins=16,
            spacing=12,
            parent=self,
        )
        self.choose(CELLS[0])
        self.search.setFocus()

    def _make_card(self, cell: ZooCell) -> CellCard:
        card = CellCard(cell)
        card.chosen.connect(partial(self.choose, cell))
        card.focused.connect(partial(self._focus_came, card))
        card.arrow.connect(partial(self._move_focus, card))
        return card

    def _grid(self) -> QWidget:
        inside = QWidget()
        flow = FlowLayout(inside, GAP)
        for card in self.cards:
            flow.addWidget(card)
        self._scroll = scroll_area(inside, upright=True, focus=False)
        self._scroll.viewport().installEventFilter(self)
        return self._scroll

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._scroll.viewport():
            room = self._scroll.viewport().width()
            columns = max(1, (room + GAP) // (fonts.px(NARROWEST) + GAP))
            for card in self.cards:
                card.set_width((room - GAP * (columns - 1)) // columns)
        return super().eventFilter(watched, event)

    def _side(self) -> QWidget:
        inside = QWidget()
        self.picture = CellPicture()
        self.title, self.year = label("", "heading", wrap=True), label("", "muted")
        self.words, self.paper = label("", wrap=True), label("", "muted", wrap=True)
        self.open_button = button("Open", "primary", "open", self._open)
        self._others = column(spacing=6)
        told = (self.title, self.year, self.words, label("Paper", "small"), self.paper)
        column(
            self.picture, *told, self.open_button, self._others, STRETCH, margins=(0, 0, 8, 0), spacing=8, parent=inside
        )
        area = scroll_area(inside, upright=True)
        area.setFixedWidth(fonts.px(SIDE))
        return area

    def _legend(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, 12)
        for kind, words in KINDS.items():
            entry = QWidget()
            row(UnitSign(kind), label(words, "small"), spacing=4, parent=entry)
            flow.addWidget(entry)
        return holder

    def choose(self, cell: ZooCell) -> None:
        """Tell what this one is."""
        self.cell = cell
        for card in self.cards:
            card.show_chosen(card.cell is cell)
        self.picture.show_cell(cell)
        self.title.setText(cell.title)
        self.year.setText(str(cell.year))
        self.words.setText(cell.words)
        self.paper.setText(cell.paper)
        title = self.titles[cell.template]
        describe(self.open_button, f"Open {title}", f"Open the template “{title}”")
        clear(self._others)
        if cell.others:
            self._others.addWidget(label("Of its kind", "small"))
        for name in cell.others:
            other = button(self.titles[name], icon="open", done=self._opener(name))
            self._others.addWidget(
                describe(other, f"Open {self.titles[name]}", f"Open the template “{self.titles[name]}”")
            )

    def found(self) -> list[CellCard]:
        """The cards that hold every word of the search; all where nothing is searched."""
        return [card for card in self.cards if contains_words(card.cell.search, self.search.text())]

    def _filter(self) -> None:
        found = self.found()
        for card in self.cards:
            card.setVisible(card in found)
        self.nothing.setVisible(not found)
        if found and self.search.text().strip():
            self.choose(found[0].cell)

    def _go_to_first(self) -> None:
        for card in self.found()[:1]:
            self._go_to(card)

    def _go_to(self, card: CellCard) -> None:
        """Give a card the focus and tell of it; in a window that is not in front no focus arrives."""
        card.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus_came(card)

    def _focus_came(self, card: CellCard) -> None:
        self._scroll.ensureWidgetVisible(card, 0, GAP)
        self.choose(card.cell)

    def _move_focus(self, start: CellCard, dx: int, dy: int) -> None:
        """To the nearest card in a direction."""
        here = start.geometry().center()

        def cost(other: CellCard) -> int:
            way: QPoint = other.geometry().center() - here
            return way.x() * dx + way.y() * dy + 3 * (abs(way.x() * dy) + abs(way.y() * dx))

        step = start.width() // 2 if dx else start.height() // 2
        ahead = [card for card in self.found() if (card.x() - start.x()) * dx + (card.y() - start.y()) * dy > step]
        if ahead:
            self._go_to(min(ahead, key=cost))

    def _open(self) -> None:
        self._opener(self.cell.template)()

    def _opener(self, name: str) -> Callable[[], None]:
        def done() -> None:
            self.accept()
            self.template_chosen.emit(name)

        return done
