"""The keys of every action, to read and to change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.actions.registry import Actions
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.fuzzy_match import fuzzy
from visualnet.app.widgets.search_field import SearchField

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """Search an action, press other keys for it, or bring its own back."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(620, 560)
        self.search = SearchField("Search actions or keys…")
        self.search.changed.connect(self._look_for)
        self.search.moved.connect(lambda _step: self.tree.setFocus())
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Action", "Keys"])
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Actions and their keys")
        self.tree.currentItemChanged.connect(lambda *_: self._on_selected())
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setAccessibleName("New keys")
        self.set_button = button("Set", "primary", done=self._set)
        self.clear_button = button("No keys", done=lambda: self._give(()))
        self.reset_button = button("Reset", done=self._reset)
        self.reset_all = button("Reset all", "quiet", done=self._reset_all)
        self.words = label("", "muted", wrap=True)
        self._lay_out()
        self._items: dict[str, QTreeWidgetItem] = {}
        self._fill()
        self.keys.keySequenceChanged.connect(lambda _keys: self._tell_conflict())
        actions.shortcuts_changed.connect(self._refresh)
        self._on_selected()

    def select(self, action_id: str) -> None:
        """Choose the action to change."""
        self.tree.setCurrentItem(self._items[action_id])

    @property
    def selected(self) -> str | None:
        """The id of the chosen action."""
        item = self.tree.currentItem()
        return item.data(0, _ID) if item is not None else None

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.keys, 1)
        for each in (self.set_button, self.clear_button, self.reset_button):
            row.addWidget(each)
        column.addLayout(row)
        last = QHBoxLayout()
        last.addWidget(self.reset_all)
        last.addStretch(1)
        last.addWidget(button("Close", done=self.accept))
        column.addLayout(last)
        for each in self.findChildren(type(self.set_button)):
            each.setAutoDefault(False)

    def _fill(self) -> None:
        parents: dict[str, QTreeWidgetItem] = {}
        for spec in self._actions.specs.values():
            if spec.fill is not None:
                continue
            menu = parents.get(spec.menu)
            if menu is None:
                menu = parents[spec.menu] = QTreeWidgetItem(self.tree, [spec.menu])
                menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
                menu.setExpanded(True)
            item = QTreeWidgetItem(menu, [spec.name])
            item.setData(0, _ID, spec.id)
            item.setToolTip(0, spec.tip)
            self._items[spec.id] = item
            self._refresh(spec.id)

    def _refresh(self, action_id: str) -> None:
        item = self._items.get(action_id)
        if item is None:
            return
        keys = self._actions.shortcuts(action_id)
        item.setText(1, ", ".join(_native(key) for key in keys))
        font = item.font(1)
        font.setBold(keys != self._actions.specs[action_id].shortcuts)
        item.setFont(1, font)
        if action_id == self.selected:
            self._on_selected()

    def _look_for(self, text: str) -> None:
        for item in self._items.values():
            shown = fuzzy(text, item.text(0)) is not None or text.casefold() in item.text(1).casefold()
            item.setHidden(not shown)
        for index in range(self.tree.topLevelItemCount()):
            menu = self.tree.topLevelItem(index)
            assert menu is not None
            menu.setHidden(all(menu.child(row).isHidden() for row in range(menu.childCount())))

    def _on_selected(self) -> None:
        chosen = self.selected
        for each in (self.keys, self.set_button, self.clear_button, self.reset_button):
            each.setEnabled(chosen is not None)
        if chosen is None:
            self.words.setText("Choose an action to change its keys.")
            return
        keys = self._actions.shortcuts(chosen)
        self.keys.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
        self.reset_button.setEnabled(keys != self._actions.specs[chosen].shortcuts)
        self.clear_button.setEnabled(bool(keys))
        self.words.setText(self._actions.specs[chosen].tip)

    def _tell_conflict(self) -> None:
        chosen = self.selected
        key = self.keys.keySequence().toString()
        owner = self._actions.conflict(chosen, key) if chosen and key else None
        self.set_button.setEnabled(chosen is not None and bool(key) and owner is None)
        if owner is not None:
            self.words.setText(f"{_native(key)} already does “{self._actions.specs[owner].name}”.")
        elif chosen is not None:
            self.words.setText(self._actions.specs[chosen].tip)

    def _set(self) -> None:
        chosen = self.selected
        key = self.keys.keySequence().toString()
        if chosen is not None and key:
            others = [each for each in self._actions.shortcuts(chosen)[1:] if each != key]
            self._give((key, *others))

    def _give(self, keys: tuple[str, ...]) -> None:
        if self.selected is not None:
            self._actions.set_shortcuts(self.selected, keys)

    def _reset(self) -> None:
        if self.selected is not None:
            try:
                self._actions.reset_shortcuts(self.selected)
            except ValueError as error:
                self.words.setText(str(error))

    def _reset_all(self) -> None:
        self._actions.reset_shortcuts()


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
