"""A dock behind another one of the same tabs: its panel is hidden, keeps its room, and is there again when its tab is clicked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.widgets.lazy_dock import LazyDock

WIDTHS = {"narrow": 120, "wide": 340}


def make_panel(width: int) -> QWidget:
    panel = QLabel("words")
    panel.setMinimumWidth(width)
    return panel


@pytest.fixture
def docks(qtbot: QtBot) -> Iterator[dict[str, LazyDock]]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QWidget())
    made = {name: LazyDock(name, lambda w=width: make_panel(w), window) for name, width in WIDTHS.items()}
    for dock in made.values():
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.tabifyDockWidget(*made.values())
    window.resize(900, 600)
    window.show()
    qtbot.waitUntil(lambda: all(d.made for d in made.values()))
    for name in ("wide", "narrow"):
        made[name].raise_()
    qtbot.waitUntil(lambda: [n for n, d in made.items() if d.panel.isVisible()] == ["narrow"])
    yield made
    window.close()


def test_the_panel_in_front_is_the_visible_one(docks: dict[str, LazyDock], qtbot: QtBot) -> None:
    bar = docks["narrow"].parent().findChild(QTabBar)
    for name in ("wide", "narrow", "wide"):
        at = next(i for i in range(bar.count()) if bar.tabText(i) == name)
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(at).center())
        qtbot.waitUntil(lambda name=name: [n for n, d in docks.items() if d.panel.isVisible()] == [name])


def test_the_tabs_are_as_wide_as_the_widest_panel_whichever_is_in_front(
    docks: dict[str, LazyDock], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: docks["narrow"].width() >= WIDTHS["wide"])
    docks["wide"].raise_()
    qtbot.waitUntil(lambda: docks["wide"].panel.isVisible())
    before = docks["wide"].width()
    docks["narrow"].raise_()
    qtbot.waitUntil(lambda: docks["narrow"].panel.isVisible())
    assert docks["narrow"].width() == before


def test_a_dock_that_was_closed_behind_another_one_shows_its_panel_when_it_is_opened(
    docks: dict[str, LazyDock], qtbot: QtBot
) -> None:
    docks["wide"].hide()
    docks["narrow"].hide()
    docks["wide"].show()
    qtbot.waitUntil(lambda: docks["wide"].panel.isVisible())
    docks["narrow"].show()
    docks["narrow"].raise_()
    qtbot.waitUntil(lambda: docks["narrow"].panel.isVisible() and not docks["wide"].panel.isVisible())
    docks["narrow"].hide()
    qtbot.waitUntil(lambda: docks["wide"].panel.isVisible())
