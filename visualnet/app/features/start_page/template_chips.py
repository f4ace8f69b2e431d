"""What else can be done with a template's card on the start page: open its small version, read about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button
from visualnet.templates.index import Template

SMALL_KEY, ABOUT_KEY = Qt.Key.Key_S, Qt.Key.Key_I
SMALL_TIP = "Open the small version: the same blocks with smaller numbers, trained here on data that comes along (S)"
ABOUT_TIP = "What is new in it, its paper, what to look at, what to break (I)"


class TemplateActions:
    """The chips of one card, with their keys and its menu. They take no focus: on the card S and I do the same."""

    def __init__(self, template: Template, open_it: Callable[[str], None], about: Callable[[Template], None]) -> None:
        self.template, self._open, self._about = template, open_it, about
        self.chips: list[QPushButton] = []
        if self.has_small:
            self.small = _chip("small", "", SMALL_TIP, self.open_small)
            self.small.setAccessibleName(f"Open the small version of {template.title}")
            self.chips.append(self.small)
        self.about = _chip("", "info", ABOUT_TIP, self.read)
        self.about.setProperty("bare", True)
        self.about.setAccessibleName(f"About {template.title}")
        self.chips.append(self.about)

    @property
    def has_small(self) -> bool:
        """Whether there is a small version besides it."""
        return self.template.small not in ("", self.template.name)

    def open_small(self) -> None:
        """Open the small version, if there is one."""
        if self.has_small:
            self._open(self.template.small)

    def read(self) -> None:
        """Show the note."""
        self._about(self.template)

    def key(self, key: int) -> bool:
        """Carry out a key of the card; False if it is none of these."""
        if key == SMALL_KEY and self.has_small:
            self.open_small()
        elif key == ABOUT_KEY:
            self.read()
        else:
            return False
        return True

    def menu(self, parent: QWidget) -> QMenu:
        """What a right click offers."""
        menu = QMenu(parent)
        menu.addAction("Open", lambda: self._open(self.template.name))
        if self.has_small:
            menu.addAction("Open the small version\tS", self.open_small)
        menu.addAction("About it\tI", self.read)
        return menu


def _chip(words: str, icon: str, tip: str, done: Callable[[], object]) -> QPushButton:
    made = button(words, "chip", icon, done)
    icons.resize(made, 14)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setToolTip(tip)
    return made
