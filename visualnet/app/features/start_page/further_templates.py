"""The templates below the first ones, in groups with a head each, told from the index alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QWidget

from visualnet.app.features.start_page.cards import TemplateRow
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import FlowLayout, add, clear, column, row
from visualnet.templates.index import Template

ROW_GAP, CAPTION_GAP, ABOVE = 8, 10, 18


class FurtherTemplates(QWidget):
    """Rows in groups. They lie below what is seen first and take as long as half the window does, so each group is made by itself:
    in the pauses of a page that is shown (`make_next`), or all that wait when somebody asks for a row (`rows`)."""

    def __init__(self, make: Callable[[Template], TemplateRow]) -> None:
        super().__init__()
        self._column = column(spacing=CAPTION_GAP, parent=self)
        self.sections: list[tuple[QWidget, FlowLayout]] = []
        self.heads: dict[QWidget, QWidget] = {}
        self._made: dict[TemplateRow, Template] = {}
        self._make = make
        self._waiting: list[tuple[str, list[Template]]] = []
        self._room = 0

    @property
    def rows(self) -> list[TemplateRow]:
        """All of them, in their order."""
        while self.make_next():
            pass
        return list(self._made)

    @property
    def whole(self) -> bool:
        """Whether every group has its rows."""
        return not self._waiting

    @property
    def is_empty(self) -> bool:
        """Whether there are no groups at all."""
        return not (self._made or self._waiting)

    def set_groups(self, groups: Iterable[tuple[str, list[Template]]]) -> None:
        """Show these from now on."""
        clear(self._column)
        self.sections, self.heads, self._made = [], {}, {}
        self._waiting = list(groups)

    def make_next(self) -> bool:
        """Make the next group; False where all are there."""
        if not self._waiting:
            return False
        group, members = self._waiting.pop(0)
        head, grid = QWidget(), QWidget()
        # At the right end stands what the numbers on the rows count.
        row((label(group, "section"), 1), label("parameters", "small"), margins=(0, ABOVE, 13, 0), parent=head)
        flow = FlowLayout(grid, ROW_GAP)
        made = {self._make(template): template for template in members}
        for line in made:
            flow.addWidget(line)
        self.sections.append((grid, flow))
        self.heads[grid] = head
        self._made |= made
        self._fit([*made], [(grid, flow)])
        add(self._column, head, grid)
        return True

    def arrange(self, width: int) -> None:
        """As many columns as the whole width has room for."""
        self._room = width
        self._fit(self._made, self.sections)

    def _fit(self, lines: Iterable[TemplateRow], sections: Iterable[tuple[QWidget, FlowLayout]]) -> None:
        if not self._room:
            return
        columns = max(1, min(4, self._room // fonts.px(260)))
        each = (self._room - ROW_GAP * (columns - 1)) // columns
        for line in lines:
            line.setFixedSize(each, fonts.px(TemplateRow.HEIGHT))
        for grid, flow in sections:
            flow.invalidate()
            grid.setFixedHeight(max(flow.heightForWidth(self._room), 1))
