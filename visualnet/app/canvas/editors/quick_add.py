"""Quick add: type a few letters, press Enter, and the layer stands on the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from functools import cache
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QKeyEvent, QPainter
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

from visualnet.analysis.families import family_of
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.core.errors import FileError
from visualnet.core.graph import Node
from visualnet.core.project import Project
from visualnet.core.user import block_library, presets
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.shorthand import NONE, Given, Reader, looks_typed

WIDTH, ROW, ROWS = 380, 40, 8
LISTED = 60
"""More rows than this nobody reads."""


class Entry(NamedTuple):
    """One thing that can be added."""

    kind: str
    label: str
    summary: str
    family: str
    words: str
    preset: Mapping[str, Any] = {}
    """Parameters that a person kept under a name."""


def entries(project: Project, sheet: str) -> list[Entry]:
    """Every layer in palette order, then the project's blocks (not the one whose sheet is open), then those of the library."""
    found = [*_layers(), *_presets()]
    for name, block in project.blocks.items():
        if name != sheet:
            family = family_of(Node(id="n", kind=f"block:{name}", name="n"), project)
            found.append(Entry(f"block:{name}", name, block.note or "A block of this project.", family, _words(name)))
    for kept in block_library.entries():
        if project.blocks.get(kept.name) != kept.project.blocks[kept.name]:
            family = family_of(Node(id="n", kind=f"block:{kept.name}", name="n"), kept.project)
            words = f"{_words(kept.name)} library"
            found.append(
                Entry(block_library.PREFIX + kept.name, kept.name, kept.note or "A block you kept.", family, words)
            )
    return found


@cache
def _layers() -> tuple[Entry, ...]:
    return tuple(
        Entry(t, k.label, k.summary(), k.family, f"{t} {k.keywords} {FAMILIES[k.family]}".lower())
        for t, k in LAYERS.items()
        if not k.hidden
    )


def _presets() -> list[Entry]:
    """The person's presets, each as an entry of its own."""
    found: list[Entry] = []
    try:
        shelves = presets.shelves()
    except FileError:
        return found
    for entry in _layers() if shelves else ():
        for name, values in shelves.get(entry.kind, presets.Shelf()).presets.items():
            told_ = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in values.items()) or "the layer's own defaults"
            words = f"{entry.words} preset"
            # What the chosen first preset sets and this one does not goes back to the layer's own.
            own = {k: LAYERS[entry.kind].params[k].default for k in presets.first_values(entry.kind)}
            found.append(
                entry._replace(label=f"{entry.label}: {name}", summary=told_, words=words, preset=own | values)
            )
    return found


def _words(name: str) -> str:
    return f"{name.replace('_', ' ').lower()} block"


class Found(NamedTuple):
    """An entry that answers a search, with the parameters that were typed after its name."""

    entry: Entry
    given: Given = NONE


def answer(words: list[str], entry: Entry, project: Project) -> tuple[float, Given]:
    """How well an entry answers a search (0: not at all), and what was typed for it. Every word must be of use."""
    total, left = 0.0, []
    for at, word in enumerate(words):
        typed = at > 0 and looks_typed(word)
        best = 0.0 if typed else _best(word, entry)
        if best:
            total += best
        elif at == 0:
            return 0.0, NONE
        else:
            left.append(word)
    if not left:
        return total or 1.0, NONE
    reader = Reader(entry.kind, project)
    for word in left:
        if not reader.take(word):
            best = _best(word, entry)
            if not best:
                return 0.0, NONE
            total += best
    return total, reader.given()


def _best(word: str, entry: Entry) -> float:
    return max(
        _match(word, entry.label.lower()) * 4, _match(word, entry.words) * 2, _match(word, entry.summary.lower())
    )


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


def ranked(query: str, found: Iterable[Entry], project: Project, used: Mapping[str, int] = {}) -> list[Found]:
    """What answers the search, the best first; among equals what is used most."""
    words = query.lower().split()
    scored = []
    for at, entry in enumerate(found):
        score, given = answer(words, entry, project)
        if score > 0:
            scored.append((-score - min(used.get(entry.kind, 0), 20) * (0.01 if words else 1), at, Found(entry, given)))
    return [row[2] for row in sorted(scored, key=lambda row: row[:2])]


def usage(project: Project, kept: Mapping[str, Any]) -> Counter[str]:
    """How often each kind is used: in the project, and ever before as far as that was kept."""
    used = Counter(n.kind for _, graph in project.sheets() for n in graph)
    for kind, times in kept.items():
        if isinstance(times, int):
            used[kind] += times
    return used


class QuickAdd(QFrame):
    """The popup: a search field and what it finds. Esc or a click elsewhere closes it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("quickAdd")
        self.setAccessibleName("Add a layer")
        self.theme = theme
        self.kept: MutableMapping[str, Any] = {}
        """How often each kind was added before."""
        self._project = Project()
        self._used: Counter[str] = Counter()
        self._found: list[Entry] = []
        self._chosen: Callable[[str, Given], object] | None = None
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Search layers: conv 5x5 16 s2")
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
        self.list.itemClicked.connect(lambda item: self._pick(item.data(Qt.ItemDataRole.UserRole)))
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
        chosen: Callable[[str, Given], object],
        hint: str = "",
    ) -> None:
        """Show it at a point of the parent, with all kinds or only these; ``chosen`` gets the kind and what was typed for it."""
        self._project, self._chosen = project, chosen
        self._used = usage(project, self.kept)
        every = entries(project, sheet)
        known: dict[str, list[Entry]] = {}
        for entry in every:
            known.setdefault(entry.kind, []).append(entry)
        self._found = [e for k in kinds for e in known.get(k, ())] if kinds is not None else every
        self.none.setText("Nothing fits here." if kinds is not None else "Nothing is called so.")
        self.field.setPlaceholderText(hint or "Search layers: conv 5x5 16 s2")
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
        for found in ranked(text, self._found, self._project, self._used)[:LISTED]:
            item = QListWidgetItem(f"{found.entry.label} {told(found)}".strip())
            item.setData(Qt.ItemDataRole.UserRole, found)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = min(ROWS, self.list.count())
        self.list.setVisible(rows > 0)
        self.none.setVisible(rows == 0)
        self.list.setFixedHeight(fonts.px(rows * ROW))
        self.resize(fonts.px(WIDTH), 16 + self.field.sizeHint().height() + 6 + fonts.px(rows * ROW if rows else 44))

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
                self._pick(item.data(Qt.ItemDataRole.UserRole))
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

    def _pick(self, found: Found) -> None:
        kind, before = found.entry.kind, self.kept.get(found.entry.kind, 0)
        if kind in LAYERS or kind.startswith(block_library.PREFIX):
            self.kept[kind] = before + 1 if isinstance(before, int) else 1
        chosen = self._chosen
        self.close_()
        if chosen is not None:
            params = {**found.entry.preset, **found.given.params}
            chosen(kind, found.given._replace(params=params) if params else found.given)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self.hide()  # also where it is the canvas that was hidden: with it comes back no search in what was open then
            # Asked anew each time it opens. Kept, it would be the project of a tab that is closed meanwhile.
            self._project, self._used, self._found, self._chosen = Project(), Counter(), [], None
            self.list.clear()
        super().hideEvent(event)

    def close_(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)


def told(found: Found) -> str:
    """What was typed, as the card will say it."""
    params, kind = found.given.params, LAYERS.get(found.entry.kind)
    parts = (
        [kind.params[n].told(kind.params[n].read(v, {})) for n, v in params.items() if not isinstance(v, str)]
        if kind
        else []
    )
    parts += [f"{n.replace('_', ' ')} {v}" for n, v in params.items() if not kind or isinstance(v, str)]
    return " · ".join([*parts, *([f"×{found.given.repeat}"] if found.given.repeat != 1 else [])])


class _Row(QStyledItemDelegate):
    """Icon, name, and what it does."""

    def __init__(self, popup: QuickAdd) -> None:
        super().__init__(popup)
        self.popup = popup

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(fonts.px(WIDTH) - 16, fonts.px(ROW))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found: Found = index.data(Qt.ItemDataRole.UserRole)
        entry = found.entry
        theme = self.popup.theme
        p.save()
        # Drawn for text of normal size, and enlarged with it.
        p.translate(option.rect.topLeft())
        p.scale(fonts.factor(), fonts.factor())
        area = QRect(0, 0, round(option.rect.width() / fonts.factor()), ROW)
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
        if found.given:
            name = QFontMetricsF(font).horizontalAdvance(entry.label) + 10
            mono = fonts.mono(11)
            p.setFont(mono)
            p.setPen(QColor(theme.accent))
            words = QFontMetricsF(mono).elidedText(told(found), Qt.TextElideMode.ElideRight, room - name)
            p.drawText(QRectF(left + name, area.top() + 3, room - name, 18), Qt.AlignmentFlag.AlignVCenter, words)
        small = fonts.sans(11)
        p.setFont(small)
        p.setPen(QColor(theme.text if current else theme.muted))
        p.drawText(
            QRectF(left, area.top() + 20, room, 16),
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetricsF(small).elidedText(entry.summary, Qt.TextElideMode.ElideRight, room),
        )
        p.restore()
