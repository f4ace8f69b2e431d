"""The palette: every layer and block, by family, with a search field on top. Drag one onto the canvas, or double-click."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFont, QFontInfo, QFontMetrics, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QInputDialog,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from visualnet.app.features.blocks.commands import import_file
from visualnet.app.features.palette.feature import LAYER_GROUPS
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.fuzzy_match import fuzzy
from visualnet.core.user import block_library
from visualnet.layers import LAYERS
from visualnet.layers.palette_groups import PaletteGroup, groups

Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-visualnet-layer"
_KIND = Qt.ItemDataRole.UserRole
_WORDS = Qt.ItemDataRole.UserRole + 1
_GROUP = Qt.ItemDataRole.UserRole + 2
"""By what name it is remembered whether a heading is collapsed."""
MORE = "more of "
LEAST_WIDTH = 196
"""So wide is the list at least, in px at the normal text size: then no name of a layer is cut."""
LEAST_SHARE = 0.76
"""A name that is too long for the list is written smaller, down to this share of the text size; only then it is cut."""


class PalettePanel(QWidget):
    """Search field, families, layers. Enter or a double-click places the layer after the selection."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.search = SearchField("Search layers", "Space")
        self.tree = LayerTree()
        self.nothing = label("No layer is called that. Try “conv”, “pool”, “dense”.", "muted", wrap=True)
        self.nothing.hide()
        self.setMinimumWidth(fonts.px(LEAST_WIDTH))
        self.kept: MutableMapping[str, Any] = (
            studio.settings.section(LAYER_GROUPS) if studio.settings is not None else {}
        )
        """Where it is remembered which groups are collapsed, and where the rare layers are shown."""
        self._following = False
        column(self.search, self.nothing, (self.tree, 1), margins=(8, 8, 4, 0), spacing=8, parent=self)
        self.search.changed.connect(self._filter)
        self.search.accepted.connect(self._accept)
        self.search.moved.connect(self._move)
        self.tree.itemActivated.connect(self._place)
        self.tree.itemClicked.connect(self._toggle_group)
        self.tree.itemExpanded.connect(self._remember_collapsed)
        self.tree.itemCollapsed.connect(self._remember_collapsed)
        self.tree.renamed.connect(self.rename)
        self.tree.removed.connect(self.forget)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        # A change of theme has enough to do with what is seen.
        studio.theme_changed.connect(DeferredRefresh(self, self._recolour).ask)
        studio.library_changed.connect(self._fill)
        self._blocks = DeferredRefresh(self, self._show_blocks)
        studio.project_changed.connect(self._project_changed)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(LEAST_WIDTH))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.tree.doItemsLayout()  # the rows were measured before the style sheet told how high they are

    def _project_changed(self, before: Project | None, after: Project) -> None:
        if before is None or before.blocks is not after.blocks:
            self._blocks.ask()

    def _show_blocks(self) -> None:
        if list(groups(self.studio.project)) != self._shown:
            self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        self._shown = list(groups(self.studio.project))
        for group in self._shown:
            self._add_group(group)
        self._recolour()
        self._filter(self.search.text())

    def _recolour(self) -> None:
        """Give the entries the colours of the theme."""
        muted = QColor(self.studio.theme.muted)
        for group, head in zip(self._shown, _children(self.tree.invisibleRootItem()), strict=True):
            icon = icons.icon(group.family, self.studio.theme.family(group.family))
            head.setIcon(0, icon)
            for item in _below(head):
                if _kind(item):
                    item.setIcon(0, icon)
                else:
                    item.setForeground(0, muted)

    def _add_group(self, group: PaletteGroup) -> None:
        head = QTreeWidgetItem(self.tree, [group.title])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = head.font(0)
        font.setWeight(font.Weight.DemiBold)
        head.setFont(0, font)
        head.setData(0, _GROUP, group.title)
        head.setToolTip(0, "Click to collapse or expand")
        count, more = sum(entry.kind in group.rare for entry in group.entries), head
        for kind, name, summary, keywords in group.entries:
            if kind in group.rare and more is head:
                more = QTreeWidgetItem(head, [f"{count} more"])
                more.setFlags(Qt.ItemFlag.ItemIsEnabled)
                more.setData(0, _GROUP, MORE + group.title)
                more.setToolTip(0, f"Layers of “{group.title}” that are seldom wanted")
            item = _add_item(
                more if kind in group.rare else head, name, f"{name} {kind} {keywords} {group.title}", summary
            )
            item.setData(0, _KIND, kind)
            item.setToolTip(0, f"{name}\n{summary}" if summary else name)
        if not group.entries:
            item = _add_item(head, "None yet", group.title, group.empty)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(0, group.empty)

    def _open_menu(self, at: QPoint) -> None:
        self.menu_for(self.tree.itemAt(at)).popup(self.tree.viewport().mapToGlobal(at))

    def menu_for(self, item: QTreeWidgetItem | None) -> QMenu:
        """The menu of an entry; beside the layers what can be done with the library."""
        kind = _kind(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if kind:
            menu.addAction("Add to the network", partial(self.studio.place_requested.emit, kind))
        if (name := _library_name(item)) is not None:
            menu.addAction("Export to a file…", partial(self.export, name))
            own = not block_library.find(name).shipped
            menu.addAction("Rename in the library…\tF2", partial(self.rename, name)).setEnabled(own)
            menu.addAction("Remove from the library\tDel", partial(self.forget, name)).setEnabled(own)
            menu.addSeparator()
        if kind not in LAYERS:
            menu.addAction("Import a block from a file…", partial(import_file, self.studio))
        return menu

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
        best: QTreeWidgetItem | None = None
        best_score = float("-inf")
        for item in _leaves(self.tree.invisibleRootItem()):
            match = fuzzy(text, item.text(0)) or fuzzy(text, item.data(0, _WORDS))
            item.setHidden(match is None)
            if text and match is not None and match.score > best_score:
                best, best_score = item, match.score
        for head in _children(self.tree.invisibleRootItem()):
            for part in (*_children(head), head):
                if part.data(0, _GROUP):
                    part.setHidden(all(leaf.isHidden() for leaf in _leaves(part)))
        self._expand(all_of_them=bool(text))
        self.tree.setCurrentItem(best)  # type: ignore[arg-type]  # Qt takes None: nothing is current
        self.nothing.setVisible(bool(text) and best is None)

    def _expand(self, all_of_them: bool) -> None:
        """Open every group while something is searched; else those that the person left open."""
        collapsed, opened = self._names("collapsed"), self._names("opened")
        self._following = True
        for head in _children(self.tree.invisibleRootItem()):
            for part in (head, *_children(head)):
                if name := part.data(0, _GROUP):
                    rare = name.startswith(MORE)
                    part.setExpanded(all_of_them or (name in opened if rare else name not in collapsed))
        self._following = False

    def _names(self, key: str) -> set[str]:
        kept = self.kept.get(key)
        return {name for name in kept if isinstance(name, str)} if isinstance(kept, list) else set()

    def _toggle_group(self, item: QTreeWidgetItem) -> None:
        """A click on a heading collapses it, or opens it."""
        if item.data(0, _GROUP):
            item.setExpanded(not item.isExpanded())

    def _remember_collapsed(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, _GROUP)
        if self._following or not name or self.search.text():
            return
        key = "opened" if name.startswith(MORE) else "collapsed"
        inside = item.isExpanded() == (key == "opened")
        self.kept[key] = sorted(self._names(key) | {name} if inside else self._names(key) - {name})

    def _move(self, step: int) -> None:
        key = Qt.Key.Key_Down if step > 0 else Qt.Key.Key_Up
        self.tree.keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def _accept(self) -> None:
        item: QTreeWidgetItem | None = self.tree.currentItem()
        if item is not None:
            self._place(item)
            self.search.clear()

    def _place(self, item: QTreeWidgetItem) -> None:
        if kind := _kind(item):
            self.studio.place_requested.emit(kind)


class LayerTree(QTreeWidget):
    """The list itself: what is dragged out of it carries the layer's tag. F2 and Del concern the library's blocks, told by name."""

    renamed = Signal(str)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(10)
        icons.resize(self, 12)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(True)
        self.setItemDelegate(FittingNames(self))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Layers")
        self.setFrameShape(QTreeWidget.Shape.NoFrame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signal = {Qt.Key.Key_F2: self.renamed, Qt.Key.Key_Delete: self.removed}.get(Qt.Key(event.key()))
        name = _library_name(self.currentItem())
        if signal is not None and name is not None:
            signal.emit(name)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or not (kind := _kind(item)):
            return
        mime = QMimeData()
        mime.setData(MIME, QByteArray(kind.encode("utf-8")))
        mime.setText(item.text(0))
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


class FittingNames(QStyledItemDelegate):
    """Writes a name smaller that is too long for its row."""

    AROUND = 32
    """What an icon and the edges of a row take beside the name."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        room = option.rect.width() - fonts.px(self.AROUND)
        wide = option.fontMetrics.horizontalAdvance(option.text)
        if wide > room:
            font = QFont(option.font)
            px = QFontInfo(font).pixelSize()  # also of a font whose size is told in points
            font.setPixelSize(max(int(px * room / wide), round(px * LEAST_SHARE)))
            option.font, option.fontMetrics = font, QFontMetrics(font)


def _add_item(head: QTreeWidgetItem, name: str, words: str, description: str) -> QTreeWidgetItem:
    """A row that is found by its words; screen readers say the description."""
    item = QTreeWidgetItem(head, [name])
    item.setData(0, _WORDS, words)
    item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, description)
    return item


def _kind(item: QTreeWidgetItem | None) -> str:
    """The kind of node that an entry stands for; empty for a heading."""
    return (item.data(0, _KIND) or "") if item is not None else ""


def _library_name(item: QTreeWidgetItem | None) -> str | None:
    """The name of the library's block that an entry stands for, if it is one."""
    kind = _kind(item)
    return kind.removeprefix(block_library.PREFIX) if kind.startswith(block_library.PREFIX) else None


def _below(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    """All that stands below an item, at any depth."""
    for child in _children(item):
        yield child
        yield from _below(child)


def _leaves(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    """What stands below an item and holds nothing itself."""
    for child in _children(item):
        if child.data(0, _GROUP):
            yield from _leaves(child)
        else:
            yield child


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for at in range(item.childCount()) if (child := item.child(at)) is not None]
