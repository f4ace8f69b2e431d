"""Training in a process of its own, through the window: crashes leave the window alone, and a closed window leaves the training alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from tests.flows.hands import Hands
from tests.training.process.conftest import processes
from tests.training.process_server import NEEDS_FORK
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import AT_CLOSING, TRAIN_IN
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.project import DataChoice
from visualnet.core.storage.paths import runs_dir
from visualnet.core.user.settings import Settings
from visualnet.training.process import address

pytestmark = NEEDS_FORK
__all__ = ["processes"]
LONG = 100_000


@pytest.fixture
def points(hands: Hands) -> Hands:
    """Someone in front of a perceptron whose training takes for ever, in a process of its own."""
    hands.window.project_files.open_template("perceptron-points")
    hands.studio.do("Long", lambda p: with_long_run(p))
    hands.window.runner.places.choose("process")
    hands.until(lambda: not hands.window.runner.why_not(), what="the data")
    return hands


def with_long_run(project):  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    recipe = replace(project.recipe, epochs=LONG)
    return replace(project, recipe=recipe, data=DataChoice(name="points", options={"n": 120}))


def menu_of(window: Window, action: str) -> Iterator[QMenu]:
    """The lines of a menu as it opens."""
    menu = window.actions_.submenu(action)
    assert menu is not None
    menu.aboutToShow.emit()
    return menu


@pytest.mark.wide
@pytest.mark.timeout(240)
def test_a_killed_training_leaves_words_and_the_window(window: Window, points: Hands) -> None:
    menu = menu_of(window, "train.place")
    ticked = [line.text() for line in menu.actions() if line.isChecked()]
    assert ticked == ["In a process of its own"]
    assert any("would train in a process of its own: as chosen" in line.text() for line in menu.actions())
    window.actions_.trigger("train.start")
    points.until(lambda: window.runner.state == "running", what="running")
    model = window.runner.model
    assert model is not None
    points.until(lambda: len(model.epochs) > 2, what="epochs")
    window.actions_.trigger("train.pause")
    points.until(lambda: window.runner.state == "paused", what="paused")
    window.actions_.trigger("train.resume")
    points.until(lambda: window.runner.state == "running", what="running again")
    found = address.read(runs_dir() / window.runner.run.folder)
    assert found is not None and found.pid != os.getpid()
    os.kill(found.pid, signal.SIGKILL)
    points.until(lambda: window.runner.state == "idle", what="the end")
    assert "SIGKILL" in window.banner.text
    assert window.runner.model.state == "failed"
    assert window.runner.can_resume()
    window.actions_.trigger("train.resume")
    points.until(lambda: window.runner.state == "running", what="gone on")
    window.actions_.trigger("train.stop")
    points.until(lambda: window.runner.state == "idle", what="stopped")
    assert window.runner.model.state == "stopped"


@pytest.mark.wide
@pytest.mark.timeout(240)
def test_a_window_that_closes_may_leave_its_training_and_another_one_finds_it(
    window: Window, points: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    window.actions_.trigger("train.start")
    points.until(lambda: window.runner.state == "running", what="running")
    run = window.runner.run
    assert run is not None
    folder = runs_dir() / run.folder
    asked: list[str] = []

    def keep(box: QMessageBox) -> int:
        asked.append(box.text())
        (button,) = [one for one in box.buttons() if one.text() == "Keep training"]
        check = box.checkBox()
        assert check is not None
        check.setChecked(True)
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", keep)
    monkeypatch.setattr("visualnet.app.shell.project_files.ProjectFiles.holds_unsaved", staticmethod(lambda tab: False))
    assert window.close()
    assert asked == [f"Keep training {points.studio.project.name}?"]
    assert address.is_running(folder)
    monkeypatch.undo()

    settings = Settings(tmp_path / "settings.json")
    assert settings[AT_CLOSING] == "keep"
    settings[TRAIN_IN] = "auto"
    other = Window(settings, ThemeKeeper(qapp, "light"))
    other.show()
    hands = Hands(other)
    try:
        lines = [line for line in menu_of(other, "train.follow").actions() if line.text() == folder.name]
        assert len(lines) == 1
        lines[0].trigger()
        hands.until(lambda: other.runner.state == "running", what="followed")
        model = other.runner.model
        assert model is not None
        last = model.epochs[-1].epoch
        hands.until(lambda: model.epochs[-1].epoch > last + 3, what="more epochs")
        told = [epoch.epoch for epoch in model.epochs]
        assert told[0] == 1 and told == sorted(set(told)), "in order, no double; of very many not every one is held"
        other.runner.request_probes("test", grid=True)
        hands.until(lambda: other.runner.probes.seen is not None and other.runner.probes.seen.grid, what="a look")
        other.actions_.trigger("train.stop")
        hands.until(lambda: other.runner.state == "idle", what="stopped")
        assert other.runner.model.state == "stopped"
        assert not address.is_running(folder)
    finally:
        monkeypatch.setattr("visualnet.app.shell.project_files.ProjectFiles.may_quit", lambda self: True)
        other.runner.finish()
        other.close()
        other.deleteLater()
        qapp.processEvents()


def test_a_folder_without_a_run_gets_words(window: Window, lenet: Hands, tmp_path: Path) -> None:
    from visualnet.app.features.training_place.follow import follow_folder

    said: list[str] = []
    window.studio.message.connect(lambda severity, words: said.append(words))
    assert not follow_folder(window.studio, tmp_path)
    assert said[-1].startswith("There is no run in")
