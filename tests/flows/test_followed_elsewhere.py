"""Runs of another machine in the window: a tunnel steers them; without one they are watched, and Stop lets go of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QInputDialog, QLabel, QLineEdit

from tests.flows.hands import Hands
from tests.flows.test_kept_runs import going_on
from tests.flows.test_train_in_process import menu_of
from tests.training.process.test_watching import move_elsewhere
from visualnet.app.features.training_place.follow import follow_folder
from visualnet.app.shell.window import Window
from visualnet.training.process import address, follow, liveness
from visualnet.training.runs.run_model import read_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tunnel ends at a socket of Unix here")
__all__ = ["going_on"]


@pytest.fixture
def elsewhere(going_on: Path, monkeypatch: pytest.MonkeyPatch, hands: Hands) -> Iterator[str]:
    """A run that goes on and says that another machine trains it; the end of a tunnel to it."""
    hands.until(lambda: (going_on / address.FILE).is_file(), what="that it can be reached")
    known = address.read(going_on)
    assert known is not None
    move_elsewhere(going_on)
    monkeypatch.setattr(follow, "LOOK_S", 0.02)
    monkeypatch.setattr(liveness, "_looks", {})
    monkeypatch.setattr(address, "is_running", lambda folder: False)  # the lock of another machine is not seen here
    return known.at


def answer_next(act: Callable[[QInputDialog], None]) -> list[str]:
    """Do this with the next dialog that asks for a text, with keys and mouse; what it says."""
    said: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QInputDialog):
            QTimer.singleShot(20, look)
            return
        said.extend(label.text() for label in dialog.findChildren(QLabel))
        act(dialog)

    QTimer.singleShot(0, look)
    return said


def type_text(text: str) -> Callable[[QInputDialog], None]:
    def act(dialog: QInputDialog) -> None:
        field = dialog.findChild(QLineEdit)
        assert field is not None
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    return act


def cancel(dialog: QInputDialog) -> None:
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    QTest.mouseClick(box.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)


def choose_folder(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The menu's line for a run in another folder; the system's own dialog gives that folder."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(folder))
    lines = [one for one in menu_of(window, "train.follow").actions() if one.text() == "A run in another folder…"]
    lines[0].trigger()


@pytest.mark.wide
def test_the_end_of_a_tunnel_steers_the_run(
    window: Window, hands: Hands, going_on: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_next(type_text(elsewhere))
    choose_folder(window, going_on, monkeypatch)
    assert "It trains on far-away" in said[0] and f"ssh -L 7000:{elsewhere} far-away" in said[0]
    hands.until(lambda: window.runner.state == "running", what="followed")
    assert not window.runner.watches_only
    window.actions_.trigger("train.pause")
    hands.until(lambda: window.runner.state == "paused", what="paused over there")
    window.actions_.trigger("train.resume")
    hands.until(lambda: window.runner.state == "running", what="gone on")
    (line,) = [one for one in menu_of(window, "train.follow").actions() if one.text() == "Follow it no further"]
    line.trigger()
    hands.until(lambda: window.runner.state == "idle", what="left alone")
    epochs = len(read_run(going_on).epochs)
    hands.until(lambda: len(read_run(going_on).epochs) > epochs, what="that it goes on")
    assert not [one for one in menu_of(window, "train.follow").actions() if one.text() == "Follow it no further"]


def test_who_gives_the_question_up_follows_nothing(
    window: Window, hands: Hands, going_on: Path, elsewhere: str
) -> None:
    answer_next(cancel)
    assert not follow_folder(window.studio, going_on)
    assert window.runner.state == "idle" and len(window.project_files.tabs) == 1


def test_a_run_that_is_only_watched_is_let_go_of_by_stop(
    window: Window, hands: Hands, going_on: Path, elsewhere: str
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    answer_next(type_text(""))
    assert follow_folder(window.studio, going_on)
    hands.until(lambda: window.runner.state == "running" and window.runner.watches_only, what="watched")
    window.actions_.trigger("train.pause")
    hands.until(lambda: any("can only be watched: it trains on far-away" in one for one in told), what="words")
    assert window.runner.state == "running"
    window.actions_.trigger("train.stop")
    hands.until(lambda: window.runner.state == "idle", what="let go of")
    assert told[-1].endswith("It goes on, and is followed no further")
    assert read_run(going_on).finished is None
    assert not any("as it was" in one for one in told), "nothing was drawn"


def test_a_tab_with_a_watched_run_closes_without_a_question(
    window: Window, hands: Hands, going_on: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing could be stopped, so nothing is asked; and closing waits for nobody."""
    answer_next(type_text(""))
    assert follow_folder(window.studio, going_on)
    hands.until(lambda: window.runner.watches_only, what="watched")
    assert window.project_files.guard.describe_end() == "that goes on, on its machine"
    tabs = window.project_files.tabs
    tab = next(tab for tab in tabs if tab.document is window.studio.document)
    monkeypatch.setattr("visualnet.app.shell.project_files.ProjectFiles.holds_unsaved", staticmethod(lambda tab: False))
    assert window.project_files.close_tab(tab)
    hands.until(lambda: window.runner.state == "idle", what="let go of")
    assert read_run(going_on).finished is None


def test_a_watched_run_that_falls_silent_ends_with_words(
    window: Window, hands: Hands, going_on: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    answer_next(type_text(""))
    assert follow_folder(window.studio, going_on)
    hands.until(lambda: window.runner.watches_only, what="watched")
    monkeypatch.setattr(liveness, "_silent", lambda found: True)
    hands.until(lambda: window.runner.state == "idle", what="the end")
    assert any(one.startswith("Nothing has moved in the folder of this run for 2 min") for one in told)
