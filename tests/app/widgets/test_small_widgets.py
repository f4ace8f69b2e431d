"""The small pieces: what they show, what they tell, and what they must not do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.waiting import linger
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, KeyValue, button, label
from visualnet.app.widgets.dialogs.messages import Banner, Toast
from visualnet.app.widgets.search_field import SearchField
from visualnet.app.widgets.section import Section
from visualnet.app.widgets.segmented import Segmented


def test_a_long_name_is_shortened_and_stays_plain(qtbot) -> None:
    shown = ElidedLabel("<b>conv</b>" * 20)
    qtbot.addWidget(shown)
    shown.show()
    shown.resize(80, 20)
    assert shown.text().endswith("…") and shown.full_text == "<b>conv</b>" * 20
    assert shown.textFormat() == Qt.TextFormat.PlainText and label("<i>x</i>").textFormat() == Qt.TextFormat.PlainText
    shown.resize(4000, 20)
    assert shown.text() == shown.full_text and shown.toolTip() == ""


def test_a_section_folds(qtbot) -> None:
    section = Section("Formula")
    qtbot.addWidget(section)
    inner = label("28")
    section.add(inner)
    section.show()
    qtbot.mouseClick(section._head, Qt.MouseButton.LeftButton)
    assert not inner.isVisible() and not section.opened
    section.set_opened(True)
    assert inner.isVisible()


def test_the_search_field_clears_and_moves(qtbot) -> None:
    field = SearchField("Search layers…", "Space")
    qtbot.addWidget(field)
    field.show()
    heard: list[object] = []
    field.changed.connect(heard.append)
    field.moved.connect(heard.append)
    qtbot.keyClicks(field.edit, "co")
    qtbot.keyClick(field.edit, Qt.Key.Key_Down)
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert heard == ["c", "co", 1, ""] and field.text() == ""


def test_a_switch_follows_its_actions(qtbot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    group = QActionGroup(owner)
    actions = [QAction(word, owner, checkable=True) for word in ("Build", "Train", "Inspect")]
    for action in actions:
        group.addAction(action)
    switch = Segmented.of_actions(actions, "Workspace")
    qtbot.addWidget(switch)
    actions[1].trigger()
    assert switch.current == 1
    qtbot.mouseClick(switch.part(2), Qt.MouseButton.LeftButton)
    assert actions[2].isChecked() and switch.current == 2


def test_a_switch_has_one_choice_or_none(qtbot) -> None:
    switch = Segmented(["Build", "Train", "Inspect"], "Workspace")
    qtbot.addWidget(switch)
    chosen: list[int] = []
    switch.chosen.connect(chosen.append)
    switch.set_current(1)
    assert switch.current == 1 and chosen == []
    qtbot.mouseClick(switch.part(2), Qt.MouseButton.LeftButton)
    assert switch.current == 2 and chosen == [2]
    switch.set_current(-1)
    assert switch.current == -1 and not any(switch.part(at).isChecked() for at in range(3))
    qtbot.mouseClick(switch.part(0), Qt.MouseButton.LeftButton)
    assert switch.current == 0 and chosen == [2, 0]


def test_a_banner_acts_and_closes(qtbot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    done: list[str] = []
    banner.show_message("<b>Kept</b>", "warning", [("Restore", lambda: done.append("restore"))])
    assert banner.isVisible() and banner.text == "<b>Kept</b>"
    assert banner._text.textFormat() == Qt.TextFormat.PlainText
    pressed = next(each for each in banner.findChildren(QPushButton) if each.text() == "Restore")
    qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)
    assert done == ["restore"] and not banner.isVisible()


def test_a_toast_leaves_by_itself_but_an_error_stays(qtbot) -> None:
    host = QWidget()
    host.resize(400, 300)
    qtbot.addWidget(host)
    host.show()
    toast = Toast(host)
    with qtbot.waitSignal(toast.closed):
        toast.show_message("Saved", seconds=0.02)
    toast.show_message("The disk is full. " * 8, "error", seconds=0.02)
    linger(0.06)
    assert toast.isVisible() and host.rect().contains(toast.geometry())
    host.resize(300, 200)
    assert host.rect().contains(toast.geometry())
    toast.dismiss()


@pytest.mark.parametrize("width", [360, 600, 960])
@pytest.mark.parametrize("words", [(), ("Undo",), ("Put it back", "Show the folder")], ids=len)
def test_all_words_of_a_toast_are_seen_whatever_was_said_before(width: int, words: tuple[str, ...], qtbot) -> None:
    """Long after short and short after long, with and without buttons, asked at once."""
    host = QWidget()
    host.resize(width, 500)
    qtbot.addWidget(host)
    host.show()
    toast = Toast(host)
    actions = [(each, lambda: None) for each in words]
    for length in (1, 60, 9, 14, 30, 2, 45, 45):
        toast.show_message("some words " * length, "warning", actions)
        text = next(one for one in toast.findChildren(QLabel) if one.text().startswith("some words"))
        needed = text.heightForWidth(text.width()) if text.wordWrap() else text.sizeHint().height()
        assert text.height() >= needed and (text.wordWrap() or text.width() >= text.sizeHint().width()), length
        assert host.rect().contains(toast.geometry()), length
        seen = [one for one in toast.findChildren(QPushButton) if one.isVisible()]
        assert [one.text() for one in seen] == list(words)
        for each in (text, *seen):
            assert toast.rect().contains(each.geometry()), length
            assert each is text or not each.geometry().intersects(text.geometry()), length
    toast.dismiss()


def test_rows_buttons_and_empty_states_say_what_they_are(qtbot) -> None:
    rows = KeyValue()
    qtbot.addWidget(rows)
    rows.set_value("MACs", "1")
    rows.set_value("MACs", "117,600")
    assert rows.value("MACs") == "117,600"
    rows.show_rows([("MACs", "2", "one pass"), ("FLOPs", "4", "")])
    rows.show_rows([("FLOPs", "8", ""), ("output", "3", "")])
    assert rows.value("FLOPs") == "8" and rows.value("output") == "3"
    assert [shown.text() for shown in rows.findChildren(QLabel) if not shown.isHidden()] == [
        "FLOPs",
        "8",
        "output",
        "3",
    ]
    empty = EmptyState("problems", "No problem.")
    qtbot.addWidget(empty)
    assert empty.accessibleName() == "No problem."
    risky = button("Save & quit", "primary")
    qtbot.addWidget(risky)
    assert risky.text() == "Save && quit" and risky.property("kind") == "primary"
