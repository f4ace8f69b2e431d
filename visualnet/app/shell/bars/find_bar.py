"""Find a node of the open sheet by its name or kind."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from visualnet.analysis.families import family_of
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import STRETCH, row
from visualnet.app.widgets.search_field import SearchField
from visualnet.layers import LAYERS


class FindBar(QFrame):
    """A strip over the canvas: typing jumps to the first match, Enter and Shift+Enter walk, Esc closes."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.found: list[str] = []
        self.at = 0
        self.search = SearchField("Find a node")
        self.search.setMaximumWidth(320)
        self.count = label("", "muted")
        up = button("", "quiet", "chevron-up", partial(self.step, -1))
        down = button("", "quiet", "chevron-down", partial(self.step, 1))
        close = button("", "quiet", "close", self.close_bar)
        for one, tip in ((up, "Previous (Shift+Enter)"), (down, "Next (Enter)"), (close, "Close (Esc)")):
            one.setToolTip(tip)
            one.setAccessibleName(tip)
        row((self.search, 1), self.count, up, down, STRETCH, close, margins=(8, 4, 8, 4), parent=self)
        self.search.changed.connect(self._find_matches)
        self.search.edit.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, ready to type."""
        self.show()
        self.search.edit.setFocus()
        self.search.edit.selectAll()
        self._find_matches(self.search.text())

    def close_bar(self) -> None:
        """Hide it and give the canvas the focus."""
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def step(self, way: int) -> None:
        """To the next or previous match."""
        if self.found:
            self.at = (self.at + way) % len(self.found)
            self._jump()

    def _find_matches(self, text: str) -> None:
        wanted = text.casefold().strip()
        self.found, self.at = [], 0
        for node in self.studio.graph if wanted else ():
            kind = LAYERS.get(node.kind)
            block = "block" if node.block else ""
            words = f"{node.name} {kind.label if kind else node.kind} {family_of(node, self.studio.project)} {block}"
            if wanted in words.casefold():
                self.found.append(node.id)
        self.found.sort(key=lambda i: wanted not in self.studio.graph.nodes[i].name.casefold())
        if self.found:
            self._jump()
        else:
            self.count.setText("nothing is called that" if wanted else "")

    def _jump(self) -> None:
        self.found = [i for i in self.found if i in self.studio.graph.nodes]
        if not self.found:
            return
        node_id = self.found[self.at % len(self.found)]
        self.count.setText(f"{self.at + 1} of {len(self.found)}")
        self.studio.select([node_id])
        self.studio.focus_requested.emit((node_id,), "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)
