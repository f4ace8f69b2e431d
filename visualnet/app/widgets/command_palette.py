"""Everything that can be done, one search away."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from visualnet.app.actions.registry import Actions
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.fuzzy_match import Match, rank
from visualnet.app.widgets.search_field import SearchField

_ROW = 34
_WIDTH_PX = 560
_ROWS = 10
_NONE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class CommandPalette(QFrame):
    """A panel over the window that finds an action by its words and does it."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        self._returns_to: QWidget | None = None
        self._panel = QFrame(self)
        self._panel.setObjectName("panel")
        self.search = SearchField("What do you want to do?")
        self.list = QListView()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("Commands")
        self._model = _Commands(actions, self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Painter(self.list))
        self._nothing = label("Nothing is called that.", "muted")
        self._nothing.setContentsMargins(GRID, GRID, GRID, GRID)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        for widget in (self.search, self.list, self._nothing):
            column.addWidget(widget)
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
        self._returns_to = self.window().focusWidget()
        self.search.clear()
        self._look_for("")
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Hide the panel and give the focus back."""
        if self.isHidden():
            return
        self.hide()
        returns_to, self._returns_to = self._returns_to, None
        # What had the focus may have gone meanwhile, a field of a form for instance.
        if returns_to is not None and isValid(returns_to):
            returns_to.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.isHidden():
            if watched is self.parent() and event.type() == QEvent.Type.Resize:
                self._place()
            elif watched is self.search.edit:
                if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
                    if event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
                        event.accept()
                        self.close_panel()
                        return True
                elif event.type() == QEvent.Type.FocusOut and self.window().isActiveWindow():
                    self._returns_to = None
                    self.close_panel()
        return super().eventFilter(watched, event)

    def _look_for(self, text: str) -> None:
        self._model.look_for(text)
        some = self._model.rowCount() > 0
        self.list.setVisible(some)
        self._nothing.setVisible(not some)
        if some:
            self.list.setCurrentIndex(self._model.index(0))
        self._place()

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self.list.setCurrentIndex(self._model.index((self.list.currentIndex().row() + step) % rows))

    def _do(self, index: QModelIndex) -> None:
        action_id = index.data(Qt.ItemDataRole.UserRole)
        if action_id is not None and self._actions[action_id].isEnabled():
            self.close_panel()
            self._actions.trigger(action_id)

    def _place(self) -> None:
        host = self.parentWidget()
        width = min(_WIDTH_PX, host.width() - 4 * GRID)
        rows = min(self._model.rowCount(), _ROWS, max((host.height() - 160) // fonts.px(_ROW), 1))
        self.list.setFixedHeight(max(rows * fonts.px(_ROW), 1))
        height = self.search.sizeHint().height() + 3 * GRID + (rows * fonts.px(_ROW) if rows else 40)
        self.setGeometry((host.width() - width) // 2, min(72, host.height() // 8), width, height)
        self._panel.setGeometry(self.rect())


class _Commands(QAbstractListModel):
    """The actions that answer the search, best first."""

    def __init__(self, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self.actions = actions
        self._rows: list[tuple[str, Match]] = []

    def look_for(self, text: str) -> None:
        ids = [each for each in self.actions if self.actions.specs[each].fill is None]
        ids = [each for each in ids if each != "help.command_palette"]
        names = [self.title(each) for each in ids]
        self.beginResetModel()
        self._rows = [(ids[index], match) for index, match in rank(text, names)]
        self.endResetModel()

    def title(self, action_id: str) -> str:
        return self.actions[action_id].text().replace("&&", "&").rstrip("…")

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        action_id, match = self._rows[index.row()]
        spec = self.actions.specs[action_id]
        keys = self.actions.keys_text(action_id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{spec.menu}: {self.title(action_id)} {keys}"
        found: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: self.title(action_id),
            Qt.ItemDataRole.UserRole: action_id,
            Qt.ItemDataRole.UserRole + 1: (spec, match, keys, self.actions[action_id].isEnabled()),
            Qt.ItemDataRole.ToolTipRole: spec.tip,
        }
        return found.get(role)


class _Painter(QStyledItemDelegate):
    """Icon, words with the found letters bright, the menu they are in, the keys."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), fonts.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        spec, match, keys, enabled = index.data(Qt.ItemDataRole.UserRole + 1)
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
        painter.setFont(_sized(option.font, -1))
        painter.drawText(inner.adjusted(used + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, spec.menu)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
        painter.restore()


def _letters(painter: QPainter, area: QRect, text: str, bright: set[int], ink: str, accent: str) -> int:
    """Draw the text with some letters in the accent and heavier; answers its width."""
    plain, heavy = QFont(painter.font()), QFont(painter.font())
    heavy.setWeight(QFont.Weight.DemiBold)
    x = 0
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and (end in bright) == (at in bright):
            end += 1
        painter.setFont(heavy if at in bright else plain)
        painter.setPen(QColor(accent if at in bright else ink))
        painter.drawText(area.adjusted(x, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text[at:end])
        x += painter.fontMetrics().horizontalAdvance(text[at:end])
        at = end
    return x


def _sized(font: QFont, change: int) -> QFont:
    made = QFont(font)
    made.setPixelSize(max(font.pixelSize() + change, 9))
    return made
