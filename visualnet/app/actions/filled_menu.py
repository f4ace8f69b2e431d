"""A menu whose lines are made when it opens and thrown away when it has closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu


def fill_on_show(menu: QMenu, fill: Callable[[QMenu], object]) -> None:
    """Let ``fill`` write the lines each time the menu opens.

    What was chosen is told after the menu has gone. Then its lines go too: they hold what they were made for, a canvas or a project that
    may be closed by then.
    """

    def show() -> None:
        _empty(menu)
        fill(menu)

    menu.aboutToShow.connect(show)
    menu.aboutToHide.connect(lambda: QTimer.singleShot(0, menu, lambda: None if menu.isVisible() else _empty(menu)))


def _empty(menu: QMenu) -> None:
    # `clear` throws away only the actions that are the menu's own: not its submenus, nor what an action group holds.
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu) and inner.parent() == menu:
            inner.deleteLater()
    menu.clear()
