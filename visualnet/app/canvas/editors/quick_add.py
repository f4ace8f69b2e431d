"""Quick add: type a few letters, press Enter, and the layer stands on the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from visualnet.analysis.connect.layer_search import LayerEntry, SearchResult, count_use, entries, search, usage
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.dialogs.popup import Popup
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.painting import draw_line, draw_row_ground
from visualnet.core.project import Project
from visualnet.layers import LAYERS
from visualnet.layers.shorthand import TypedParameters

WIDTH, ROW, ROWS = 380, 40, 8
FEWER = 5
"""So many rows are shown where something must not be covered: a lower list finds room nearer to it."""
PLACE = 38
"""The height of the two lines that say where it goes, in px."""
LISTED = 60
"""More rows than this nobody reads."""
HINT = "Search layers: conv 5x5 16 s2"
_ROLE = Qt.ItemDataRole.UserRole
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}


class Branch(NamedTuple):
    """Where what is chosen goes, in words; and, where that is between two others, what adds a branch instead."""

    describe: Callable[[str], str]
    """Where a node of this kind goes with Return."""
    instead: Callable[[str, TypedParameters], object] | None = None
    words: str = ""
    """What Shift+Return does instead."""


class QuickAdd(Popup):
    """The popup: a search field, what it finds, and where it goes. Esc or a click elsewhere closes it."""

    closed = Signal()
    _project: Project
    _used: Counter[str]
    _found: list[LayerEntry]
    _chosen: Callable[[str, TypedParameters], object] | None
    _branch: Branch | None
    _most: int

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Add a layer")
        self.kept: MutableMapping[str, Any] = {}
        """How often each kind was added before."""
        self._forget()
        self.field = describe(QLineEdit(self, placeholderText=HINT), "Search layers")
        self.list = describe(QListWidget(self), "Layers found")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_Row(self))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.none = label("", wrap=True)
        self.place = label("", "muted", wrap=True)
        self.place.setObjectName("place")
        self.place.hide()
        self.place.setAccessibleName("Where it goes")
        column(self.field, self.list, self.none, self.place, margins=8, spacing=6, parent=self)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._click)
        self.list.currentItemChanged.connect(lambda item: self._show_place(item))
        self.hide()

    def remember(self, kept: MutableMapping[str, Any]) -> None:
        """Count there from now on how often each kind is added."""
        self.kept = kept

    def open(
        self,
        at: QPoint,
        project: Project,
        sheet: str,
        kinds: Iterable[str] | None,
        chosen: Callable[[str, TypedParameters], object],
        hint: str = "",
        branch: Branch | None = None,
        kept_free: Sequence[QRect] = (),
    ) -> None:
        """Show it at a point of the parent, with all kinds or only these; ``chosen`` gets the kind and what was typed for it.

        ``branch`` says where that goes, and what Shift+Return does instead. The areas ``kept_free`` are not covered, if that can be.
        """
        self._project, self._chosen, self._branch = project, chosen, branch
        self._most = FEWER if kept_free else ROWS
        self._used = usage(project, self.kept)
        self._found = entries(project, sheet)
        if kinds is not None:
            order = {kind: at for at, kind in enumerate(kinds)}
            self._found = sorted((e for e in self._found if e.kind in order), key=lambda e: order[e.kind])
        self.none.setText("Nothing fits here." if kinds is not None else "Nothing is called so.")
        self.field.setPlaceholderText(hint or HINT)
        self.field.clear()
        self._search("")
        self.show_at(self.place_beside(at, kept_free) if kept_free else at, self.field)

    def _forget(self) -> None:
        """Asked anew each time it opens. Kept, it would be the project of a tab that is closed meanwhile."""
        self._project, self._used = Project(), Counter()
        self._found, self._chosen, self._branch = [], None, None
        self._most = ROWS

    def _search(self, text: str) -> None:
        self.list.clear()
        for result in search(text, self._found, self._project, self._used)[:LISTED]:
            item = QListWidgetItem(f"{result.entry.label} {result.given_text}".strip(), self.list)
            item.setData(_ROLE, result)
        self.list.setCurrentRow(0)
        rows = min(self._most, self.list.count())
        self.list.setVisible(rows > 0)
        self.none.setVisible(rows == 0)
        self.list.setFixedHeight(fonts.px(rows * ROW))
        self.place.setFixedHeight(fonts.px(PLACE))
        low = 6 + fonts.px(PLACE) if self._branch is not None else 0
        high = self.field.sizeHint().height() + 6 + fonts.px(rows * ROW if rows else 44)
        self.resize(fonts.px(WIDTH), 16 + high + low)

    def _show_place(self, item: QListWidgetItem | None) -> None:
        """Say where the current row would go."""
        branch = self._branch
        self.place.setVisible(branch is not None)
        if branch is None or item is None:
            self.place.setText("")
            return
        words = f"Return: {branch.describe(item.data(_ROLE).entry.kind)}"
        self.place.setText(f"{words}\nShift+Return: {branch.words}" if branch.instead is not None else words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press(Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in (Qt.Key.Key_Escape, *_CHOOSING):
                event.accept()  # These choose and close here, whatever the window does with them.
                return True
        elif event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _press(self, key: Qt.Key, shifted: bool) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_()
        elif key == Qt.Key.Key_Tab and not self.field.text() and self.list.currentRow() <= 0:
            self.close_()  # nothing was searched or chosen: the key that opened it closes it
        elif key in _CHOOSING:
            if (item := self.list.currentItem()) is not None:
                self._pick(item, shifted)
        elif key in _STEPS:
            count, row = self.list.count(), self.list.currentRow() + _STEPS[key]
            self.list.setCurrentRow(row % count if abs(_STEPS[key]) == 1 and count else max(0, min(count - 1, row)))
        else:
            return False
        return True

    def _click(self, item: QListWidgetItem) -> None:
        self._pick(item, bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _pick(self, item: QListWidgetItem, as_branch: bool = False) -> None:
        result: SearchResult = item.data(_ROLE)
        kind, given, chosen = result.entry.kind, result.given, self._chosen
        if as_branch and self._branch is not None and self._branch.instead is not None:
            chosen = self._branch.instead
        count_use(self.kept, kind)
        self.close_()
        if chosen is not None:
            chosen(kind, given._replace(params={**result.entry.preset, **given.params}))

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self.hide()  # also where it is the canvas that was hidden: with it comes back no search in what was open then
            self._forget()
            self.list.clear()
            self.closed.emit()
        super().hideEvent(event)


class _Row(QStyledItemDelegate):
    """Icon, name, and what it does."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(fonts.px(WIDTH) - 16, fonts.px(ROW))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        result: SearchResult = index.data(_ROLE)
        entry, theme = result.entry, icons.current_theme()
        p.save()
        # Drawn for text of normal size, and enlarged with it.
        p.translate(option.rect.topLeft())
        p.scale(fonts.factor(), fonts.factor())
        width = round(option.rect.width() / fonts.factor())
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        draw_row_ground(p, QRectF(0, 0, width, ROW), theme, current, hovered)
        icon = entry.family if entry.kind in LAYERS else "block"
        icons.paint(p, icon, QRectF(10, 12, 16, 16), theme.family(entry.family))
        room = width - 46
        bold = fonts.sans(13, QFont.Weight.DemiBold)
        used = 10 + draw_line(p, QRectF(36, 3, room, 18), entry.label, bold, theme.text)
        if result.given:
            rest = QRectF(36 + used, 3, room - used, 18)
            draw_line(p, rest, result.given_text, fonts.figures(11), theme.accent)
        below = QRectF(36, 20, room, 16)
        draw_line(p, below, entry.summary, fonts.sans(11), theme.text if current else theme.muted)
        p.restore()
