"""The layer reference: every layer's page, searched as one types. All of it comes with the program; nothing is fetched."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QFontInfo,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.deferred_refresh import DeferredRefresh
from visualnet.app.widgets.fuzzy_match import fuzzy
from visualnet.app.widgets.search_field import SearchField
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.publish import docs_page

_TAG = Qt.ItemDataRole.UserRole
INDENT = 20
"""Of a list, in px."""
LOW = 460
"""Below this height a page and its drawing do not fit under the list."""


@cache
def text_of(tag: str) -> str:
    """A layer's page, in Markdown; its table of parameters as a list, which a narrow column has room for."""
    lines = []
    for line in docs_page.page(tag).splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 4:
            lines.append(line)
        elif cells[0].startswith("`"):
            name, default, allowed, meaning = cells
            lines.append(f"- {name} = {default}: {meaning} Allowed: {allowed}.")
    return "\n".join(lines)


def found(query: str) -> list[str]:
    """The layers that answer a query, best first: by name, then by keywords, then by the words of their pages."""
    wanted = query.strip()
    shown = [tag for tag, kind in LAYERS.items() if not kind.hidden]
    if not wanted:
        return shown
    scores: dict[str, float] = {}
    for tag in shown:
        kind = LAYERS[tag]
        if match := fuzzy(wanted, f"{kind.label} {tag}"):
            scores[tag] = 1000 + match.score
        elif wanted.casefold() in kind.keywords.casefold() or wanted.casefold() in FAMILIES[kind.family].casefold():
            scores[tag] = 500
        elif all(word in text_of(tag).casefold() for word in wanted.casefold().split()):
            scores[tag] = 100
    return sorted(scores, key=lambda tag: -scores[tag])


class Page(QTextBrowser):
    """Text that follows no link and loads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName("Layer page")
        self.document().setIndentWidth(INDENT)

    def loadResource(self, _kind: int, _name: QUrl | str) -> None:
        return None

    def show_page(self, tag: str) -> None:
        """Show a layer's page; HTML in it stays text."""
        self.document().setMarkdown(
            text_of(tag),
            QTextDocument.MarkdownFeature.MarkdownNoHTML | QTextDocument.MarkdownFeature.MarkdownDialectGitHub,
        )
        self.dress()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.ensureCursorVisible()

    def dress(self) -> None:
        """Headings of a narrow column: the title, and small heads with air above them."""
        cursor, block = QTextCursor(self.document()), self.document().begin()
        size = QFontInfo(self.font()).pixelSize()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            level, shape, face = block.blockFormat().headingLevel(), QTextBlockFormat(), QTextCharFormat()
            shape.setLineHeight(128, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if level:
                face.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                face.setProperty(QTextFormat.Property.FontPixelSize, round(size * (1.3 if level == 1 else 1)))
                shape.setTopMargin(0 if level == 1 else 14)
                shape.setBottomMargin(2)
            elif block.textList() is None:
                shape.setBottomMargin(6)
            cursor.mergeBlockFormat(shape)
            cursor.mergeCharFormat(face)
            block = block.next()


class ReferencePanel(QWidget):
    """Search field, list and page. “Add to canvas” places the layer behind the selection."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.search = SearchField("Search layers")
        self.list = QListWidget()
        self.list.setIconSize(QSize(14, 14))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setAccessibleName("Layers of the reference")
        self.list.setUniformItemSizes(True)
        self.nothing = label("No page says that. Try “normalize”, “image” or “sequence”.", "muted", wrap=True)
        self.nothing.hide()
        self.page = Page()
        self.drawing = LayerDrawing()
        self._low = False
        below = QWidget()
        text = QVBoxLayout(below)
        text.setContentsMargins(0, 0, 0, 0)
        text.addWidget(self.drawing)
        text.addWidget(self.page, 1)
        self.add_button = button("Add to canvas", icon="plus", done=self._add)
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self.add_button)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.list)
        split.addWidget(below)
        split.setStretchFactor(1, 1)
        split.setSizes([150, 400])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 4)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addWidget(split, 1)
        self.search.changed.connect(lambda _: self._fill())
        self.search.accepted.connect(self._add)
        self.search.moved.connect(self._move)
        self.list.currentItemChanged.connect(lambda item, _: self._show(item))
        self.list.itemActivated.connect(lambda _: self._add())
        # A change of theme has enough to do with what is seen.
        wear = DeferredRefresh(self, self._fill)
        studio.theme_changed.connect(wear.ask)
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
        for row in range(self.list.count()):
            if self.list.item(row).data(_TAG) == tag:
                self.list.setCurrentRow(row)
                self.list.scrollToItem(self.list.item(row), QListWidget.ScrollHint.PositionAtCenter)

    def _fill(self) -> None:
        kept = self.tag
        tags = found(self.search.text())
        self.list.blockSignals(True)
        self.list.clear()
        for tag in tags:
            kind = LAYERS[tag]
            item = QListWidgetItem(icons.icon(kind.family, self.studio.theme.family(kind.family)), kind.label)
            item.setData(_TAG, tag)
            item.setToolTip(kind.summary())
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.nothing.setVisible(not tags)
        self.add_button.setEnabled(bool(tags))
        row = tags.index(kept) if kept in tags and not self.search.text() else 0
        self.list.setCurrentRow(row if tags else -1)
        self._show(self.list.currentItem())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < fonts.px(LOW)
        if low != self._low:
            self._low = low
            self._show(self.list.currentItem())

    def _show(self, item: QListWidgetItem | None) -> None:
        drawn = item is not None and not self._low  # where there is little room, the words come first
        self.drawing.show_drawing(docs_page.drawing(str(item.data(_TAG))) if item is not None and drawn else None)
        if item is not None:
            self.page.show_page(str(item.data(_TAG)))
        else:
            self.page.clear()

    def _move(self, step: int) -> None:
        self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))

    def _add(self) -> None:
        if self.tag:
            self.studio.place_requested.emit(self.tag)

    def sizeHint(self) -> QSize:
        return QSize(380, 560)
