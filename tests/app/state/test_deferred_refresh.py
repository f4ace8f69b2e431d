"""A refresh waits until its widget is seen; while another document comes each is asked often and done once, between events."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from visualnet.app.state.deferred_refresh import (
    DeferredRefresh,
    HiddenRefreshes,
    do_waiting_refreshes,
    refresh_between_events,
)


class Panel(QWidget):
    """Notes when it was refreshed."""

    def __init__(self, name: str, done: list[str], parent: QWidget, hidden: bool = False) -> None:
        super().__init__(parent)
        self.due = DeferredRefresh(self, lambda: done.append(name), hidden)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    yield made
    do_waiting_refreshes()


@pytest.fixture
def done() -> list[str]:
    return []


def panel(name: str, done: list[str], window: QWidget, shown: bool = True, hidden: bool = False) -> Panel:
    made = Panel(name, done, window, hidden)
    made.setVisible(shown)
    return made


def test_what_is_seen_is_refreshed_at_once_and_what_is_hidden_when_it_is_shown(
    window: QWidget, done: list[str]
) -> None:
    seen, hidden = panel("seen", done, window), panel("hidden", done, window, shown=False)
    title = panel("title", done, window, shown=False, hidden=True)
    for made in (seen, hidden, title):
        made.due.ask()
        made.due.ask()
    assert done == ["seen", "seen", "title", "title"]
    hidden.show()
    hidden.hide()
    hidden.show()
    assert done == ["seen", "seen", "title", "title", "hidden"]


def test_held_refreshes_are_done_once_later_what_is_seen_first(window: QWidget, done: list[str], qtbot: QtBot) -> None:
    hidden = panel("hidden", done, window, shown=False)
    first, second = panel("first", done, window), panel("second", done, window)
    with refresh_between_events():
        for _ in range(5):
            for made in (hidden, first, second):
                made.due.ask()
    assert not done, "not while the document comes"
    qtbot.waitUntil(lambda: len(done) == 3)
    assert done == ["first", "second", "hidden"], "what is hidden too, or it would keep what is closed"
    hidden.show()
    assert len(done) == 3, "it is up to date"


def test_between_two_refreshes_events_are_handled(window: QWidget, done: list[str], qtbot: QtBot) -> None:
    panels = [panel(str(number), done, window) for number in range(3)]
    with refresh_between_events():
        for made in panels:
            made.due.ask()
    counts: list[int] = []
    while len(done) < 3:
        QApplication.processEvents()
        counts.append(len(done))
    assert all(after - before <= 1 for before, after in zip([0, *counts], counts, strict=False)), counts


@pytest.mark.parametrize("gesture", ["click", "key"])
def test_no_gesture_meets_a_panel_that_shows_another_document(window: QWidget, done: list[str], gesture: str) -> None:
    button = QPushButton("Press", window)
    button.clicked.connect(lambda: done.append("pressed"))
    button.show()
    button.setFocus()
    made, hidden = panel("panel", done, window), panel("hidden", done, window, shown=False)
    with refresh_between_events():
        made.due.ask()
        hidden.due.ask()
    if gesture == "click":
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert done[:2] == ["panel", "pressed"]


def test_a_button_that_goes_with_the_other_document_is_not_pressed(window: QWidget) -> None:
    pressed: list[int] = []
    button = QPushButton("Of the document before", window)
    button.clicked.connect(lambda: pressed.append(1))
    button.show()
    due = DeferredRefresh(window, button.hide)
    with refresh_between_events():
        due.ask()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible() and not pressed


def test_what_is_asked_again_meanwhile_is_done_at_once(window: QWidget, done: list[str], qtbot: QtBot) -> None:
    made = panel("panel", done, window)
    with refresh_between_events():
        made.due.ask()
    made.due.ask()
    assert done == ["panel"]
    do_waiting_refreshes()
    assert done == ["panel"], "and not a second time"


def test_a_panel_that_has_gone_is_left_out(window: QWidget, done: list[str], qtbot: QtBot) -> None:
    gone, stays = panel("gone", done, window), panel("stays", done, window)
    with refresh_between_events():
        gone.due.ask()
        stays.due.ask()
        gone.deleteLater()
    QApplication.sendPostedEvents(gone, 52)  # QEvent::DeferredDelete
    qtbot.waitUntil(lambda: done == ["stays"])


def test_a_hidden_panel_that_waits_is_not_kept_when_it_is_destroyed(qapp: QApplication) -> None:
    class Shown:
        """What the panel shows."""

    shown = Shown()
    kept, panel = weakref.ref(shown), QWidget()
    refresh = DeferredRefresh(panel, lambda shown=shown: None)  # type: ignore[misc]
    refresh.ask()
    delete(panel)
    del panel, refresh, shown
    gc.collect()
    assert kept() is None


def test_after_a_document_was_closed_hidden_panels_let_go_of_it_too(
    window: QWidget, done: list[str], qtbot: QtBot
) -> None:
    hidden, current, gone = (panel(name, done, window, shown=False) for name in ("hidden", "current", "gone"))
    hidden.due.ask()
    gone.due.ask()
    gone.deleteLater()
    QApplication.sendPostedEvents(gone, 52)  # QEvent::DeferredDelete
    HiddenRefreshes(window).begin()
    assert not done, "not at once: the window is to answer first"
    qtbot.waitUntil(lambda: done == ["hidden"])
    hidden.show()
    current.show()
    assert done == ["hidden"], "it is not done again when it is shown"
    hidden.hide()
    hidden.due.ask()
    refreshes = HiddenRefreshes(window)
    refreshes.begin()
    hidden.due.bring_up_to_date()
    refreshes.begin()  # another document is closed while the first one waits, and nothing is due
    qtbot.waitUntil(lambda: not refreshes._timer.isActive())
    assert done == ["hidden", "hidden"]


def test_nothing_is_refreshed_in_the_middle_of_a_deletion(qtbot: QtBot) -> None:
    """A combo box closes its list while it is deleted: nobody asked for that, and half of what is around it is gone."""
    seen, top = QLabel(), QWidget()
    qtbot.addWidget(seen)
    asked: list[None] = []
    due = DeferredRefresh(seen, lambda: asked.append(None), hidden=True)
    combo = QComboBox(top)
    combo.addItem("one")
    combo.view()
    with refresh_between_events():
        due.ask()
    delete(top)
    assert asked == []
    seen.show()
    asked.clear()
    with refresh_between_events():
        due.ask()
    seen.close()
    assert asked == [None], "before a window is closed by a person all is up to date"
