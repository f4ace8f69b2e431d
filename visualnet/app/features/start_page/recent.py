"""The files opened lately: pinned ones first, missing ones dimmed, and what was open when the program was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from visualnet.app.features.start_page.cards import Choice, page_colour, when
from visualnet.app.state.settings import RecentFile, Settings
from visualnet.app.theme import icons
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import ElidedLabel, IconLabel, button, label
from visualnet.core.text.format import format_quantity
from visualnet.core.text.visible import visible

SHOWN = 8
GONE = "This file is not there any more: it was moved, renamed or deleted."


class RecentRow(Choice):
    """A file opened lately: name, folder, when it was last written; a pin keeps it at the head of the list."""

    pin_asked = Signal(bool)
    remove_asked = Signal()

    def __init__(self, file: RecentFile, now: datetime, parent: QWidget | None = None) -> None:
        self.path, self.pinned, self.there = file
        try:
            told = when(datetime.fromtimestamp(file.path.stat().st_mtime), now)
        except (OSError, ValueError, OverflowError):
            told = "missing"
        more = ", pinned" if self.pinned else ""
        super().__init__(visible(f"File {self.path.name} in {self.path.parent}, {told}{more}"), parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.setToolTip(visible(self.path) if self.there else f"{GONE}\n{visible(self.path)}")
        self.setAccessibleDescription("" if self.there else GONE)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 4, 6)
        row.setSpacing(10)
        row.addWidget(IconLabel("visualnet" if self.there else "warning", 16, "muted" if self.there else "disabled"))
        column = QVBoxLayout()
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(12)
        name = ElidedLabel(self.path.name, "" if self.there else "muted", mode=Qt.TextElideMode.ElideMiddle)
        head.addWidget(name, 1)
        head.addWidget(label(told, "small"))
        column.addLayout(head)
        column.addWidget(ElidedLabel(_short(self.path.parent), "small", mode=Qt.TextElideMode.ElideMiddle))
        row.addLayout(column, 1)
        self.pin = QToolButton()
        icons.bind(self.pin, "pin", "accent" if self.pinned else "muted")
        self.pin.setIconSize(QSize(14, 14))
        self.pin.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pin.setToolTip("Unpin (P)" if self.pinned else "Keep at the head of the list (P)")
        self.pin.setAccessibleName(f"{'Unpin' if self.pinned else 'Pin'} {visible(self.path.name)}")
        self.pin.clicked.connect(lambda: self.pin_asked.emit(not self.pinned))
        row.addWidget(self.pin)

    def menu(self) -> QMenu:
        """What a right click offers."""
        menu = QMenu(self)
        opened = menu.addAction("Open")
        opened.setEnabled(self.there)
        opened.triggered.connect(lambda: self.chosen.emit())
        words = "Unpin" if self.pinned else "Pin"
        menu.addAction(words).triggered.connect(lambda: self.pin_asked.emit(not self.pinned))
        menu.addAction("Remove from this list").triggered.connect(lambda: self.remove_asked.emit())
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif event.key() == Qt.Key.Key_P and not event.modifiers():
            self.pin_asked.emit(not self.pinned)
        else:
            super().keyPressEvent(event)

    def face(self, theme: Theme) -> str:
        return page_colour(theme)

    def edge(self, theme: Theme) -> str:
        return page_colour(theme)


class RecentList(QWidget):
    """The rows, or words about what will stand here; over them the way back to what was open last."""

    chosen = Signal(str)
    reopen_asked = Signal()
    emptied = Signal()
    """The last row went by the keyboard: the focus must go elsewhere."""

    def __init__(self, settings: Settings, join: Callable[[Choice], None]) -> None:
        super().__init__()
        self.settings, self._join_row = settings, join
        self.rows: list[RecentRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.reopen = button("", icon="open", done=self.reopen_asked.emit)
        self.reopen.hide()
        column.addWidget(self.reopen)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        column.addLayout(self._rows)
        words = "Files that you save or open are listed here. You can also drop a .vnet file on this page."
        self.nothing = label(words, "muted", wrap=True)
        column.addWidget(self.nothing)

    def show_last(self, files: Sequence[Path]) -> None:
        """Offer to open these again: what was open when the program was left."""
        self.reopen.setVisible(bool(files))
        self.reopen.setText(
            f" Reopen last {format_quantity(len(files), 'project')}" if len(files) != 1 else " Reopen last project"
        )
        self.reopen.setToolTip("\n".join(map(visible, files)))

    def refresh(self) -> None:
        """Look again which files there are."""
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        now = datetime.now()
        self.rows = []
        for file in self.settings.files()[:SHOWN]:
            row = RecentRow(file, now)
            row.chosen.connect(lambda path=file.path: self.chosen.emit(str(path)))
            row.pin_asked.connect(lambda state, path=file.path: self._pin(path, state))
            row.remove_asked.connect(lambda path=file.path: self.forget(path))
            self._join_row(row)
            self.rows.append(row)
            self._rows.addWidget(row)
            row.show()  # now, not after the next turn of the event loop: it may be given the focus
        self.nothing.setVisible(not self.rows)

    def _pin(self, path: Path, state: bool) -> None:
        self.settings.pin_file(path, state)
        self.refresh()
        self._focus(next((at for at, row in enumerate(self.rows) if row.path == path), 0))

    def forget(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        at = next((i for i, row in enumerate(self.rows) if row.path == path), 0)
        self.settings.forget_file(path)
        self.refresh()
        self._focus(at)

    def _focus(self, at: int) -> None:
        if not self.isVisible():
            return
        if self.rows:
            self.rows[min(at, len(self.rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.emptied.emit()


def _short(folder: Path) -> str:
    """A folder below one's own begins with ~."""
    try:
        below = folder.relative_to(Path.home())
    except (ValueError, RuntimeError):
        return str(folder)
    return "~" if below == Path() else str(Path("~") / below)
