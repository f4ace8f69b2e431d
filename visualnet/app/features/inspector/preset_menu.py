"""The presets of the selected nodes' kind: use one, keep the present parameters as one, choose what new nodes begin with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

from visualnet.analysis.connect.replace_kind import shared_params
from visualnet.analysis.selected import SelectedNodes
from visualnet.app.actions.filled_menu import fill_on_show
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import describe
from visualnet.core import edits
from visualnet.core.graph import Node
from visualnet.core.user import presets


class PresetButton(QToolButton):
    """A button with the menu of presets; it acts on the nodes that it was shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.studio = studio
        self.ids: list[str] = []
        describe(self, "Presets", "Presets: named parameters for this kind of layer")
        icons.bind(self, "save", "muted")
        self.presets = QMenu(self, toolTipsVisible=True)  # they say what a preset sets
        fill_on_show(self.presets, self._fill)
        self.setMenu(self.presets)

    def refresh(self, selected: SelectedNodes) -> None:
        """Act on these nodes from now on; they are of one kind, or there is nothing to do."""
        self.ids = selected.ids
        self.setVisible(selected.alike)

    def _node(self) -> Node:
        return self.studio.graph.nodes[self.ids[0]]

    def _fill(self, menu: QMenu) -> None:
        node = self._node()
        try:
            shelf = presets.preset_groups().get(node.kind, presets.PresetGroup())
        except ValueError as error:
            self._show_error(error)
            shelf = presets.PresetGroup()
        names = sorted(shelf.presets)
        for name in names:
            values = shelf.presets[name]
            action = _add(menu, name, partial(self.use, name), checked=values == node.params)
            action.setToolTip(", ".join(f"{k} = {v}" for k, v in values.items()))
        if not names:
            menu.addAction("No presets yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Keep these parameters as a preset…", self._ask)
        begin = menu.addMenu("New ones begin with")
        for name in ("", *names):
            text = name or "the layer's own defaults"
            _add(begin, text, partial(self.begin_with, name), checked=name == shelf.default)
        delete = menu.addMenu("Delete")
        delete.setEnabled(bool(names))
        for name in names:
            _add(delete, name, partial(self.drop, name))

    def use(self, name: str) -> None:
        """Give the nodes the parameters of a preset, as far as they can have them; all others go back to their defaults."""
        studio, ids, sheet = self.studio, list(self.ids), self.studio.sheet
        node = self._node()
        preset = presets.presets_of(node.kind).presets.get(name)
        if preset is None:
            return
        values: dict[str, Any] = dict.fromkeys((n for i in ids for n in studio.graph.nodes[i].params), edits.RESET)
        usable = shared_params(preset, node.kind, studio.project, studio.scope)
        values |= usable
        studio.do(f"Use preset {name}", lambda p: edits.set_params(p, sheet, ids, values))
        if left := sorted(preset.keys() - usable.keys()):
            studio.message.emit("warning", f"“{name}” also sets {', '.join(left)}, which cannot be used here.")

    def keep(self, name: str) -> None:
        """Keep the first node's parameters under a name."""
        node = self._node()
        if self._try(lambda: presets.keep_preset(node.kind, name, node.params)):
            self.studio.message.emit("ok", f"Kept as “{name.strip()}”, for every project.")

    def begin_with(self, name: str) -> None:
        """Let new nodes of this kind begin with a preset, or with the layer's own defaults."""
        self._try(lambda: presets.begin_with(self._node().kind, name))

    def drop(self, name: str) -> None:
        """Forget a preset; nodes that used it keep their parameters."""
        self._try(lambda: presets.drop(self._node().kind, name))

    def _ask(self) -> None:
        name, agreed = QInputDialog.getText(self, "Keep as a preset", "The preset's name:")
        if agreed and name.strip():
            self.keep(name)

    def _try(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except ValueError as error:
            self._show_error(error)
            return False
        return True

    def _show_error(self, error: Exception) -> None:
        self.studio.message.emit("error", str(error))


def _add(menu: QMenu, name: str, chosen: Callable[[], object], *, checked: bool | None = None) -> QAction:
    """An entry named as a person named it; with a check mark where one of the menu is chosen."""
    action = menu.addAction(name.replace("&", "&&"), chosen)
    action.setCheckable(checked is not None)
    action.setChecked(bool(checked))
    return action
