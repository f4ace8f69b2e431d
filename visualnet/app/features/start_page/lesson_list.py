"""The lessons of the start page: the first three for those who begin, and all others behind a button."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from visualnet.app.features.start_page.cards import ChoiceCard, LessonCard
from visualnet.app.widgets.basic import button
from visualnet.app.widgets.layouts import column
from visualnet.core.text.format import format_quantity
from visualnet.templates.lessons import lessons

FIRST = 3
"""So many lessons are shown before one asks for more."""


class LessonList(QWidget):
    """Cards of lessons, one under the other or side by side."""

    chosen = Signal(str)

    def __init__(
        self, follow: Callable[[ChoiceCard], None], names: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._follow, self._names = follow, names
        self.cards: list[LessonCard] = []
        """Those that are shown."""
        self._finished: Collection[str] = ()
        self.line = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        left_out = len(names) - FIRST
        self.more = button(format_quantity(left_out, "more lesson"), "quiet", "chevron-down", done=self.show_all)
        self.more.setToolTip("Generating, deciding, finding, translating: a lesson on each")
        if left_out <= 0:  # never shown here: what is shown before it has a parent is a window of its own
            self.more.hide()
        column(self.line, (self.more, 0, Qt.AlignmentFlag.AlignLeft), spacing=8, parent=self)
        self._add(names[:FIRST])

    def _add(self, names: Collection[str]) -> None:
        for name in names:
            lesson = lessons()[name]
            card = LessonCard(name, lesson.title, lesson.summary, lesson.icon, lesson.minutes)
            card.chosen.connect(lambda name=name: self.chosen.emit(name))
            self._follow(card)
            card.set_done(name in self._finished)
            self.cards.append(card)
            self.line.addWidget(card, 1)

    def show_all(self) -> None:
        """Show the lessons that were left out; the first of them has the keyboard."""
        shown = len(self.cards)
        self.line.setDirection(QBoxLayout.Direction.TopToBottom)
        self._add(self._names[shown:])
        self.more.hide()
        if shown < len(self.cards):
            self.cards[shown].setFocus(Qt.FocusReason.OtherFocusReason)

    def set_finished(self, names: Collection[str]) -> None:
        """Tick the lessons that were gone through."""
        self._finished = names
        for card in self.cards:
            card.set_done(card.name in names)

    def set_stacked(self, stacked: bool, gap: int) -> None:
        """One under the other, or side by side with this gap: which only the first few can be."""
        stacked |= len(self.cards) > FIRST
        directions = QBoxLayout.Direction
        self.line.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)
        self.line.setSpacing(8 if stacked else gap)
