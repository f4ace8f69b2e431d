"""The keys of every action, to read and to change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QHeaderView, QKeySequenceEdit, QTreeWidget, QTreeWidgetItem, QWidget

from visualnet.app.actions.registry import Actions
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.text.fuzzy_match import fuzzy

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """Search an action, press other keys for it, or bring its own back."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(620, 560)
        self.tree = describe(QTreeWidget(), "Actions and their keys")
        self.tree.setHeaderLabels(["Action", "Keys"])
        self.tree.setUniformRowHeights(True)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.search = SearchField("Search actions or keys…")
        self.keys = describe(QKeySequenceEdit(maximumSequenceLength=1), "New keys")
        self.set_button = button("Set", "primary", done=self._set)
        self.clear_button = button("No keys", done=lambda: self._give(()))
        self.reset_button = button("Reset", done=self._reset)
        self.reset_all = button("Reset all", "quiet", done=self._actions.reset_shortcuts)
        close = button("Close", done=self.accept)
        for each in (self.set_button, self.clear_button, self.reset_button, self.reset_all, close):
            each.setAutoDefault(False)
        self.words = label("", "muted", wrap=True)
        column(
            self.search,
            (self.tree, 1),
            self.words,
            row((self.keys, 1), self.set_button, self.clear_button, self.reset_button, spacing=GRID),
            row(self.reset_all, STRETCH, close),
            margins=2 * GRID,
            spacing=GRID,
            parent=self,
        )
        self._menus: dict[str, QTreeWidgetItem] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._fill()
        self.search.changed.connect(self._look_for)
        self.search.moved.connect(lambda _step: self.tree.setFocus())
        self.tree.currentItemChanged.connect(self._on_selected)
        self.keys.keySequenceChanged.connect(self._show_conflict)
        actions.shortcuts_changed.connect(self._refresh)
        self._on_selected()

    def select(self, action_id: str) -> None:
        """Choose the action to change."""
        self.tree.setCurrentItem(self._items[action_id])

    @property
    def selected(self) -> str | None:
        """The id of the chosen action."""
        item: QTreeWidgetItem | None = self.tree.currentItem()
        return item.data(0, _ID) if item is not None else None

    def _fill(self) -> None:
        for spec in self._actions.specs.values():
            if spec.fill is not None:
                continue
            if (menu := self._menus.get(spec.menu)) is None:
                menu = self._menus[spec.menu] = QTreeWidgetItem(self.tree, [spec.menu])
                menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
                menu.setExpanded(True)
            item = self._items[spec.id] = QTreeWidgetItem(menu, [spec.name])
            item.setData(0, _ID, spec.id)
            item.setToolTip(0, spec.tip)
            self._refresh(spec.id)

    def _refresh(self, action_id: str) -> None:
        if (item := self._items.get(action_id)) is None:
            return
        keys = self._actions.shortcuts(action_id)
        item.setText(1, ", ".join(_native(key) for key in keys))
        font = item.font(1)
        font.setBold(keys != self._actions.specs[action_id].shortcuts)
        item.setFont(1, font)
        if action_id == self.selected:
            self._on_selected()

    def _look_for(self, text: str) -> None:
        shown = set()
        for action_id, item in self._items.items():
            if fuzzy(text, item.text(0)) is not None or text.casefold() in item.text(1).casefold():
                shown |= {action_id, self._actions.specs[action_id].menu}
        for name, item in (self._menus | self._items).items():
            item.setHidden(name not in shown)

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

    def _show_conflict(self) -> None:
        if (chosen := self.selected) is None:
            return
        key = self.keys.keySequence().toString()
        owner = self._actions.conflict(chosen, key) if key else None
        self.set_button.setEnabled(bool(key) and owner is None)
        specs = self._actions.specs
        self.words.setText(f"{_native(key)} already does “{specs[owner].name}”." if owner else specs[chosen].tip)

    def _set(self) -> None:
        chosen, key = self.selected, self.keys.keySequence().toString()
        if chosen is not None and key:
            self._give((key, *(each for each in self._actions.shortcuts(chosen)[1:] if each != key)))

    def _give(self, keys: tuple[str, ...]) -> None:
        if self.selected is not None:
            self._actions.set_shortcuts(self.selected, keys)

    def _reset(self) -> None:
        if self.selected is None:
            return
        try:
            self._actions.reset_shortcuts(self.selected)
        except ValueError as error:
            self.words.setText(str(error))


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
