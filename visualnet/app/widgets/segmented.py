"""A switch between a few views."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QSizePolicy

from visualnet.app.widgets.layouts import row


class Segmented(QFrame):
    """One of a few words is chosen; arrow keys move between them."""

    chosen = Signal(int)

    def __init__(self, words: Sequence[str], name: str) -> None:
        super().__init__()
        buttons = row(margins=2, spacing=2, parent=self)
        self._group = QButtonGroup(self)
        for index, word in enumerate(words):
            part = QPushButton(word)
            part.setCheckable(True)
            part.setAccessibleName(f"{name}: {word}")
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            self._group.addButton(part, index)
            buttons.addWidget(part)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @classmethod
    def of_actions(cls, actions: Sequence[QAction], name: str) -> Segmented:
        """A switch that shows and triggers checkable actions."""
        switch = cls([action.text() for action in actions], name)
        for index, action in enumerate(actions):
            switch._follow(action, switch.part(index))
        switch.chosen.connect(lambda index: actions[index].trigger())
        return switch

    def _follow(self, action: QAction, part: QPushButton) -> None:
        part.setToolTip(action.toolTip())
        action.changed.connect(lambda: part.setToolTip(action.toolTip()))
        action.toggled.connect(lambda on: part.setChecked(True) if on else None)
        part.setChecked(action.isChecked())

    @property
    def words(self) -> tuple[str, ...]:
        """The words on its buttons, in their order."""
        return tuple(part.text() for part in self._group.buttons())

    @property
    def current(self) -> int:
        """The place of the chosen word."""
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        """Show a choice without telling anyone; -1 for none of them."""
        self._group.setExclusive(index >= 0)
        for at, part in enumerate(self._group.buttons()):
            part.setChecked(at == index)
        self._group.setExclusive(True)

    def part(self, index: int) -> QPushButton:
        """The button of one of the words."""
        found = self._group.button(index)
        assert isinstance(found, QPushButton)
        return found
