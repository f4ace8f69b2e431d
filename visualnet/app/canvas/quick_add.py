"""Quick add: type a few letters, press Enter, and the layer stands on the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.canvas.node_item import family_of
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.core.graph import Node
from visualnet.core.project import Project
from visualnet.layers import FAMILIES, LAYERS

WIDTH, ROW, ROWS = 380, 40, 8
picked: Counter[str] = Counter()
"""What was added in this session; it counts besides what the project holds."""


class Entry(NamedTuple):
    """One thing that can be added."""

    kind: str
    label: str
    summary: str
    family: str
    words: str


def entries(project: Project, sheet: str) -> list[Entry]:
    """Every layer in palette order, then the project's blocks (not the one whose sheet is open)."""
    found = [
        Entry(t, k.label, k.summary(), k.family, f"{t} {k.keywords} {FAMILIES[k.family]}")
        for t, k in LAYERS.items()
        if not k.hidden
    ]
    for name, block in project.blocks.items():
        if name != sheet:
            family = family_of(Node(id="n", kind=f"block:{name}", name="n"), project)
            found.append(Entry(f"block:{name}", name, block.note or "A block of this project.", family, "block"))
    return found


def score(query: str, entry: Entry) -> float:
    """How well an entry answers a search; 0 is not at all. Every word must be found somewhere."""
    total = 0.0
    for word in query.lower().split():
        best = max(
            _match(word, entry.label.lower()) * 4,
            _match(word, entry.words.lower()) * 2,
            _match(word, entry.summary.lower()),
        )
        if not best:
            return 0.0
        total += best
    return total or 1.0


def _match(word: str, text: str) -> float:
    """1 for the start, less for the start of a word, inside one, and for letters in order."""
    at = text.find(word)
    if at == 0:
        return 1.0 + 0.2 * (len(word) == len(text))
    if at > 0:
        return 0.8 if not text[at - 1].isalnum() else 0.5
    if len(word) < 2 or (" " in text and len(text) > 40):
        return 0.0
    rest = iter(text)
    return 0.25 if all(letter in rest for letter in word) else 0.0


def ranked(query: str, found: Iterable[Entry], project: Project) -> list[Entry]:
    """What answers the search, the best first; among equals what is used most."""
    used = Counter(n.kind for _, graph in project.sheets() for n in graph) + picked
    scored = [(score(query, e), used[e.kind], -at, e) for at, e in enumerate(found)]
    return [
        e for s, *_, e in sorted(scored, key=lambda r: (-r[0] - min(r[1], 20) * (0.01 if query else 1), -r[2])) if s > 0
    ]


class QuickAdd(QFrame):
    """The popup: a search field and what it finds. Esc or a click elsewhere closes it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("quickAdd")
        self.setAccessibleName("Add a layer")
        self.theme = theme
        self._project = Project()
        self._found: list[Entry] = []
        self._chosen: Callable[[str], None] | None = None
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Search layers…")
        self.field.setAccessibleName("Search layers")
        self.field.setClearButtonEnabled(False)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Layers found")
        self.list.setItemDelegate(_Row(self))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.none = QLabel("", self)
        self.none.setTextFormat(Qt.TextFormat.PlainText)
        self.none.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for part in (self.field, self.list, self.none):
            layout.addWidget(part)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self._pick(item.data(Qt.ItemDataRole.UserRole).kind))
        self.hide()

    def open(
        self,
        at: QPoint,
        project: Project,
        sheet: str,
        kinds: Iterable[str] | None,
        chosen: Callable[[str], None],
        hint: str = "",
    ) -> None:
        """Show it at a point of the parent, with all kinds or only these; ``chosen`` gets the kind."""
        self._project, self._chosen = project, chosen
        known = {e.kind: e for e in entries(project, sheet)}
        self._found = [known[k] for k in kinds if k in known] if kinds is not None else list(known.values())
        self.none.setText("Nothing fits here." if kinds is not None else "Nothing is called so.")
        self.field.setPlaceholderText(hint or "Search layers…")
        self.field.clear()
        self._wear()
        self._search("")
        parent = self.parentWidget()
        self.move(
            max(8, min(at.x(), parent.width() - self.width() - 8)),
            max(8, min(at.y(), parent.height() - self.height() - 8)),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _wear(self) -> None:
        t = self.theme
        self.setStyleSheet(
            f"#quickAdd {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 10px; }}"
            f"#quickAdd QListWidget {{ background: transparent; border: none; padding: 0; outline: none; }}"
            f"#quickAdd QLabel {{ color: {t.muted}; padding: 10px 8px; }}"
        )

    def _search(self, text: str) -> None:
        self.list.clear()
        for entry in ranked(text, self._found, self._project):
            item = QListWidgetItem(entry.label)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            item.setToolTip("")
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = min(ROWS, self.list.count())
        self.list.setVisible(rows > 0)
        self.none.setVisible(rows == 0)
        self.list.setFixedHeight(rows * ROW)
        self.resize(WIDTH, 16 + self.field.sizeHint().height() + 6 + (rows * ROW if rows else 44))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(event.key())
        if watched is self.field and event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # These choose and close here, whatever the window does with them.
                return True
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            item = self.list.currentItem()
            if item is not None:
                self._pick(item.data(Qt.ItemDataRole.UserRole).kind)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}[
                Qt.Key(key)
            ]
            count = self.list.count()
            row = self.list.currentRow() + step
            self.list.setCurrentRow(row % count if abs(step) == 1 and count else max(0, min(count - 1, row)))
        else:
            return False
        return True

    def _pick(self, kind: str) -> None:
        picked[kind] += 1
        chosen = self._chosen
        self.close_()
        if chosen is not None:
            chosen(kind)

    def close_(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)


class _Row(QStyledItemDelegate):
    """Icon, name, and what it does."""

    def __init__(self, popup: QuickAdd) -> None:
        super().__init__(popup)
        self.popup = popup

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH - 16, ROW)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        theme, area = self.popup.theme, QRect(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current or option.state & QStyle.StateFlag.State_MouseOver:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(theme.selection if current else theme.hover))
            p.drawRoundedRect(area, 6, 6)
        block = entry.kind not in LAYERS
        icons.paint(
            p,
            "block" if block else entry.family,
            QRectF(area.left() + 10, area.top() + 12, 16, 16),
            theme.family(entry.family),
        )
        left, room = area.left() + 36, area.width() - 46
        font = fonts.sans(13, fonts.QFont.Weight.DemiBold)
        p.setFont(font)
        p.setPen(QColor(theme.text))
        p.drawText(
            QRectF(left, area.top() + 3, room, 18),
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetricsF(font).elidedText(entry.label, Qt.TextElideMode.ElideRight, room),
        )
        small = fonts.sans(11)
        p.setFont(small)
        p.setPen(QColor(theme.text if current else theme.muted))
        p.drawText(
            QRectF(left, area.top() + 20, room, 16),
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetricsF(small).elidedText(entry.summary, Qt.TextElideMode.ElideRight, room),
        )
        p.restore()
