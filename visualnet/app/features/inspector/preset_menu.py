"""The presets of the selected nodes' kind: use one, keep the present parameters as one, choose what new nodes begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from visualnet.analysis.connect.replace_kind import shared_params
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.core import edits
from visualnet.core.graph import Node
from visualnet.core.user import presets


class PresetButton(QToolButton):
    """A button with the menu of presets; it acts on the nodes that it was shown."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.ids = studio, list[str]()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("Presets: named parameters for this kind of layer")
        self.setAccessibleName("Presets")
        icons.bind(self, "save", "muted")
        self.menu_ = QMenu(self)
        self.menu_.setToolTipsVisible(True)  # they say what a preset sets
        self.menu_.aboutToShow.connect(self._fill)
        self.setMenu(self.menu_)

    def show_nodes(self, ids: Sequence[str]) -> None:
        """Act on these nodes from now on; they are of one kind that has parameters, or there is nothing to do."""
        nodes = [self.studio.graph.nodes[i] for i in ids]
        self.ids = list(ids)
        self.setVisible(len({n.kind for n in nodes}) == 1)

    def _node(self) -> Node:
        return self.studio.graph.nodes[self.ids[0]]

    def _fill(self) -> None:
        menu, node = self.menu_, self._node()
        menu.clear()
        try:
            shelf = presets.shelves().get(node.kind, presets.Shelf())
        except ValueError as error:
            self._tell(error)
            shelf = presets.Shelf()
        for name, values in sorted(shelf.presets.items()):
            chosen = menu.addAction(_shown(name), lambda n=name: self.use(n))
            chosen.setCheckable(True)
            chosen.setChecked(values == node.params)
            chosen.setToolTip(", ".join(f"{k} = {v}" for k, v in values.items()))
        if not shelf.presets:
            menu.addAction("No presets yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Keep these parameters as a preset…", self._ask)
        begin = menu.addMenu("New ones begin with")
        for name in ("", *sorted(shelf.presets)):
            words = _shown(name) if name else "the layer's own defaults"
            chosen = begin.addAction(words, lambda n=name: self.begin_with(n))
            chosen.setCheckable(True)
            chosen.setChecked(name == shelf.default)
        gone = menu.addMenu("Delete")
        gone.setEnabled(bool(shelf.presets))
        for name in sorted(shelf.presets):
            gone.addAction(_shown(name), lambda n=name: self.drop(n))

    # --- doing ---------------------------------------------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Give the nodes the parameters of a preset, as far as they can have them; all others go back to their defaults."""
        studio, ids, sheet, scope = self.studio, list(self.ids), self.studio.sheet, self.studio.scope
        node = self._node()
        kept = presets.of(node.kind).presets.get(name)
        if kept is None:
            return
        values: dict[str, Any] = dict(shared_params(kept, node.kind, studio.project, scope))
        before = {n for i in ids for n in studio.graph.nodes[i].params}
        values |= {n: edits.RESET for n in before if n not in values}
        studio.do(f"Use preset {name}", lambda p: edits.set_params(p, sheet, ids, values))
        if left := sorted(kept.keys() - values.keys()):
            studio.message.emit("warning", f"“{name}” also sets {', '.join(left)}, which cannot be used here.")

    def keep(self, name: str) -> None:
        """Keep the first node's parameters under a name."""
        node = self._node()
        try:
            presets.keep(node.kind, name, node.params)
        except ValueError as error:
            self._tell(error)
        else:
            self.studio.message.emit("ok", f"Kept as “{name.strip()}”, for every project.")

    def begin_with(self, name: str) -> None:
        """Let new nodes of this kind begin with a preset, or with the layer's own defaults."""
        try:
            presets.begin_with(self._node().kind, name)
        except ValueError as error:
            self._tell(error)

    def drop(self, name: str) -> None:
        """Forget a preset; nodes that used it keep their parameters."""
        try:
            presets.drop(self._node().kind, name)
        except ValueError as error:
            self._tell(error)

    def _ask(self) -> None:
        name, agreed = QInputDialog.getText(self, "Keep as a preset", "The preset's name:")
        if agreed and name.strip():
            self.keep(name)

    def _tell(self, error: Exception) -> None:
        self.studio.message.emit("error", str(error))


def _shown(name: str) -> str:
    return name.replace("&", "&&")
