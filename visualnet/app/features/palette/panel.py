"""The palette: every layer and block, by family, with a search field on top. Drag one onto the canvas, or double-click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QInputDialog,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.features.blocks.commands import import_file
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.deferred_refresh import DeferredRefresh
from visualnet.app.widgets.fuzzy_match import fuzzy
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.errors import FileError
from visualnet.core.graph import BLOCK_PREFIX
from visualnet.core.storage import project_file
from visualnet.core.user import block_library
from visualnet.layers import FAMILIES, LAYERS

MIME = "application/x-visualnet-layer"
_KIND = Qt.ItemDataRole.UserRole
_EMPTY = (
    "No blocks of your own yet. Select nodes and group them (Ctrl+G), then Graph › Keep block in library: every project can use it. "
    "The right button imports one from a file."
)


class PalettePanel(QWidget):
    """Search field, families, layers. Enter or a double-click places the layer after the selection."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.search = SearchField("Search layers", "Space")
        self.tree = LayerTree()
        self.nothing = label("No layer is called that. Try “conv”, “pool”, “dense”.", "muted", wrap=True)
        self.nothing.hide()
        self.setMinimumWidth(fonts.px(168))
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
        # A change of theme has enough to do with what is seen.
        wear = DeferredRefresh(self, self._fill)
        studio.theme_changed.connect(wear.ask)
        studio.library_changed.connect(self._fill)
        self.tree.renamed.connect(lambda kind: self.rename(kind[len(block_library.PREFIX) :]))
        self.tree.removed.connect(lambda kind: self.forget(kind[len(block_library.PREFIX) :]))
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
        kept = block_library.entries()
        for title, shipped in (("Your library", False), ("Standard blocks", True)):
            rows = [(block_library.PREFIX + e.name, e.name, e.note, "library") for e in kept if e.shipped is shipped]
            self._head("block", title, rows, _EMPTY if not shipped else "")
        self.tree.expandAll()
        self._filter(self.search.text())

    def _head(self, family: str, title: str, entries: list[tuple[str, str, str, str]], empty: str = "") -> None:
        """A heading and what stands below it; where there is nothing, words that say how that is changed, or nothing at all."""
        if not entries and not empty:
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
        if not entries:
            item = QTreeWidgetItem(["None yet"])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setForeground(0, QColor(self.studio.theme.muted))
            item.setToolTip(0, empty)
            item.setData(0, _KIND + 1, title)
            item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, empty)
            head.addChild(item)

    def _menu(self, at: QPoint) -> None:
        """What can be done with the entry: of a block of one's own, all."""
        self.menu_for(self.tree.itemAt(at)).popup(self.tree.viewport().mapToGlobal(at))

    def menu_for(self, item: QTreeWidgetItem | None) -> QMenu:
        """The menu of an entry; beside the layers what can be done with the library."""
        kind = (item.data(0, _KIND) or "") if item is not None else ""
        library_row = kind.startswith(block_library.PREFIX)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if kind:
            menu.addAction("Add to the network", lambda: self.studio.place_requested.emit(kind))
        if library_row:
            name = kind[len(block_library.PREFIX) :]
            own = not block_library.find(name).shipped
            menu.addAction("Export to a file…", lambda: self.export(name))
            for words, done in (
                ("Rename in the library…\tF2", self.rename),
                ("Remove from the library\tDel", self.forget),
            ):
                action = menu.addAction(words, lambda n=name, d=done: d(n))
                action.setEnabled(own)
            menu.addSeparator()
        if kind not in LAYERS:
            menu.addAction("Import a block from a file…", lambda: import_file(self.studio))
        return menu

    # --- the library ---------------------------------------------------------------------------------------------------------------

    def forget(self, name: str) -> None:
        """Take a block out of the library."""
        if self._try(lambda: block_library.remove(name)):
            self.studio.message.emit("ok", f"“{name}” is out of the library; projects that use it keep it.")

    def rename(self, name: str) -> None:
        """Ask for another name of the library's block, and give it."""
        new, agreed = QInputDialog.getText(self, "Rename block", "The block's name in the library:", text=name)
        if agreed and new.strip() != name:
            self._try(lambda: block_library.rename(name, new.strip()))

    def export(self, name: str) -> None:
        """Write the library's block to a file that can be handed on."""
        start = str(Path.home() / f"{name}{project_file.SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Export block", start, "VisualNet projects (*.vnet)")
        if chosen and self._try(lambda: project_file.save(Path(chosen), block_library.find(name).project)):
            self.studio.message.emit("ok", f"Wrote {chosen}")

    def _try(self, done: Callable[[], object]) -> bool:
        """Do it and show the library anew; words about why it cannot be done go to the window."""
        try:
            done()
        except (FileError, ValueError, OSError) as error:
            self.studio.message.emit("error", str(error))
            return False
        self.studio.library_changed.emit()
        return True

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
    """The list itself: what is dragged out of it carries the layer's tag. F2 and Del concern the library's blocks."""

    renamed = Signal(str)
    removed = Signal(str)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        kind = (item.data(0, _KIND) or "") if item is not None else ""
        signals = {Qt.Key.Key_F2: self.renamed, Qt.Key.Key_Delete: self.removed}
        if kind.startswith(block_library.PREFIX) and event.key() in signals:
            signals[Qt.Key(event.key())].emit(kind)
            return
        super().keyPressEvent(event)

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
