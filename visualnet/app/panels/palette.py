"""The palette: every layer and block, by family, with a search field on top. Drag one onto the canvas, or double-click."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from visualnet.app.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.fuzzy import fuzzy
from visualnet.app.widgets.search_field import SearchField
from visualnet.core import library
from visualnet.core.graph import BLOCK_PREFIX
from visualnet.layers import FAMILIES, LAYERS

MIME = "application/x-visualnet-layer"
_KIND = Qt.ItemDataRole.UserRole


class PalettePanel(QWidget):
    """Search field, families, layers. Enter or a double-click places the layer after the selection."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.search = SearchField("Search layers", "Space")
        self.tree = LayerTree()
        self.nothing = label("No layer is called that. Try “conv”, “pool”, “dense”.", "muted", wrap=True)
        self.nothing.hide()
        self.setMinimumWidth(168)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.tree, 1)
        self.search.changed.connect(self._filter)
        self.search.accepted.connect(self._accept)
        self.search.moved.connect(self._move)
        self.tree.itemActivated.connect(self._place)
        studio.theme_changed.connect(lambda _: self._fill())
        studio.library_changed.connect(self._fill)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        studio.project_changed.connect(self._project_changed)
        self._fill()

    def _project_changed(self, before: object, after: object) -> None:
        if getattr(before, "blocks", None) is not getattr(after, "blocks", None):
            self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        for family, title in FAMILIES.items():
            entries = [
                (k.tag, k.label, k.summary(), k.keywords)
                for k in LAYERS.values()
                if k.family == family and not k.hidden
            ]
            if family == "block":
                entries = [(BLOCK_PREFIX + n, n, b.note, "block") for n, b in self.studio.project.blocks.items()]
            self._head(family, title, entries)
        kept = [(library.PREFIX + e.name, e.name, e.note, "library block") for e in library.entries()]
        self._head("block", "Library", kept)
        self.tree.expandAll()
        self._filter(self.search.text())

    def _head(self, family: str, title: str, entries: list[tuple[str, str, str, str]]) -> None:
        """A heading and what stands below it; nothing where there is nothing."""
        if not entries:
            return
        head = QTreeWidgetItem([title])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        head.setIcon(0, icons.icon(family, self.studio.theme.family(family)))
        font = head.font(0)
        font.setWeight(font.Weight.DemiBold)
        head.setFont(0, font)
        self.tree.addTopLevelItem(head)
        for kind, name, summary, keywords in entries:
            item = QTreeWidgetItem([name])
            item.setData(0, _KIND, kind)
            item.setData(0, _KIND + 1, f"{name} {kind} {keywords} {title}")
            item.setToolTip(0, f"{name}\n{summary}" if summary else name)
            item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, summary)
            head.addChild(item)

    def _menu(self, at: QPoint) -> None:
        """A block of the library can be taken out of it again."""
        item = self.tree.itemAt(at)
        kind = item.data(0, _KIND) if item is not None else None
        if kind and kind.startswith(library.PREFIX):
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Add to the network", lambda: self.studio.place_requested.emit(kind))
            menu.addAction("Remove from the library", lambda: self._forget(kind))
            menu.popup(self.tree.viewport().mapToGlobal(at))

    def _forget(self, kind: str) -> None:
        library.remove(kind[len(library.PREFIX) :])
        self.studio.library_changed.emit()

    def _filter(self, text: str) -> None:
        best: tuple[float, QTreeWidgetItem | None] = (float("-inf"), None)
        for at in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(at)
            shown = 0
            for number in range(head.childCount()):
                item = head.child(number)
                match = fuzzy(text, item.text(0)) or fuzzy(text, item.data(0, _KIND + 1))
                item.setHidden(match is None)
                shown += match is not None
                if text and match is not None and match.score > best[0]:
                    best = (match.score, item)
            head.setHidden(not shown)
        self.tree.setCurrentItem(best[1])
        self.nothing.setVisible(bool(text) and best[1] is None)

    def _move(self, step: int) -> None:
        key = Qt.Key.Key_Down if step > 0 else Qt.Key.Key_Up
        self.tree.keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def _accept(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._place(item)
            self.search.clear()

    def _place(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        kind = item.data(0, _KIND)
        if kind:
            self.studio.place_requested.emit(kind)


class LayerTree(QTreeWidget):
    """The list itself: what is dragged out of it carries the layer's tag."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setIconSize(QSize(14, 14))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Layers")
        self.setFrameShape(QTreeWidget.Shape.NoFrame)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        item = self.currentItem()
        kind = item.data(0, _KIND) if item is not None else None
        if not kind:
            return
        mime = QMimeData()
        mime.setData(MIME, QByteArray(kind.encode("utf-8")))
        mime.setText(item.text(0))
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)
