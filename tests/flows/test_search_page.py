"""Searching in the window: a setting chosen in the Inspector and on the page, trials trained beside the window, the best put in."""

from __future__ import annotations

import gc
from typing import Any
from weakref import ref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.flows.hands import Hands
from tests.flows.monkey.watch import ids_of
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import SearchEntry
from visualnet.training.search import folder as kept
from visualnet.training.search.study import find_best

LEFT = Qt.MouseButton.LeftButton


def open_points(window: Window, hands: Hands, epochs: int) -> Any:
    """A perceptron on sixty points, and its document."""
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Data", lambda p: edits.set_data(p, options={"n": 60}))
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=epochs, device="cpu"))
    return window.studio.document


@pytest.mark.wide
def test_a_search_is_drawn_up_trained_stopped_gone_on_with_and_its_best_put_in(window: Window, hands: Hands) -> None:
    assert not window.actions_["train.search"].isEnabled()
    document = open_points(window, hands, 3)
    hands.click("score")
    form = window.panel("inspector").node_page.form  # type: ignore[attr-defined]
    menu: QMenu = form.menu_for("out_features", form.rows["out_features"])
    entry = next(action for action in menu.actions() if action.text().startswith("Search over"))
    entry.trigger()
    menu.close()
    hands.rest()
    view = window.pages["search"].view  # type: ignore[attr-defined]
    assert window.covered and view.document is document
    assert document.project.search is not None
    assert [one.address for one in document.project.search.entries] == ["score.out_features"]
    assert document.undo_label == "Change the search"
    document.undo()
    assert document.project.search is None and view.space.empty.isVisible() and not view.go.isEnabled()

    view.space.places.setCurrentIndex(view.space.places.findData("lr"))
    QTest.mouseClick(view.space.adder, LEFT)
    hands.type_into(view.space.fields["lr"], "0.1..0.00001")
    assert "more than 0.1" in view.space._words["lr"].text()
    hands.type_into(view.space.fields["lr"], "0.0000001, 0.3")
    assert document.project.search.entries == (SearchEntry(address="lr", choices=(1e-07, 0.3)),)
    view.settings.method.setCurrentIndex(view.settings.method.findData("grid"))
    view.settings.method.activated.emit(view.settings.method.currentIndex())
    assert document.project.search.method == "grid" and not view.settings.trials.isEnabled()

    QTest.mouseClick(view.go, LEFT)
    assert view.go.text() == "Stop" and view.bar.isVisible()
    hands.until(lambda: not view.searcher.running, what="the end of the search")
    outcome = view.searcher.seen.outcome
    assert [trial.state for trial in outcome.trials] == ["done", "done"], view.searcher.words
    assert "2 of 2 trials over" in view.state.text() and view.charts[0].chart is not None
    assert view.table.model().rowCount() == 2 and not view.go.isEnabled() and view.anew.isVisible()

    best = find_best(outcome.trials, outcome.figure.better)
    assert best is not None and f"(trial {best.number})" in view.best.text()
    trials, side = view.table.model(), Qt.ItemDataRole.TextAlignmentRole
    for at in range(trials.columnCount()):
        assert trials.headerData(at, Qt.Orientation.Horizontal, side) == trials.index(0, at).data(side)
    before = document.project
    QTest.mouseClick(view.use, LEFT)
    assert document.project.recipe.lr == best.values["lr"]
    document.undo()
    assert document.project == before, "one step takes it back"

    view.table.choose(2)
    tabs = len(window.project_files.tabs)
    QTest.mouseClick(view.open_one, LEFT)
    hands.until(lambda: window.runner.model is not None, what="the run of the trial")
    assert len(window.project_files.tabs) == tabs + 1 and not window.covered
    assert window.studio.project.name.endswith("trial 2") and window.studio.project.recipe.lr == 0.3
    assert window.runner.model.state == "done" and len(window.runner.model.epochs) == 3


@pytest.mark.wide
def test_closing_the_window_stops_its_search_and_what_was_begun_can_be_gone_on_with(
    window: Window, hands: Hands
) -> None:
    document = open_points(window, hands, 100_000)
    window.actions_.trigger("train.search")
    hands.rest()
    view = window.pages["search"].view  # type: ignore[attr-defined]
    assert "Nothing is varied yet" in view.space.empty.text() and "varies nothing" in view.go.toolTip()
    view.add("lr")
    assert document.project.search.entries[0].log
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: view.searcher.seen is not None and view.searcher.seen.outcome.trials, what="a trial")
    folder = view.searcher.folder
    window.project_files.open_template("lenet5")
    window.actions_.trigger("train.search")
    assert view.document is document, "while it goes on it stays in view"
    view.searcher.wait()
    assert kept.is_to_stop(folder) and kept.count_workers(folder) == 0
    from visualnet.training.search.study import Study

    assert [trial.state for trial in Study(folder).trials()] == ["paused"]


def test_a_closed_project_is_no_longer_offered_for_a_search_nor_held(window: Window, hands: Hands) -> None:
    network = id(open_points(window, hands, 3).project.graph)
    window.actions_.trigger("train.search")
    hands.rest()
    view = window.pages["search"].view  # type: ignore[attr-defined]
    view.add("lr")
    tabs = window.project_files.tabs
    closed = ref(view.document)
    tabs.remove(next(tab for tab in tabs if tab.document is closed()))
    assert view.document is None and not view.space.isEnabled() and view.space.places.count() == 0
    assert view.title.text() == "Search" and not view.space.fields and not view.space.empty.isVisible()
    assert window.strip.isVisible() and window.strip.count() == 1, "the page alone can be closed"
    hands.until(
        lambda: gc.collect() >= 0 and closed() is None and network not in ids_of("visualnet.core.graph.Graph"),
        what="its end",
    )
