"""A menu is read at a glance: no more entries than fit, the rest in a few submenus, ticks at what is on."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from visualnet.app.actions.registry import Actions
from visualnet.app.features.registry import FEATURES
from visualnet.app.shell.actions import all_actions

MOST = 14
"""Entries of a menu of the window, and of a submenu."""
MOST_IN_CONTEXT = 12
MOST_SUBMENUS_IN_CONTEXT = 2


@pytest.fixture
def bar(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def actions(bar: QMainWindow) -> Actions:
    made = Actions(all_actions(FEATURES), bar)
    made.menus(bar.menuBar())
    return made


def entries(menu: QMenu) -> list[str]:
    """What stands in a menu, without its lines."""
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_no_menu_of_the_window_is_longer_than_can_be_read(actions: Actions, bar: QMainWindow) -> None:
    assert actions.specs
    menus = [menu for menu in bar.menuBar().findChildren(QMenu) if menu.objectName()]
    assert {menu.objectName(): len(entries(menu)) for menu in menus if len(entries(menu)) > MOST} == {}
    assert len([menu for menu in menus if menu.objectName().startswith("menu.View.")]) >= 3


@pytest.mark.parametrize("name", ["node", "wire", "sheet", "annotation", "tab"])
def test_no_context_menu_is_longer_than_can_be_read(actions: Actions, name: str) -> None:
    """Also with everything that concerns blocks, all of which can be done here."""
    menu = QMenu()
    actions.fill(menu, name, extra="block" if name == "node" else "")
    inner = menu.findChildren(QMenu)
    assert 0 < len(entries(menu)) <= MOST_IN_CONTEXT, entries(menu)
    assert len(inner) <= MOST_SUBMENUS_IN_CONTEXT
    assert all(1 < len(entries(each)) <= MOST_IN_CONTEXT for each in inner)
    if name == "node":
        assert [each.title() for each in inner] == ["Block", "More"]
        shown = entries(menu)
        assert shown[shown.index("Open block") + 1] == "Repeat block…"
