"""Everything that can be done, one search away."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from visualnet.app.actions.registry import Actions
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.text.fuzzy_match import Match, rank

_ROW = 34
_WIDTH_PX = 560
_ROWS = 10
_ID = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class CommandPalette(QFrame):
    """A panel over the window that finds an action by its words and does it."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._actions, self._window = actions, window
        self._returns_to: QWidget | None = None
        self._panel = QFrame(self)
        self._panel.setObjectName("panel")
        self.search = SearchField("What do you want to do?")
        self.list = describe(QListView(uniformItemSizes=True), "Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self._matches: dict[str, Match] = {}
        """The actions that answer the search, by id."""
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Painter(self.list, actions, self._matches))
        self._nothing = label("Nothing is called that.", "muted")
        self._nothing.setContentsMargins(GRID, GRID, GRID, GRID)
        column(self.search, self.list, self._nothing, margins=GRID, spacing=GRID, parent=self._panel)
        self.search.changed.connect(self._look_for)
        self.search.moved.connect(self._move)
        self.search.accepted.connect(lambda: self._do(self.list.currentIndex()))
        self.list.clicked.connect(self._do)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.search.edit.installEventFilter(self)
        window.installEventFilter(self)
        self.setAccessibleName("All commands")
        self.hide()

    def open(self) -> None:
        """Show the panel, ready to type."""
        self._returns_to = self._window.focusWidget()
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

    def _look_for(self, text: str) -> None:
        titles = {
            each: self._actions[each].text().replace("&&", "&").rstrip("…")
            for each, spec in self._actions.specs.items()
            if spec.fill is None and each != "help.command_palette"
        }
        ids = list(titles)
        self._model.clear()
        self._matches.clear()
        for index, match in rank(text, list(titles.values())):
            self._matches[ids[index]] = match
            self._model.appendRow(self._row(ids[index], titles[ids[index]]))
        some = self._model.rowCount() > 0
        self.list.setVisible(some)
        self._nothing.setVisible(not some)
        if some:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._place()

    def _row(self, action_id: str, title: str) -> QStandardItem:
        spec, keys = self._actions.specs[action_id], self._actions.keys_text(action_id)
        row = QStandardItem(title)
        row.setEditable(False)
        row.setData(action_id, _ID)
        row.setToolTip(spec.tip)
        row.setAccessibleText(f"{spec.menu}: {title} {keys}")
        return row

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self.list.setCurrentIndex(self._model.index((self.list.currentIndex().row() + step) % rows, 0))

    def _do(self, index: QModelIndex) -> None:
        action_id = index.data(_ID)
        if action_id is not None and self._actions[action_id].isEnabled():
            self.close_panel()
            self._actions.trigger(action_id)

    def _place(self) -> None:
        host, row_height = self._window, fonts.px(_ROW)
        width = min(_WIDTH_PX, host.width() - 4 * GRID)
        rows = min(self._model.rowCount(), _ROWS, max((host.height() - 160) // row_height, 1))
        self.list.setFixedHeight(max(rows * row_height, 1))
        height = self.search.sizeHint().height() + 3 * GRID + (rows * row_height if rows else 40)
        self.setGeometry((host.width() - width) // 2, min(72, host.height() // 8), width, height)
        self._panel.setGeometry(self.rect())


class _Painter(QStyledItemDelegate):
    """Icon, words with the found letters bright, the menu they are in, the keys."""

    def __init__(self, parent: QWidget, actions: Actions, matches: Mapping[str, Match]) -> None:
        super().__init__(parent)
        self._actions, self._matches = actions, matches

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), fonts.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        action_id = index.data(_ID)
        spec, match = self._actions.specs[action_id], self._matches[action_id]
        enabled, keys = self._actions[action_id].isEnabled(), self._actions.keys_text(action_id)
        theme = icons.current_theme()
        area = option.rect
        ink = theme.text if enabled else theme.disabled
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(area, 6, 6)
        if spec.icon:
            drawn = icons.pixmap(spec.icon, 16, "muted" if enabled else "disabled")
            painter.drawPixmap(area.left() + 10, area.center().y() - 7, drawn)
        inner = area.adjusted(38, 0, -12, 0)
        used = _letters(painter, inner, index.data(), set(match.places), ink, theme.accent if enabled else ink)
        quiet = theme.text if option.state & QStyle.StateFlag.State_Selected else theme.muted
        painter.setPen(QColor(quiet if enabled else theme.disabled))
        small = QFont(option.font)
        small.setPixelSize(max(option.font.pixelSize() - 1, 9))
        painter.setFont(small)
        painter.drawText(inner.adjusted(used + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, spec.menu)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
        painter.restore()


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
