"""The network is edited in a pause: what it keeps is said before, and the run goes on with it, and back again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.training.runs.change_marks import find_marks
from visualnet.training.runs.run_model import read_run


def paused(window: Window, hands: Hands) -> None:
    """LeNet-5 trains, and is made to wait."""
    window.project_files.open_template("lenet5")
    hands.rest()
    window.studio.do("Set epochs", lambda p: edits.set_recipe(p, epochs=200))
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.model is not None and window.runner.model.step >= 3, what="the first steps")
    QTest.keyClick(window, Qt.Key.Key_F6)
    hands.until(lambda: window.runner.state == "paused", what="the pause")


def step_of(window: Window) -> int:
    model = window.runner.model
    assert model is not None
    return model.step


@pytest.mark.wide
def test_a_layer_is_changed_in_a_pause_and_the_run_goes_on_with_it_and_back(window: Window, hands: Hands) -> None:
    paused(window, hands)
    runner, bar = window.runner, window.panel("training").question
    assert not bar.isVisible()
    hands.set_param("conv1", "kernel_size", "3")
    hands.set_param("conv1", "padding", "1")
    assert bar.isVisible() and bar.words.text() == (
        "The network has changed: conv1 begins anew; 4 other layers keep what they learned."
    )
    step = step_of(window)
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    hands.rest(0.1)
    assert runner.state == "paused" and bar.change.hasFocus(), "first it must be said with which network"
    assert "(Ctrl+Shift+F5)" in bar.change.toolTip() and "conv1 begins anew: its weight was" in bar.words.toolTip()
    bar.menu.aboutToShow.emit()
    first, *others = bar.menu.actions()
    assert first.text() == "conv1 begins anew: its weight was 6×1×5×5, and is 6×1×3×3" and len(others) == 4
    first.trigger()
    assert window.studio.selection == (hands.node("conv1").id,)
    bar.change.setFocus()
    QTest.keyClick(bar.change, Qt.Key.Key_Return)
    hands.until(lambda: runner.state == "running" and step_of(window) > step + 2, what="steps of the changed network")
    assert not bar.isVisible()
    (mark,) = find_marks(runner.model)
    assert mark.step == step and "the network was changed: conv1 begins anew" in mark.words
    assert "earlier" not in window.panel("training").words.full_text and not window.studio.project.readonly

    QTest.keyClick(window, Qt.Key.Key_F6)
    hands.until(lambda: runner.state == "paused", what="the pause")
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    assert f"conv1 gets back its weights from step {step:,}; 4 other layers keep" in bar.words.text()
    later = step_of(window)
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    hands.until(lambda: runner.state == "running" and step_of(window) > later + 2, what="steps of the old network")
    assert [change.back for change in runner.model.networks] == [{}, {"conv1": step}]
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    folder = runner.model.folder
    assert folder is not None and [c.step for c in read_run(folder).networks] == [step, later]


@pytest.mark.wide
def test_the_old_network_can_be_gone_on_with_and_what_cannot_be_changed_is_said(window: Window, hands: Hands) -> None:
    paused(window, hands)
    runner, studio, bar = window.runner, window.studio, window.panel("training").question
    studio.do("Bias", lambda p: edits.set_params(p, MAIN, [hands.node("conv1").id], {"bias": False}))
    assert bar.isVisible()
    step = step_of(window)
    QTest.mouseClick(bar.keep, LEFT)
    hands.until(lambda: runner.state == "running" and step_of(window) > step + 2, what="steps of the old network")
    assert not bar.isVisible() and not runner.model.networks
    QTest.keyClick(window, Qt.Key.Key_F6)
    hands.until(lambda: runner.state == "paused", what="the pause")
    studio.do("Cut", lambda p: edits.disconnect(p, MAIN, next(iter(p.graph.wires))))
    assert "the run cannot go on with it. The network has an error" in bar.words.text() and not bar.change.isEnabled()
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    assert not bar.isVisible()
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")

    studio.do("Bias", lambda p: edits.set_params(p, MAIN, [hands.node("conv1").id], {"bias": False}))
    assert not bar.isVisible()
    window.actions_.trigger("train.resume")
    hands.until(lambda: bar.isVisible(), what="the question")
    assert runner.state == "idle"
    last = step_of(window)
    window.actions_.trigger("train.change_network")
    hands.until(lambda: runner.state == "running" and step_of(window) > last, what="steps of the changed network")
    assert runner.model.networks[-1].anew == {"conv1": "it has no bias any more"}
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
