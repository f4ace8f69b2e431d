"""All folds of the data are trained from the window: one run after the other, and a mean with its spread at the end."""

from __future__ import annotations

import statistics

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.text.format import format_spread
from visualnet.training.folds.fold_runs import fold_of
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import read_project


def open_points(window: Window, hands: Hands, epochs: int) -> None:
    """The perceptron on few points, in the workspace Train."""
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Data", lambda p: edits.set_data(p, options={"n": 120}))
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=epochs, device="cpu"))
    window.show_space("train")
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")


def choose_folds(window: Window, hands: Hands, folds: int) -> None:
    """Divide the data in folds, as a person does in the Recipe."""
    section = window.panel("recipe").data
    assert not section.train_folds.isVisible()
    section.division.setFocus()
    section.division.setCurrentIndex(section.division.findData("folds"))
    section.division.activated.emit(section.division.currentIndex())
    hands.studio.do("Folds", lambda p: edits.set_data(p, division_options={**p.data.division_options, "folds": folds}))
    hands.until(lambda: section.train_folds.isEnabled(), what="a button that can be pressed")
    assert section.train_folds.text() == f"Train all {folds} folds"


@pytest.mark.wide
def test_a_run_for_each_fold_and_the_mean_and_spread_of_all(window: Window, hands: Hands) -> None:
    open_points(window, hands, 2)
    choose_folds(window, hands, 3)
    section, runs = window.panel("recipe").data, window.show_panel("runs")
    window.panel("recipe").ensureWidgetVisible(section.train_folds)
    hands.rest()
    QTest.mouseClick(section.train_folds, LEFT)
    assert window.runner.folds.active and not section.train_folds.isEnabled()
    assert runs.folds.isVisible() and "Fold 1 of 3" in runs.folds.words.text() and runs.folds.stop.isVisible()
    hands.until(lambda: not window.runner.folds.active, what="the end of all folds")

    refs = hands.studio.project.runs
    assert [history.title(run) for run in refs] == ["Fold 1 of 3", "Fold 2 of 3", "Fold 3 of 3"]
    assert {run.state for run in refs} == {"done"} and len({fold_of(run).series for run in refs}) == 1
    divided = [read_project(history.folder_of(run)).data.division_options["fold"] for run in refs]
    assert divided == [1, 2, 3] and hands.studio.project.data.division_options.get("fold", 1) == 1
    losses = [run.summary["validation_loss"] for run in refs]
    words = runs.folds.words.text()
    loss = format_spread(statistics.fmean(losses), statistics.stdev(losses))
    assert words.startswith("3 folds, mean ± spread:") and f"Loss {loss}" in words and "Accuracy" in words
    assert not runs.folds.stop.isVisible() and not runs.folds.bar.isVisible()

    # One that is gone on with keeps its fold.
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=3))
    runs.choose(refs[1].id)
    hands.press(runs, "Resume")
    hands.until(lambda: not window.runner.busy and hands.studio.project.runs[1].epochs == 3, what="the third epoch")
    assert hands.studio.project.runs[1].state == "done" and len(hands.studio.project.runs) == 3


@pytest.mark.wide
def test_stopping_ends_all_folds_and_says_how_many_are_done(window: Window, hands: Hands) -> None:
    open_points(window, hands, 100_000)
    choose_folds(window, hands, 4)
    section, runs = window.panel("recipe").data, window.show_panel("runs")
    section.train_folds.setFocus()
    QTest.keyClick(section.train_folds, Qt.Key.Key_Space)
    hands.until(lambda: window.runner.state == "running" and runs.folds.bar.value() >= 0, what="a run")
    # Another project comes to the front: the folds are those of the one behind.
    window.project_files.new()
    assert not window.runner.folds.active
    window.project_files.tabs.step(-1)
    assert window.runner.folds.active
    hands.press(runs, "Stop all folds")
    hands.until(lambda: not window.runner.busy, what="the end")
    assert not window.runner.folds.active and len(hands.studio.project.runs) == 1
    assert "0 of 4 folds are done" in runs.folds.words.text()
