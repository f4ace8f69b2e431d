"""A switch between a few views."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class Segmented(QFrame):
    """One of a few words is chosen; arrow keys move between them."""

    chosen = Signal(int)

    def __init__(self, words: Sequence[str], name: str = "View", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        for index, word in enumerate(words):
            part = QPushButton(word)
            part.setCheckable(True)
            part.setAccessibleName(f"{name}: {word}")
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            self._group.addButton(part, index)
            row.addWidget(part)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @classmethod
    def of_actions(cls, actions: Sequence[QAction], name: str = "View", parent: QWidget | None = None) -> Segmented:
        """A switch that shows and triggers checkable actions."""
        made = cls([action.text() for action in actions], name, parent)
        for index, action in enumerate(actions):
            part = made._group.button(index)
            part.setToolTip(action.toolTip())
            action.changed.connect(lambda part=part, action=action: part.setToolTip(action.toolTip()))
            action.toggled.connect(lambda on, index=index: made.set_current(index) if on else None)
            if action.isChecked():
                made.set_current(index)
        made.chosen.connect(lambda index: actions[index].trigger())
        return made

    @property
    def current(self) -> int:
        """The place of the chosen word."""
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        """Show a choice without telling anyone; -1 for none of them."""
        if index < 0:
            self._group.setExclusive(False)
            for part in self._group.buttons():
                part.setChecked(False)
            self._group.setExclusive(True)
            return
        self._group.button(index).setChecked(True)

    def part(self, index: int) -> QPushButton:
        """The button of one of the words."""
        found = self._group.button(index)
        assert isinstance(found, QPushButton)
        return found
