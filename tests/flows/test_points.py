"""Points set by hand while a network trains: exclusive or is solved by one click, and the run takes each new point."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.points.panel import PointsPanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.plane.own_points import OwnPoint, read_points
from visualnet.training.recipe.live_settings import describe_change

RIGHT = Qt.MouseButton.RightButton


def open_points(window: Window, hands: Hands, template: str) -> PointsPanel:
    window.project_files.open_template(template)
    panel = window.show_panel("points")
    assert isinstance(panel, PointsPanel)
    hands.until(lambda: window.runner.why_not() == "" and panel.plane.points, what="the data")
    return panel


def undo(window: Window, hands: Hands) -> None:
    window.activateWindow()
    hands.rest()
    hands.keys("Ctrl+Z")


def place(panel: PointsPanel, x: float, y: float) -> QPoint:
    return panel.plane.place_of(x, y).toPoint()


def kept(window: Window) -> list[OwnPoint]:
    return read_points(str(window.studio.project.data.options["points"]))


@pytest.mark.wide
def test_exclusive_or_is_solved_by_one_click_and_points_are_set_while_it_trains(
    window: Window, hands: Hands, tmp_path: Path
) -> None:
    panel = open_points(window, hands, "points-by-hand")
    runner, plane, told = window.runner, panel.plane, list[str]()
    window.studio.message.connect(lambda kind, words: told.append(words) if kind in ("error", "warning") else None)
    assert (
        panel.advice.isVisible()
        and "cannot divide" in panel.add_layer.parentWidget().findChildren(type(panel.empty.sentence))[0].text()
    )
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.model is not None and len(runner.model.epochs) >= 100, what="100 epochs")
    assert runner.model.epochs[-1].train["accuracy"] <= 0.75, "one line is right on three of four at most"
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    window.show_panel("points")
    hands.press(panel, "Add a hidden layer")
    assert not panel.advice.isVisible() and hands.node("hidden").kind == "linear"
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.state == "running" and runner.model.epochs, what="the second run")
    hands.until(lambda: runner.model.epochs[-1].train["accuracy"] == 1.0, what="accuracy 1")
    window.show_panel("points")
    hands.until(lambda: plane._grid is not None and panel.hidden.stack.currentIndex() == 1, what="both pictures")
    assert panel.hidden.subject == ((hands.node("bend").id,), "y")

    before = kept(window)
    QTest.keyClick(plane, Qt.Key.Key_2)
    QTest.mouseClick(plane, LEFT, NONE, place(panel, 1.2, 1.2))
    (new,) = set(kept(window)) - set(before)
    assert new.label == 1 and abs(new.x - 1.2) < 0.02 and abs(new.y - 1.2) < 0.02
    hands.until(lambda: runner.model.changes, what="the run has taken the point")
    assert [describe_change(one) for one in runner.model.changes[0].changes] == ["data: points changed"]
    start, end = place(panel, new.x, new.y), place(panel, -1.2, 1.1)
    QTest.mousePress(plane, LEFT, NONE, start)
    QTest.mouseMove(plane, (start + end) / 2)
    QTest.mouseMove(plane, end)
    QTest.mouseRelease(plane, LEFT, NONE, end)
    (moved,) = set(kept(window)) - set(before)
    assert moved.label == 1 and abs(moved.x + 1.2) < 0.02
    QTest.mouseClick(plane, RIGHT, NONE, place(panel, moved.x, moved.y))
    assert kept(window) == before
    undo(window, hands)
    assert set(kept(window)) - set(before) == {moved}, "Undo brings it back"
    hands.until(lambda: len(runner.model.changes) >= 2, what="the run has taken what is left in the end")
    epochs = len(runner.model.epochs)
    hands.until(lambda: len(runner.model.epochs) > epochs and runner.model.epochs[-1].train["accuracy"] == 1.0)
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    assert runner.model.troubles == [] and told == []
    project_file.save(tmp_path / "mine.vnet", window.studio.project)
    again = project_file.load(tmp_path / "mine.vnet").data
    assert read_points(str(again.options["points"])) == kept(window)


@pytest.mark.wide
def test_generated_points_become_ones_own_with_the_first_that_is_moved(window: Window, hands: Hands) -> None:
    panel = open_points(window, hands, "perceptron-points")
    first = panel.plane.points[0]
    assert not panel.advice.isVisible(), "two clouds are divided by a line"
    QTest.mouseClick(panel.plane, RIGHT, NONE, place(panel, first.x, first.y))
    options = window.studio.project.data.options
    assert options["shape"] == "own" and len(kept(window)) == 499
    undo(window, hands)
    assert window.studio.project.data.options["shape"] == "blobs" and len(panel.plane.points) == 500
    QTest.keyClick(panel.shapes, Qt.Key.Key_End)
    QTest.keyClick(panel.shapes, Qt.Key.Key_Up)
    assert window.studio.project.data.options["shape"] == "xor" and panel.advice.isVisible()


@pytest.mark.wide
def test_each_class_has_a_button_however_many_there_come_to_be(window: Window, hands: Hands) -> None:
    panel = open_points(window, hands, "perceptron-points")
    for number in (5, 2, 8):
        window.studio.do("Classes", lambda p, n=number: edits.set_data(p, options={**p.data.options, "classes": n}))  # type: ignore[misc]
        hands.rest()
        assert panel.classes is not None and len(panel.classes.words) == panel.plane.classes == number


def test_points_are_set_and_taken_away_by_keys(window: Window, hands: Hands) -> None:
    panel = open_points(window, hands, "points-by-hand")
    before = kept(window)
    panel.plane.setFocus()
    for key in (Qt.Key.Key_2, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(panel.plane, key)
    assert set(kept(window)) - set(before) == {OwnPoint(0.075, 0.075, 1)}
    QTest.keyClick(panel.plane, Qt.Key.Key_Delete)
    assert kept(window) == before
    QTest.mouseClick(panel.clear_button, LEFT)
    assert window.studio.project.data.options["points"] == "" and not panel.plane.points
    hands.until(lambda: "no point is set yet" in window.runner.why_not(), what="why it cannot train")


@pytest.mark.wide
def test_other_networks_are_told_what_points_are_for(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    panel = window.show_panel("points")
    hands.rest()
    assert panel.stack.currentIndex() == 0 and "Points by hand" in panel.empty.sentence.text()
    hands.press(panel, "Open")
    hands.until(lambda: window.studio.project.name == "Points by hand")
    assert panel.stack.currentIndex() == 1
