"""Experiments in the window: chosen from the gallery, begun and stopped with the mouse, curves, table and pictures seen; one's own kept."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import Hands
from visualnet.app.features.experiments import view as module
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.training.experiments.own import read_own
from visualnet.training.experiments.registry import find_experiments
from visualnet.training.experiments.trials import ExperimentTrial

LEFT = Qt.MouseButton.LeftButton


def shortened(epochs: int) -> dict[str, Any]:
    """All experiments with so many epochs."""

    def make(one: Any) -> Callable[[], Any]:
        return lambda: edits.set_recipe(one.project(), epochs=epochs)

    return {name: replace(one, project=make(one)) for name, one in find_experiments().items()}


def open_page(window: Window, hands: Hands) -> Any:
    window.actions_.trigger("train.experiments")
    hands.rest()
    assert window.covered
    return window.pages["experiments"].view  # type: ignore[attr-defined]


def choose(view: Any, hands: Hands, title: str) -> None:
    """Click an entry of the gallery."""
    gallery = view.gallery.list
    item = gallery.findItems(title, Qt.MatchFlag.MatchExactly)[0]
    QTest.mouseClick(gallery.viewport(), LEFT, pos=gallery.visualItemRect(item).center())
    hands.rest()


@pytest.mark.wide
def test_an_experiment_is_trained_stopped_and_gone_on_with_and_what_came_out_is_seen(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_experiments", lambda: shortened(3))
    view = open_page(window, hands)
    choose(view, hands, "Learning rates: too small, right, too large")
    assert view.title.text().startswith("Learning rates") and "First guess" in view.outcome.verdict.text()
    assert not view.outcome.why.isVisible(), "why is told once something came out"
    view.seeds.setValue(2)
    assert "6 runs" in view.state.text()
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: view.experimenter.model.done >= 1, what="the first run")
    assert view.go.text() == "Stop" and view.bar.isVisible()
    choose(view, hands, "Dropout on and off")
    assert view.experiment.name == "learning-rates", "while it is trained it stays in view"
    hands.until(lambda: view.chart.chart is not None and view.chart.chart.bands[0].x, what="a curve")
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: not view.experimenter.busy, what="its end")
    done = view.experimenter.model.done
    assert view.experimenter.model.state == "stopped" and 1 <= done < 6
    assert view.go.text() == "Go on" and view.anew.isVisible()
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: not view.experimenter.busy, what="the rest")
    model = view.experimenter.model
    assert model.state == "done" and model.done == 6 and view.go.text() == "Start anew"
    table = view.outcome.table
    assert [table.item(at, 0).text() for at in range(table.rowCount())] == ["0.001", "0.1", "10"]
    assert "“0.1” beats" in view.outcome.verdict.text() and "±" in table.item(1, 1).text()
    assert view.outcome.why.isVisible()
    assert {band.name for band in view.chart.chart.bands} == {"0.001", "0.1", "10"}
    assert all(card.chart.chart is not None for card in view.looks.cards)
    view.which.setCurrentIndex(view.which.findText("training and validation loss"))
    view.which.activated.emit(view.which.currentIndex())
    assert len(view.chart.chart.bands) == 6

    folder = model.folder
    choose(view, hands, "Dropout on and off")
    assert view.experimenter.model is None and view.chart.chart is None
    choose(view, hands, "Learning rates: too small, right, too large")
    hands.until(lambda: not view.experimenter.busy, what="what was kept")
    assert view.experimenter.model.folder == folder and view.experimenter.model.done == 6
    assert all(card.chart.chart is not None for card in view.looks.cards)

    tabs = len(window.project_files.tabs)
    QTest.mouseClick(view.looks.cards[2].open, LEFT)
    hands.rest()
    assert not window.covered and len(window.project_files.tabs) == tabs + 1
    assert window.studio.project.recipe.lr == 10.0 and not window.studio.analysis.errors()


@pytest.mark.wide
def test_a_setting_of_an_open_project_is_varied_and_kept_with_it(window: Window, hands: Hands, tmp_path: Path) -> None:
    assert not window.actions_["train.vary"].isEnabled()
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Data", lambda p: edits.set_data(p, options={"n": 60}))
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=2, device="cpu"))
    document = window.studio.document
    window.actions_.trigger("train.vary")
    hands.rest()
    view = window.pages["experiments"].view  # type: ignore[attr-defined]
    form = view.form
    assert form.isVisible() and form.project is document.project
    assert not view.go.isEnabled() and not form.keep.isEnabled()
    form.place_box.setCurrentIndex(form.place_box.findData("lr"))
    assert "now" in form.now.text()
    hands.type_into(form.values, "0.1")
    assert "2 to 8 values" in form.fault.text() and not view.go.isEnabled()
    hands.type_into(form.values, "0.1, 0.000001")
    assert not form.fault.isVisible() and view.go.isEnabled()
    QTest.mouseClick(form.keep, LEFT)
    assert [own.describe() for own in read_own(document.project)[0]] == ["lr: 0.1, 1e-06"]
    assert document.undo_label == "Keep an experiment" and form.kept.count() == 1
    view.seeds.setValue(1)
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: not view.experimenter.busy, what="its end")
    model = view.experimenter.model
    assert model.state == "done" and model.score(ExperimentTrial(0, 0)) is not None
    assert next(band.name for band in view.chart.chart.bands).startswith("0.1")
    form.kept.setCurrentIndex(0)
    QTest.mouseClick(form.remove, LEFT)
    assert read_own(document.project) == ([], [])


@pytest.mark.wide
def test_the_form_keeps_no_project_that_was_closed_and_what_is_written_in_it_while_one_is_open(
    window: Window, hands: Hands
) -> None:
    window.project_files.open_template("perceptron-points")
    document = weakref.ref(window.studio.document)
    project = id(window.studio.document.project)
    window.actions_.trigger("train.vary")
    hands.rest()
    view = window.pages["experiments"].view  # type: ignore[attr-defined]
    form, tabs = view.form, window.project_files.tabs
    form.place_box.setCurrentIndex(form.place_box.findData("lr"))
    hands.type_into(form.values, "0.1, 0.001")
    assert view.experiment is not None
    tabs.show(next(tab for tab in tabs if tab.document is document()))
    hands.rest()
    assert not view.isVisible() and view.experiment is None
    tabs.show_page("experiments")
    hands.rest()
    assert form.values.text() == "0.1, 0.001" and view.experiment is not None, "as it was left"
    window.project_files.close_tab(next(tab for tab in tabs if tab.document is document()))
    tabs.show_page("start_page")
    hands.rest()
    hands.until(lambda: not [t for t in window.findChildren(BackgroundTask) if t.running], what="nothing at work")
    window.collector.collect_all()
    assert document() is None
    assert not [p for p in gc.get_objects() if isinstance(p, Project) and id(p) == project and p.graph.nodes]
    tabs.show_page("experiments")
    hands.rest()
    assert form.project is None and not view.go.isEnabled()


@pytest.mark.wide
def test_nothing_is_trained_beside_a_training(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=100_000, device="cpu"))
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "running", what="a run")
    view = open_page(window, hands)
    told: list[str] = []
    window.studio.message.connect(lambda _, words: told.append(words))
    QTest.mouseClick(view.go, LEFT)
    assert not view.experimenter.busy and "A training goes on" in told[0]


@pytest.mark.wide
def test_closing_the_window_ends_an_experiment(window: Window, hands: Hands) -> None:
    view = open_page(window, hands)
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: bool(view.experimenter.model.runs), what="a run")
    assert window.close()
    assert not view.experimenter.busy
