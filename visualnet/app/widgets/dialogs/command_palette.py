"""Everything that can be done or opened, one search away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Protocol

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from visualnet.app.actions.registry import Actions
from visualnet.app.actions.search_words import WORDS, split_words
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.painting import fill_rounded
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.text.search_index import SearchHit, SearchIndex, SearchIndexEntry

_ROW = 34
_WIDTH_PX = 640
_ROWS = 10
PANELS = 30
"""Where the panels stand in the menu View."""
ANSWER = "Answer"
Index = QModelIndex | QPersistentModelIndex


class SearchSource(Protocol):
    """What a window offers in the search beside its actions."""

    def entries(self) -> Iterable[SearchIndexEntry]:
        """All of it."""

    def why_not(self, target: str) -> str:
        """Why it cannot be done now; empty if it can."""

    def carry_out(self, target: str) -> None:
        """Do it."""


class CommandPalette(QFrame):
    """A panel over the window that finds an action, or what else there is, by its words and does it."""

    def __init__(self, actions: Actions, window: QWidget, searched: SearchSource | None = None) -> None:
        super().__init__(window)
        self._actions, self._window, self._searched = actions, window, searched
        self._index: SearchIndex | None = None
        self._returns_to: QWidget | None = None
        self._panel = QFrame(self)
        self._panel.setObjectName("panel")
        self.search = SearchField("What do you want to do?")
        self.list = describe(QListView(uniformItemSizes=True), "Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.hits: list[SearchHit] = []
        """What answers the search, best first."""
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Painter(self))
        self.words = label("", "muted", wrap=True)
        """What to do instead, why it cannot be done now, or that nothing is found."""
        self.words.setContentsMargins(GRID, 0, GRID, 0)
        column(self.search, self.list, self.words, margins=GRID, spacing=GRID, parent=self._panel)
        self.search.changed.connect(self._look_for)
        self.search.moved.connect(self._move)
        self.search.accepted.connect(lambda: self._do(self.list.currentIndex()))
        self.list.clicked.connect(self._do)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._explain())
        self.search.edit.installEventFilter(self)
        window.installEventFilter(self)
        self.setAccessibleName("All commands")
        self.hide()

    def open(self) -> None:
        """Show the panel, ready to type."""
        self._returns_to = self._window.focusWidget()
        self._index = SearchIndex(
            [*self._commands(), *(self._searched.entries() if self._searched is not None else ())]
        )
        self.search.clear()
        self._look_for("")
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Hide the panel and give the focus back."""
        self.hide()
        returns_to, self._returns_to = self._returns_to, None
        # What had the focus may have gone meanwhile, a field of a form for instance.
        if returns_to is not None and isValid(returns_to):
            returns_to.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.isHidden():
            if watched is self._window and event.type() == QEvent.Type.Resize:
                self._place()
            elif watched is self.search.edit:
                if isinstance(event, QKeyEvent) and event.type() != QEvent.Type.KeyRelease:
                    if event.key() == Qt.Key.Key_Escape:
                        event.accept()
                        self.close_panel()
                        return True
                # Asked for anew: while the window is deleted, what was kept of it is gone before the focus.
                elif event.type() == QEvent.Type.FocusOut and self.window().isActiveWindow():
                    self._returns_to = None
                    self.close_panel()
        return super().eventFilter(watched, event)

    def _commands(self) -> Iterator[SearchIndexEntry]:
        """The actions with the words that they have now."""
        for each, spec in self._actions.specs.items():
            if each == "help.command_palette":
                continue
            title = self._actions[each].text().replace("&&", "&").rstrip("…")
            panel = spec.menu == "View" and spec.place == PANELS
            words = split_words(WORDS.get(each, ""))
            yield SearchIndexEntry(each, title, "Panel" if panel else spec.menu, spec.tip, spec.icon, words)

    def _look_for(self, text: str) -> None:
        self._model.clear()
        self.hits = self._index.find(text) if self._index is not None else []
        if not text.strip():
            self.hits = [hit for hit in self.hits if hit.entry.target in self._actions.specs]
        for hit in self.hits:
            self._model.appendRow(self._row(hit.entry))
        some = bool(self.hits)
        self.list.setVisible(some)
        if some:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._explain()

    def _row(self, entry: SearchIndexEntry) -> QStandardItem:
        row = QStandardItem(entry.title)
        row.setEditable(False)
        row.setToolTip(entry.detail)
        row.setAccessibleText(f"{entry.label}: {entry.title} {self.keys(entry)}. {entry.answer}".rstrip(". "))
        return row

    def keys(self, entry: SearchIndexEntry) -> str:
        """The keys of a command."""
        return (
            self._actions.keys_text(entry.target)
            if entry.label != ANSWER and entry.target in self._actions.specs
            else ""
        )

    def why_not(self, entry: SearchIndexEntry) -> str:
        """Why it cannot be done now; empty if it can."""
        if not entry.target:
            return ""
        if entry.target in self._actions.specs:
            if self._actions[entry.target].isEnabled():
                return ""
            reason = self._actions.specs[entry.target].unavailable
            return self._ask_why_not(entry.target) or reason or "This cannot be done as things are now."
        return self._ask_why_not(entry.target)

    def _ask_why_not(self, target: str) -> str:
        return self._searched.why_not(target) if self._searched is not None else ""

    def _explain(self) -> None:
        """What there is to say of the current row."""
        at = self.list.currentIndex().row()
        if not self.hits:
            self.words.setText("Nothing is called that.")
        elif 0 <= at < len(self.hits):
            entry = self.hits[at].entry
            self.words.setText(entry.answer or self.why_not(entry))
        self.words.setVisible(bool(self.words.text()))
        self._place()

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self.list.setCurrentIndex(self._model.index((self.list.currentIndex().row() + step) % rows, 0))

    def _do(self, index: QModelIndex) -> None:
        if not 0 <= index.row() < len(self.hits):
            return
        entry = self.hits[index.row()].entry
        if not entry.target or self.why_not(entry):
            return  # what to do instead, or why not, stands under the list
        self.close_panel()
        if entry.target not in self._actions.specs:
            assert self._searched is not None
            self._searched.carry_out(entry.target)
        elif (menu := self._actions.submenu(entry.target)) is not None:
            menu.popup(self._window.mapToGlobal(self.geometry().topLeft()))
        else:
            self._actions.choose(entry.target)

    def _place(self) -> None:
        host, row_height = self._window, fonts.px(_ROW)
        width = min(fonts.px(_WIDTH_PX), host.width() - 4 * GRID)
        rows = min(self._model.rowCount(), _ROWS, max((host.height() - 160) // row_height, 1))
        self.list.setFixedHeight(max(rows * row_height, 1))
        below = self.words.heightForWidth(width - 4 * GRID) + GRID if self.words.text() else 0
        height = self.search.sizeHint().height() + 2 * GRID + (rows * row_height + GRID if rows else 0) + below
        self.setGeometry((host.width() - width) // 2, min(72, host.height() // 8), width, height)
        self._panel.setGeometry(self.rect())


class _Painter(QStyledItemDelegate):
    """Icon, words with the found letters bright, what it is, the keys."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__(palette.list)
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), fonts.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit = self._palette.hits[index.row()]
        entry, theme, area = hit.entry, icons.current_theme(), option.rect
        enabled = bool(entry.answer) or not self._palette.why_not(entry)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ink, quiet = (
            (theme.text, theme.text if chosen else theme.muted) if enabled else (theme.disabled, theme.disabled)
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            fill_rounded(painter, area, theme.selection, 6)
        if entry.icon:
            drawn = icons.pixmap(entry.icon, 16, "muted" if enabled else "disabled")
            painter.drawPixmap(area.left() + 10, area.center().y() - 7, drawn)
        inner = area.adjusted(38, 0, -12, 0)
        used = _letters(painter, inner, entry.title, set(hit.match.places), ink, theme.accent if enabled else ink)
        small = QFont(option.font)
        small.setPixelSize(max(option.font.pixelSize() - 1, 9))
        painter.setFont(small)
        left = inner.left() + used + 10
        left += _paint_tag(painter, QRect(left, area.top(), 0, area.height()), entry.label, quiet, theme.outline) + 8
        painter.setPen(QColor(quiet))
        keys = self._palette.keys(entry)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
        metrics = painter.fontMetrics()
        right = inner.right() - (metrics.horizontalAdvance(keys) + 12 if keys else 0)
        if right - left > 40:
            said = f"“{hit.word}”" if hit.word and hit.word.casefold() not in entry.title.casefold() else entry.detail
            said = metrics.elidedText(said, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QRect(left, area.top(), right - left, area.height()), Qt.AlignmentFlag.AlignVCenter, said)
        painter.restore()


def _paint_tag(painter: QPainter, at: QRect, text: str, ink: str, edge: str) -> int:
    """What a row is, in a small frame; answers its width."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 2
    frame = QRect(at.left(), at.center().y() - height // 2 + 1, width, height)
    painter.setPen(QColor(edge))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, 4, 4)
    painter.setPen(QColor(ink))
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
    return width


def _letters(painter: QPainter, area: QRect, text: str, bright: set[int], ink: str, accent: str) -> int:
    """Draw the text with some letters in the accent and heavier; answers its width."""
    plain, heavy = QFont(painter.font()), QFont(painter.font())
    heavy.setWeight(QFont.Weight.DemiBold)
    x = 0
    for is_bright, places in groupby(range(len(text)), bright.__contains__):
        part = "".join(text[place] for place in places)
        painter.setFont(heavy if is_bright else plain)
        painter.setPen(QColor(accent if is_bright else ink))
        painter.drawText(area.adjusted(x, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, part)
        x += painter.fontMetrics().horizontalAdvance(part)
    return x
