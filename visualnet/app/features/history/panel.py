"""The steps of the open project: what was done, where one is, what can be done again; a click goes there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import EmptyState
from visualnet.core.document import Document, HistoryStep
from visualnet.core.text.visible import visible

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 30
ROLE = Qt.ItemDataRole.UserRole + 1
ICONS = {
    "plus": ("Add", "Insert"),
    "delete": ("Delete", "Remove", "Dissolve", "Disconnect"),
    "cut": ("Cut",),
    "paste": ("Paste",),
    "duplicate": ("Duplicate", "Copy"),
    "link": ("Connect", "Wire", "Bend", "Straighten"),
    "rename": ("Rename", "Write", "Call"),
    "tidy": ("Tidy", "Move", "Nudge", "Align", "Distribute", "Stretch", "Lay"),
    "group": ("Group", "Ungroup", "Make", "Expose", "Repeat", "Use"),
    "training": ("Train", "Recipe", "Optimizer"),
    "palette": ("Colour",),
    "pin": ("Bookmark",),
    "reset": ("Reset",),
}
_OF = {word: icon for icon, words in ICONS.items() for word in words}


class Row(NamedTuple):
    """One line: the state after a step, or the one before them all (``step`` is None)."""

    words: str
    icon: str
    time: str
    tip: str
    state: str
    """``done``, ``current`` or ``undone``."""
    saved: bool


def icon_of(label: str) -> str:
    """The icon of a step, by what its first word says was done."""
    return _OF.get(label.partition(" ")[0], "settings")


class StepModel(QAbstractListModel):
    """The steps as rows. What an edit adds is told as an added row: a thousand steps cost no more than one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._steps: tuple[HistoryStep, ...] = ()
        self._position = 0
        self._saved: int | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._document is None else len(self._steps) + 1

    def show(self, document: Document) -> None:
        """Follow the document's history."""
        old, steps = self._steps, document.steps
        same = document is self._document and (not old or (bool(steps) and steps[0].before is old[0].before))
        grown = len(steps) - len(old)
        kept = len(old) - 1  # the last one may have been merged with a newer edit
        if same and grown >= 0 and all(a is b for a, b in zip(steps[:kept], old[:kept], strict=False)):
            if grown:
                self.beginInsertRows(QModelIndex(), len(old) + 1, len(steps))
            self._take(document, steps)
            if grown:
                self.endInsertRows()
            self.dataChanged.emit(self.index(0), self.index(len(steps)))
        else:
            self.beginResetModel()
            self._take(document, steps)
            self.endResetModel()

    def forget(self) -> None:
        """Show nothing, and keep nothing of what was shown."""
        self.beginResetModel()
        self._document, self._steps, self._position, self._saved = None, (), 0, None
        self.endResetModel()

    @property
    def document(self) -> Document | None:
        """Whose steps these are."""
        return self._document

    def _take(self, document: Document, steps: tuple[HistoryStep, ...]) -> None:
        self._document, self._steps = document, steps
        self._position, self._saved = document.position, document.saved_position

    def row(self, at: int) -> Row:
        """What stands in a row."""
        state = "current" if at == self._position else "done" if at < self._position else "undone"
        saved = at == self._saved
        if at == 0:
            words, icon, when = self._beginning(), "open", ""
        else:
            step = self._steps[at - 1]
            words, icon, when = step.label, icon_of(step.label), f"{datetime.fromtimestamp(step.time):%H:%M:%S}"
        told = {"current": "you are here", "undone": "taken back", "done": ""}[state]
        tip = " · ".join(filter(None, (words, when, told, "as it was saved" if saved else "")))
        return Row(words, icon, when, tip, state, saved)

    def _beginning(self) -> str:
        document = self._document
        assert document is not None
        if document.forgotten:
            return f"{document.forgotten:,} earlier steps, not kept"
        return f"Opened {visible(document.path.name)}" if document.path is not None else "The beginning"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return row.words
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip.replace("<", "‹")  # a label may come from a file: never rich text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.tip
        return row if role == ROLE else None


class StepPainter(QStyledItemDelegate):
    """Icon, words, the mark of the saved state, the time; what was taken back is dim."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, max(ROW_PX, option.fontMetrics.height() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROLE)
        theme, area = icons.current_theme(), option.rect.adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        hovered = option.state & QStyle.StateFlag.State_MouseOver
        if row.state == "current" or hovered:
            painter.setBrush(QColor(theme.selection if row.state == "current" else theme.hover))
            painter.drawRoundedRect(area, 6, 6)
        if row.state == "current":
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(area.left(), area.top() + 5, 3, area.height() - 10, 1.5, 1.5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 6, 6)
        dim = row.state == "undone"
        middle = area.center().y() - 7
        painter.drawPixmap(area.left() + 12, middle, icons.pixmap(row.icon, 14, "disabled" if dim else "muted"))
        right = area.right() - 10
        painter.setFont(fonts.mono(fonts.px(11)))
        painter.setPen(QColor(theme.disabled if dim else theme.muted))
        painter.drawText(
            area.adjusted(0, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.time
        )
        right -= painter.fontMetrics().horizontalAdvance(row.time) + 10
        if row.saved:
            painter.drawPixmap(right - 14, middle, icons.pixmap("save", 14, "accent"))
            right -= 22
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if row.state == "current" else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.disabled if dim else theme.text))
        words = area.adjusted(36, 0, 0, 0)
        words.setRight(right)
        shown = painter.fontMetrics().elidedText(row.words, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class StepList(QListView):
    """Up and Down look, Enter or Space goes, the right button and the menu key ask what else can be done."""

    menu_of: Callable[[int], QMenu]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            menu = self.menu_of(index.row())
            menu.exec(self.viewport().mapToGlobal(place))
            menu.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid():
                self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class HistoryPanel(QWidget):
    """Every step of the project in front; undo, redo and a click are the same walk."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.model = StepModel(self)
        self.list = StepList()
        self.list.menu_of = self.menu_for
        self.list.setModel(self.model)
        self.list.setItemDelegate(StepPainter(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("History")
        self.list.clicked.connect(lambda index: self.go(index.row()))
        self.empty = EmptyState("undo", "Nothing was done yet. Every change is listed here; a click goes back to it.")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.addWidget(self.stack)
        studio.state_changed.connect(self.refresh)
        studio.document_changed.connect(self.refresh)
        studio.theme_changed.connect(lambda _: self.list.viewport().update())
        self.refresh()

    def go(self, position: int) -> None:
        """Go to the state after so many steps."""
        self.studio.document.jump(position)
        self.refresh()

    def menu_for(self, position: int) -> QMenu:
        """What can be done with the state after so many steps."""
        menu, here = QMenu(self), position == self.studio.document.position
        go = menu.addAction("Go there")
        go.triggered.connect(lambda: self.go(position))
        compare = menu.addAction("Compare with this step")
        compare.triggered.connect(lambda: self.compare(position))
        for action in (go, compare):
            action.setEnabled(not here)
        return menu

    def compare(self, position: int) -> None:
        """Hold the project against what it was after so many steps."""
        steps, row = self.studio.document.steps, self.model.row(position)
        project = steps[position - 1].after if position else steps[0].before
        self.studio.comparison_requested.emit(project, f"“{row.words}”" + (f", {row.time}" if row.time else ""))

    def refresh(self) -> None:
        """Show the steps as they are now; while nobody looks nothing is done."""
        document = self.studio.document
        if self.isVisible() or not self.model.rowCount():
            self.model.show(document)
            self.stack.setCurrentWidget(self.list if document.steps else self.empty)
            here = self.model.index(document.position)
            self.list.setCurrentIndex(here)
            self.list.scrollTo(here)
        elif self.model.document is not document:
            self.model.forget()  # a closed project must not stay for a list that nobody sees

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(280, 320)
