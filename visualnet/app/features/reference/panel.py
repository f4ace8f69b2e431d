"""The layer reference: every layer's page, searched as one types. All of it comes with the program; nothing is fetched."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import column, row, split, widget_of
from visualnet.app.widgets.markdown_page import MarkdownPage
from visualnet.app.widgets.search_field import SearchField
from visualnet.layers import LAYERS
from visualnet.layers.publish import docs_page
from visualnet.layers.publish.reference import narrow_page, search

_TAG = Qt.ItemDataRole.UserRole
LOW = 460
"""Below this height a page and its drawing do not fit under the list."""


class ReferencePanel(QWidget):
    """Search field, list and page. “Add to canvas” places the layer behind the selection."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.search = SearchField("Search layers")
        self.add_button = button("Add to canvas", icon="plus", done=self._add)
        self.list = describe(QListWidget(), "Layers of the reference")
        icons.resize(self.list, 14)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.nothing = label("No page says that. Try “normalize”, “image” or “sequence”.", "muted", wrap=True)
        self.nothing.hide()
        self.page = MarkdownPage("Layer page")
        self.drawing = LayerDrawing()
        self._low = False
        below = widget_of(column(self.drawing, (self.page, 1)))
        parts = split(self.list, (below, 1), sizes=(150, 400), upright=True)
        head = row((self.search, 1), self.add_button)
        column(head, self.nothing, (parts, 1), margins=(8, 8, 8, 4), spacing=8, parent=self)
        self.search.changed.connect(self._fill)
        self.search.accepted.connect(self._add)
        self.search.moved.connect(self._move)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemActivated.connect(self._add)
        # A change of theme has enough to do with what is seen.
        studio.theme_changed.connect(DeferredRefresh(self, self._fill).ask)
        self._fill()

    @property
    def tag(self) -> str:
        """The layer whose page is shown."""
        item = self.list.currentItem()
        return str(item.data(_TAG)) if item is not None else ""

    def open_selected(self) -> None:
        """The page of the selected node; the reference as it stands if none is selected or it is a block."""
        chosen = self.studio.selection
        node = self.studio.graph.nodes.get(chosen[0]) if chosen else None
        if node is not None and node.kind in LAYERS:
            self.open_page(node.kind)

    def open_page(self, tag: str) -> None:
        """Show one layer's page."""
        self.search.clear()
        tags = search("")
        if tag in tags:
            self.list.setCurrentRow(tags.index(tag))
            self.list.scrollToItem(self.list.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def _fill(self) -> None:
        before, tags = self.tag, search(self.search.text())
        with QSignalBlocker(self.list):
            self.list.clear()
            for tag in tags:
                kind = LAYERS[tag]
                item = QListWidgetItem(icons.icon(kind.family, self.studio.theme.family(kind.family)), kind.label)
                item.setData(_TAG, tag)
                item.setToolTip(kind.summary())
                self.list.addItem(item)
        self.nothing.setVisible(not tags)
        self.add_button.setEnabled(bool(tags))
        self.list.setCurrentRow(tags.index(before) if before in tags and not self.search.text() else 0)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.doItemsLayout()  # the rows were measured before the style sheet told how high they are

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < fonts.px(LOW)
        if low != self._low:
            self._low = low
            self._show()

    def _show(self) -> None:
        # Where there is little room, the words come first.
        self.drawing.show_drawing(docs_page.drawing(self.tag) if self.tag and not self._low else None)
        if self.tag:
            self.page.show_markdown(narrow_page(self.tag))
        else:
            self.page.clear()

    def _move(self, step: int) -> None:
        self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))

    def _add(self) -> None:
        if self.tag:
            self.studio.place_requested.emit(self.tag)

    def sizeHint(self) -> QSize:
        return QSize(380, 560)
