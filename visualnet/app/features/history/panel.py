"""The steps of the open project: what was done, where one is, what can be done again; a click goes there."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import EmptyState, describe
from visualnet.app.widgets.layouts import column, stack
from visualnet.app.widgets.painting import draw_line, draw_row_ground
from visualnet.core.document import Document
from visualnet.core.history import History, HistoryRow

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


def icon_of(label: str) -> str:
    """The icon of a step, by what its first word says was done."""
    return _OF.get(label.partition(" ")[0], "settings")


class StepModel(QAbstractListModel):
    """The steps as rows. What an edit adds is told as an added row: a thousand steps cost no more than one."""

    document: Document | None = None
    """Whose steps these are."""
    history: History | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.history is None else len(self.history.steps) + 1

    def show(self, document: Document | None) -> None:
        """Follow the document's history; with None show nothing, and keep nothing of what was shown."""
        old, new = self.history, History.of(document) if document is not None else None
        if old is not None and new is not None and document is self.document and new.continues(old):
            grows = len(new.steps) > len(old.steps)
            if grows:
                self.beginInsertRows(QModelIndex(), len(old.steps) + 1, len(new.steps))
            self.history = new
            if grows:
                self.endInsertRows()
            self.dataChanged.emit(self.index(0), self.index(len(new.steps)))
        else:
            self.beginResetModel()
            self.document, self.history = document, new
            self.endResetModel()

    def row(self, at: int) -> HistoryRow:
        """What stands in a row."""
        assert self.history is not None
        return self.history.row(at)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        return {
            ROLE: row,
            Qt.ItemDataRole.DisplayRole: row.words,
            Qt.ItemDataRole.ToolTipRole: row.tip.replace("<", "‹"),  # a label may come from a file: never rich text
            Qt.ItemDataRole.AccessibleTextRole: row.tip,
        }.get(role)


class StepPainter(QStyledItemDelegate):
    """Icon, words, the mark of the saved state, the time; what was taken back is dim."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, max(ROW_PX, option.fontMetrics.height() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: HistoryRow = index.data(ROLE)
        theme, area = icons.current_theme(), option.rect.adjusted(4, 1, -4, -1)
        current, dim = row.state == "current", row.state == "undone"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, area, theme, current, bool(option.state & QStyle.StateFlag.State_MouseOver))
        if current:
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(area.left(), area.top() + 5, 3, area.height() - 10, 1.5, 1.5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 6, 6)
        middle, right = area.center().y() - 7, Qt.AlignmentFlag.AlignRight
        icon = icon_of(row.words) if index.row() else "open"
        painter.drawPixmap(area.left() + 12, middle, icons.pixmap(icon, 14, "disabled" if dim else "muted"))
        words, figures = QRectF(area.adjusted(36, 0, -10, 0)), fonts.figures(fonts.px(11))
        width = draw_line(painter, words, row.time, figures, theme.disabled if dim else theme.muted, align=right)
        words.setWidth(words.width() - width - 10)
        if row.saved:
            painter.drawPixmap(round(words.right()) - 15, middle, icons.pixmap("save", 14, "accent"))
            words.setWidth(words.width() - 22)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if current else QFont.Weight.Normal)
        draw_line(painter, words, row.words, font, theme.disabled if dim else theme.text)
        painter.restore()


class HistoryList(QListView):
    """Up and Down look, Enter or Space goes, the right button and the menu key ask what else can be done."""

    menu_asked = Signal(int, QPoint)
    """The menu of a row, at a point of the screen."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_asked.emit(index.row(), self.viewport().mapToGlobal(place))

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
        self.list = describe(HistoryList(), "History")
        self.list.setModel(self.model)
        self.list.setItemDelegate(StepPainter(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.menu_asked.connect(self._open_menu)
        self.list.clicked.connect(lambda index: self.go(index.row()))
        self.empty = EmptyState("undo", "Nothing was done yet. Every change is listed here; a click goes back to it.")
        self.stack = stack(self.empty, self.list)
        column(self.stack, margins=(0, 4, 0, 4), parent=self)
        due = DeferredRefresh(self, self.refresh, hidden=True)  # it forgets a closed project also while nobody sees it
        studio.state_changed.connect(due.ask)
        studio.document_changed.connect(due.ask)
        studio.theme_changed.connect(self.list.viewport().update)
        self.refresh()

    def go(self, position: int) -> None:
        """Go to the state after so many steps."""
        self.studio.document.jump(position)
        self.refresh()

    def menu_for(self, position: int) -> QMenu:
        """What can be done with the state after so many steps."""
        menu = QMenu(self)
        for text, act in (("Go there", self.go), ("Compare with this step", self.compare)):
            menu.addAction(text, partial(act, position)).setEnabled(position != self.studio.document.position)
        return menu

    def _open_menu(self, position: int, at: QPoint) -> None:
        menu = self.menu_for(position)
        menu.exec(at)
        menu.deleteLater()

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
            self.model.show(None)  # a closed project must not stay for a list that nobody sees

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(280, 320)
