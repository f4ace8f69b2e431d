"""Docks come and go with the workspaces; what a person changed is remembered, and can be put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QTabBar

from tests.waiting import settle, until
from visualnet.analysis.geometry.card_detail import ROWS_FROM
from visualnet.app.services.runner import Runner
from visualnet.app.shell.window import Window
from visualnet.app.shell.workspaces import SIZES
from visualnet.app.state.frame_settings import WORKSPACES
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.user.settings import Settings


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    made = Window(Settings(tmp_path / "settings.json"), ThemeKeeper(qapp, "dark"))
    made.resize(1440, 900)
    made.show()
    made.project_files.open_template("lenet5")
    qapp.processEvents()
    yield made
    monkeypatch.setattr(QMessageBox, "exec", lambda self: QMessageBox.StandardButton.Discard)
    made.close()
    made.deleteLater()
    qapp.processEvents()


def shown(window: Window) -> set[str]:
    return {name for name, dock in window.spaces.docks.items() if not dock.isHidden()}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", list(SIZES))
def test_each_shows_what_it_says(window: Window, qapp: QApplication, name: str) -> None:
    window.show_space(name)
    qapp.processEvents()
    assert shown(window) == set(window.spaces.spaces[name].shown)


@pytest.mark.wide
def test_going_round_leaves_no_dead_tab_bars(window: Window, qapp: QApplication) -> None:
    for name in ("build", "train", "inspect", "build", "inspect", "train") * 2:
        window.show_space(name)
        qapp.processEvents()
    titles = [
        tuple(bar.tabText(i) for i in range(bar.count()))
        for bar in window.findChildren(QTabBar)
        if bar.parent() is window and bar.isVisible() and window.rect().intersects(bar.geometry()) and bar.count()
    ]
    assert len(titles) == len(set(titles)), titles


def test_what_was_closed_stays_closed_until_reset(window: Window, qapp: QApplication) -> None:
    window.show_space("train")
    window.spaces.docks["palette"].hide()
    window.show_space("build")
    window.show_space("train")
    assert "palette" not in shown(window)
    window.spaces.reset()
    assert shown(window) == set(window.spaces.spaces["train"].shown)


@pytest.mark.wide
def test_damaged_memory_is_passed_over(window: Window) -> None:
    kept: list[object] = [7, {"shown": 3}, {"shown": ["nothing"], "sizes": {"left": -5}}, {"front": None}]
    for memory in kept:
        window.show_space("build")
        window.settings[WORKSPACES] = {"train": memory}
        window.show_space("train")
        assert shown(window) <= set(window.spaces.docks), memory


@pytest.mark.wide
def test_a_fitted_sheet_stays_fitted_when_docks_come_and_go(window: Window, qapp: QApplication) -> None:
    view = window.canvas.view
    window.show_space("build")
    qapp.processEvents()
    view.fit_at_once()
    window.show_space("train")
    qapp.processEvents()
    view.finish_motion()  # on a slow machine the cards are already on their way to another layout
    view.skip()
    area = view.mapToScene(view.viewport().rect()).boundingRect()
    assert area.contains(view.canvas.contents())
    view.zoom_by(2.0)
    zoom = view.zoom
    window.show_space("build")
    qapp.processEvents()
    assert view.zoom == zoom, "a view that was moved by hand is left alone"


@pytest.mark.wide
def test_a_small_screen_keeps_the_name_and_the_live_cards(window: Window, qapp: QApplication) -> None:
    window.resize(1280, 720)
    window.show_space("build")
    qapp.processEvents()
    window.canvas.view.fit_at_once()
    window.show_space("train")
    qapp.processEvents()
    title = window.topbar.title
    assert title.text() == title.full_text == "LeNet-5", "the project's name is not cut"
    assert window.canvas.view.zoom > ROWS_FROM, "cards stay cards, with room for their pictures"
    settle()  # what the first window of a process finds out about torch draws the buttons once more
    before = window.topbar.spaces.x()
    window.topbar.show_run("running")
    window.topbar.holder.layout().activate()
    window.topbar.layout().activate()
    assert window.topbar.spaces.x() == before, "nothing jumps when training begins"


def test_the_keyboard_goes_from_pause_to_resume_not_to_stop(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    bar, buttons = window.topbar, window.topbar.run_buttons
    state = "idle"
    # The runner itself is said to be in the state: whatever the window looks up of its own accord finds the same.
    monkeypatch.setattr(Runner, "state", property(lambda _runner: state))

    def show(wanted: str) -> None:
        nonlocal state
        state = wanted
        window.runner.state_changed.emit()
        settle()

    window.activateWindow()
    until(window.isActiveWindow, "the keyboard")
    show("idle")
    buttons["train.start"].setFocus()
    for after, wanted in (
        ("starting", bar),
        ("running", buttons["train.pause"]),
        ("paused", buttons["train.resume"]),
        ("running", buttons["train.pause"]),
        ("idle", buttons["train.start"]),
    ):
        show(after)
        assert QApplication.focusWidget() is wanted, after
    window.canvas.view.setFocus()
    show("running")
    assert window.canvas.view.hasFocus(), "who works elsewhere is left alone"
    show("idle")
