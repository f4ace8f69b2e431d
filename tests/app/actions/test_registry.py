"""One table gives menus, keys, tool bars and the palette; none of it does nothing."""

from __future__ import annotations

from typing import Any
from weakref import ref

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.actions.registry import MENUS, Actions, ActionSpec, menu_order
from visualnet.app.features.registry import FEATURES
from visualnet.app.shell.actions import all_actions
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.app.widgets.dialogs.command_palette import CommandPalette
from visualnet.app.widgets.dialogs.shortcuts_dialog import ShortcutsDialog

SMALL: tuple[ActionSpec[list[object]], ...] = (
    ActionSpec("edit.undo", 10, "Undo", "Take it back", "undo", "Ctrl+Z", lambda done: done.append("undo")),
    ActionSpec("edit.redo", 10, "Redo", "Do it again", "redo", "Ctrl+Y", lambda done: done.append("redo")),
    ActionSpec("view.dark", 10, "Dark", "Dark", check=lambda done, state: done.append(("dark", state)), group="theme"),
    ActionSpec("view.light", 10, "Light", "Light", check=lambda done, state: done.append(state), group="theme"),
    ActionSpec(
        "graph.add", 10, "Add layer…", "Add", "plus", "Space", lambda done: done.append("add"), context="canvas"
    ),
    ActionSpec("file.recent", 10, "Open recent", "Recent", fill=lambda done, menu: menu.addAction("lenet5.vnet")),
)


@pytest.fixture
def window(qtbot) -> QMainWindow:
    made = QMainWindow()
    made.resize(900, 600)
    qtbot.addWidget(made)
    return made


def test_every_action_stands_in_a_menu_of_the_window(window: QMainWindow) -> None:
    actions = Actions(all_actions(FEATURES), window)
    actions.menus(window.menuBar())
    menus = {menu.objectName(): menu for menu in window.menuBar().findChildren(QMenu) if menu.objectName()}
    assert tuple(name[5:] for name in menus if name.count(".") == 1) == MENUS
    shown = {action.objectName() for menu in menus.values() for action in menu.actions() if not action.isSeparator()}
    assert shown - {""} == set(actions), "a submenu has no name of its own"


def test_an_action_says_what_does_it() -> None:
    for spec in all_actions(FEATURES):
        assert [spec.run, spec.check, spec.fill].count(None) == 2, spec.id


def test_check_names_what_is_wrong(window: QMainWindow) -> None:
    table = (
        ActionSpec[None]("a.a", 10, "A", "", keys="F5", run=lambda _: None),
        ActionSpec[None]("a.b", 10, "", "B", keys="F5"),
    )
    actions = Actions(table, window)
    actions.bind(table[:1], lambda: None)
    assert actions.check() == [
        "a.a: no tip",
        "a.a: F5 is also a.b",
        "a.b: no text",
        "a.b: nothing does it",
        "a.b: F5 is also a.a",
    ]


def test_places_order_a_menu_and_draw_its_lines(window: QMainWindow) -> None:
    table = [
        ActionSpec[None](f"edit.{n}", p, n, n, menus={"node": 40 - p})
        for n, p in zip("abcd", (21, 10, 20, 12), strict=True)
    ]
    actions = Actions(menu_order(table), window)
    actions.menus(window.menuBar())
    menu = window.menuBar().findChild(QMenu, "menu.Edit")
    assert [action.text() for action in menu.actions()] == ["b", "d", "", "c", "a"]
    menu = QMenu()
    actions.fill(menu, "node")
    assert [action.text() for action in menu.actions()] == ["a", "", "c", "d", "", "b"]


def test_a_context_menu_takes_the_extra_ones_that_can_be_done(window: QMainWindow) -> None:
    able = [True]
    table = (
        ActionSpec[list[bool]]("edit.a", 10, "a", "a", run=list.clear, menus={"node": 10}),
        ActionSpec[list[bool]](
            "edit.b", 10, "b", "b", run=list.clear, enabled=lambda able: able[0], menus={"block": 11}
        ),
    )
    actions = Actions(table, window)
    actions.bind(table, lambda: able)
    for state in (True, False):
        able[0] = state
        actions.refresh()
        menu = QMenu()
        actions.fill(menu, "node", extra="block")
        assert [action.text() for action in menu.actions()] == ["a", "b"][: 1 + state]


def test_a_menu_can_be_for_something_else(window: QMainWindow) -> None:
    table = (
        ActionSpec[list[str]](
            "file.close", 10, "Close", "Close", run=lambda at: at.append("x"), enabled=bool, menus={"tab": 10}
        ),
    )
    actions, front, other = Actions(table, window), list[str](), ["other"]
    actions.bind(table, lambda: front)
    actions.refresh()
    assert not actions["file.close"].isEnabled()
    menu = QMenu()
    actions.fill_for(menu, "tab", other)
    menu.actions()[0].trigger()
    assert other == ["other", "x"] and front == []


def test_while_a_page_covers_the_canvas_little_can_be_done(window: QMainWindow) -> None:
    table = (
        ActionSpec[None]("file.open", 10, "Open", "Open", run=lambda _: None, anywhere=True),
        ActionSpec[None]("edit.cut", 10, "Cut", "Cut", run=lambda _: None),
    )
    actions = Actions(table, window)
    actions.bind(table, lambda: None)
    for covered in (True, False):
        actions.refresh(covered)
        assert [actions[a].isEnabled() for a in actions] == [True, not covered]


def test_tips_name_the_keys(window: QMainWindow) -> None:
    actions = Actions(SMALL, window)
    assert actions["edit.undo"].toolTip() == "Undo (Ctrl+Z)"
    assert actions["graph.add"].toolTip() == "Add layer (Space)"
    actions.set_text("edit.undo", "Undo Add R&D")
    assert actions["edit.undo"].toolTip() == "Undo Add R&D (Ctrl+Z)"
    actions.set_text("edit.undo", "")
    assert actions["edit.undo"].text() == "Undo"


def test_handlers_run_with_the_state_and_submenus_are_filled(window: QMainWindow) -> None:
    actions = Actions(SMALL, window)
    done: list[object] = []
    actions.bind(SMALL, lambda: done)
    actions.trigger("edit.undo")
    actions.trigger("view.dark")
    assert done == ["undo", ("dark", True)]
    actions.set_checked("view.light", True)
    assert not actions["view.dark"].isChecked() and len(done) == 2
    menu = actions["file.recent"].menu()
    assert isinstance(menu, QMenu)
    for _ in range(2):
        menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["lenet5.vnet"]
    actions["edit.undo"].setEnabled(False)
    actions.trigger("edit.undo")
    assert len(done) == 2


def test_a_menu_shows_what_is_chosen(window: QMainWindow, qapp: QApplication) -> None:
    """Qt draws no tick where a line has an icon."""
    apply_theme(qapp, DARK)
    actions = Actions(all_actions(FEATURES), window)
    chosen = [spec.id for spec in all_actions(FEATURES) if spec.check is not None]
    assert chosen
    for action_id in chosen:
        menu = QMenu(window)
        menu.addAction(actions[action_id])
        pictures = []
        for state in (False, True):
            actions.set_checked(action_id, state)
            pictures.append(menu.grab().toImage())
        assert pictures[0] != pictures[1], action_id


def test_canvas_keys_do_not_disturb_typing(window: QMainWindow, qtbot) -> None:
    actions = Actions(SMALL, window)
    done: list[object] = []
    actions.bind(SMALL, lambda: done)
    holder, canvas, edit = QWidget(), QWidget(), QLineEdit()
    canvas.setParent(holder)
    edit.setParent(holder)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setCentralWidget(holder)
    actions.menus(window.menuBar())
    actions.install(canvas, "canvas")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Space)
    assert edit.text() == " " and done == []
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert done == ["add"]


def test_chosen_keys_are_remembered_and_given_back(window: QMainWindow) -> None:
    kept: dict[str, list[str]] = {}
    actions = Actions(SMALL, window, kept)
    with pytest.raises(ValueError, match="Ctrl\\+Y already does “Redo”"):
        actions.set_shortcuts("edit.undo", ["Ctrl+Y"])
    actions.set_shortcuts("edit.undo", ["Ctrl+U"])
    assert kept == {"edit.undo": ["Ctrl+U"]}
    again = Actions(SMALL, window, dict(kept))
    assert again["edit.undo"].shortcut().toString() == "Ctrl+U" and again["edit.undo"].toolTip() == "Undo (Ctrl+U)"
    actions.reset_shortcuts()
    assert kept == {} and actions["edit.undo"].shortcut().toString() == "Ctrl+Z"


def test_the_palette_finds_and_does(window: QMainWindow, qtbot) -> None:
    actions = Actions(SMALL, window)
    done: list[object] = []
    actions.bind(SMALL, lambda: done)
    home = QLineEdit()
    window.setCentralWidget(home)
    window.show()
    home.setFocus()
    palette = CommandPalette(actions, window)
    palette.open()
    assert palette.list.model().rowCount() == 6
    qtbot.keyClicks(palette.search.edit, "rdo")
    assert palette.list.currentIndex().data() == "Redo"
    palette.grab()
    qtbot.keyClick(palette.search.edit, Qt.Key.Key_Return)
    assert done == ["redo"] and palette.isHidden() and window.focusWidget() is home
    palette.open()
    qtbot.keyClick(palette.search.edit, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    qtbot.keyClicks(palette.search.edit, "qqq")
    assert palette.list.isHidden()
    qtbot.keyClick(palette.search.edit, Qt.Key.Key_Escape)
    assert palette.isHidden() and done == ["redo"]


def test_the_palette_closes_when_what_had_the_focus_has_gone(window: QMainWindow, qtbot) -> None:
    palette = CommandPalette(Actions(SMALL, window), window)
    home = QLineEdit()
    window.setCentralWidget(home)
    window.show()
    home.setFocus()
    palette.open()
    shiboken6.delete(home)
    qtbot.keyClick(palette.search.edit, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_the_dialog_changes_and_resets_keys(window: QMainWindow, qtbot) -> None:
    actions = Actions(SMALL, window)
    dialog = ShortcutsDialog(actions, window)
    dialog.select("edit.undo")
    dialog.keys.setKeySequence("Ctrl+Y")
    assert not dialog.set_button.isEnabled() and "Redo" in dialog.words.text()
    dialog.keys.setKeySequence("Ctrl+U")
    qtbot.mouseClick(dialog.set_button, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ("Ctrl+U",)
    qtbot.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ("Ctrl+Z",)
    qtbot.mouseClick(dialog.clear_button, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ()
    qtbot.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ("Ctrl+Z",)
    dialog.search.edit.setText("redo")
    assert dialog._items["edit.undo"].isHidden() and not dialog._items["edit.redo"].isHidden()


def test_keys_that_another_action_has_by_now_are_not_remembered(window: QMainWindow) -> None:
    told: dict[str, Any] = {"edit.undo": ["Ctrl+Y"], "edit.redo": 7, "gone.action": ["Ctrl+J"]}
    told_before = dict(told)
    actions = Actions(SMALL, window, told)
    assert not [fault for fault in actions.check() if "nothing does it" not in fault]
    assert actions.shortcuts("edit.undo") == ("Ctrl+Z",) and actions.shortcuts("edit.redo") != ()
    assert told == {"gone.action": told_before["gone.action"]}, "what another version knows is kept"


def test_a_reset_does_not_take_another_action_s_keys(window: QMainWindow, qtbot) -> None:
    actions = Actions(SMALL, window)
    dialog = ShortcutsDialog(actions, window)
    actions.set_shortcuts("edit.undo", ("Ctrl+U",))
    actions.set_shortcuts("edit.redo", ("Ctrl+Z",))
    dialog.select("edit.undo")
    qtbot.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ("Ctrl+U",) and "Redo" in dialog.words.text()
    qtbot.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert actions.shortcuts("edit.undo") == ("Ctrl+Z",)


def test_a_menu_that_was_filled_keeps_nothing_once_it_is_closed(qtbot: QtBot) -> None:
    """Its lines hold what they were made for: a canvas, and with it a project that may be closed."""

    class Canvas:
        pass

    owner, chosen = QWidget(), []
    qtbot.addWidget(owner)

    def fill(held: list[ref[Canvas]], menu: QMenu) -> None:
        canvas = Canvas()
        held.append(ref(canvas))
        menu.addAction("Red", lambda: chosen.append(canvas.__class__))
        other = Canvas()
        held.append(ref(other))
        menu.addMenu("Blue").addAction("Navy", lambda: chosen.append(other.__class__))

    held: list[ref[Canvas]] = []
    table = (ActionSpec("graph.colour", 10, "Colour", "", fill=fill),)
    actions = Actions(table, owner)
    actions.bind(table, lambda: held)
    menu = actions["graph.colour"].menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    assert held[0]() is not None
    menu.aboutToHide.emit()
    menu.actions()[0].trigger()
    assert chosen == [Canvas], "what is chosen is told after the menu has gone"
    chosen.clear()
    qtbot.waitUntil(lambda: all(each() is None for each in held))
    assert not menu.findChildren(QMenu), "its submenu went too"
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions()] == ["Red", "Blue"]
