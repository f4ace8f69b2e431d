"""The files opened lately: pinned ones first, missing ones dimmed, and what was open when the program was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from visualnet.app.features.start_page.cards import ChoiceCard, format_age, page_colour
from visualnet.app.theme import icons
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import ElidedLabel, IconLabel, button, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user.settings import RecentFile, Settings

SHOWN = 8
GONE = "This file is not there any more: it was moved, renamed or deleted."


class RecentRow(ChoiceCard):
    """A file opened lately: name, folder, when it was last written; a pin keeps it at the head of the list."""

    pin_asked = Signal(bool)
    remove_asked = Signal()

    def __init__(self, file: RecentFile, now: datetime, parent: QWidget | None = None) -> None:
        self.path, self.pinned, self.there = file
        try:
            told = format_age(datetime.fromtimestamp(file.path.stat().st_mtime), now)
        except (OSError, ValueError, OverflowError):
            told = "missing"
        more = ", pinned" if self.pinned else ""
        super().__init__(visible(f"File {self.path.name} in {self.path.parent}, {told}{more}"), parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.setToolTip(visible(self.path) if self.there else f"{GONE}\n{visible(self.path)}")
        self.setAccessibleDescription("" if self.there else GONE)
        middle = Qt.TextElideMode.ElideMiddle
        sign = IconLabel("visualnet" if self.there else "warning", 16, "muted" if self.there else "disabled")
        name = ElidedLabel(self.path.name, "" if self.there else "muted", mode=middle)
        folder = ElidedLabel(_short(self.path.parent), "small", mode=middle)
        words = column(row((name, 1), label(told, "small"), spacing=12), folder, spacing=0)
        self.pin = QToolButton()
        icons.resize(self.pin, 14)
        self.pin.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pin.setToolTip("Unpin (P)" if self.pinned else "Keep at the head of the list (P)")
        self.pin.setAccessibleName(f"{'Unpin' if self.pinned else 'Pin'} {visible(self.path.name)}")
        icons.bind(self.pin, "pin", "accent" if self.pinned else "muted")
        self.pin.clicked.connect(lambda: self.pin_asked.emit(not self.pinned))
        row(sign, (words, 1), self.pin, margins=(8, 5, 4, 6), spacing=10, parent=self)

    def menu(self) -> QMenu:
        """What a right click offers."""
        menu = QMenu(self)
        menu.addAction("Open", self.chosen.emit).setEnabled(self.there)
        menu.addAction("Unpin" if self.pinned else "Pin", lambda: self.pin_asked.emit(not self.pinned))
        menu.addAction("Remove from this list", self.remove_asked.emit)
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

    def __init__(self, settings: Settings, join: Callable[[ChoiceCard], None]) -> None:
        super().__init__()
        self.settings, self._join_row = settings, join
        self.rows: list[RecentRow] = []
        self.reopen = button("", icon="open", done=self.reopen_asked.emit)
        self.reopen.hide()
        self._rows = column(spacing=2)
        words = "Files that you save or open are listed here. You can also drop a .vnet file on this page."
        self.nothing = label(words, "muted", wrap=True)
        column(self.reopen, self._rows, self.nothing, spacing=8, parent=self)

    def show_last(self, files: Sequence[Path]) -> None:
        """Offer to open these again: what was open when the program was left."""
        self.reopen.setVisible(bool(files))
        which = "project" if len(files) == 1 else format_quantity(len(files), "project")
        self.reopen.setText(f" Reopen last {which}")
        self.reopen.setToolTip("\n".join(map(visible, files)))

    def refresh(self) -> None:
        """Look again which files there are."""
        for old in self.rows:
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        now = datetime.now()
        self.rows = []
        for file in self.settings.files()[:SHOWN]:
            new = RecentRow(file, now)
            new.chosen.connect(partial(self.chosen.emit, str(file.path)))
            new.pin_asked.connect(partial(self._pin, file.path))
            new.remove_asked.connect(partial(self.forget, file.path))
            self._join_row(new)
            self.rows.append(new)
            self._rows.addWidget(new)
            new.show()  # now, not after the next turn of the event loop: it may be given the focus
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
