"""The steps of the guide, done in a window as the page says; what only a picture shows is done by ``tests/pictures/guide.py``."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core.graph import Port


def leaving(hands: Hands, name: str) -> str:
    """The size at the lower right of a card."""
    facts = hands.studio.facts
    assert facts is not None
    return next(iter(facts[hands.node(name).id].leaving.values())).text


def press_space_and_type(hands: Hands, words: str) -> None:
    """Quick add, and Return."""
    QTest.keyClick(hands.view, Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.quick_add_popup.field, words)
    hands.rest()
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    hands.rest()


def repairs(window: Window) -> list[str]:
    """What the buttons of the panel *Problems* say."""
    panel = window.panel("problems")
    return [b.text() for b in panel.findChildren(QPushButton) if b.isVisible() and b.text()]


def test_getting_started_ask_why_and_break_it(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    hands.set_param("conv1", "padding", "0")
    assert (leaving(hands, "conv1"), leaving(hands, "pool2"), leaving(hands, "flatten")) == ("6×24×24", "16×4×4", "256")
    hands.click("conv1")
    hands.keys("Ctrl+Z")
    assert leaving(hands, "conv1") == "6×28×28"
    hands.set_param("conv1", "stride", "3")
    hands.click("conv1")
    hands.keys("F8")
    assert hands.studio.selection == (hands.node("pool2").id,)
    hands.until(lambda: len(repairs(window)) == 6, what="the six repairs of the picture")
    assert any("would be empty" in label.text() for label in window.panel("problems").findChildren(QLabel))
    hands.press(window.panel("problems"), repairs(window)[0])
    assert not [problem for problem in hands.studio.problems() if problem.severity == "error"]


@pytest.mark.wide
def test_a_network_from_nothing_by_keys_and_one_button_reads_digits(window: Window, hands: Hands) -> None:
    hands.keys("Ctrl+Shift+N")
    hands.until(window.canvas.isVisible)
    hands.view.setFocus()
    for words in ("input", "flatten", "linear 32", "relu", "linear 10"):
        press_space_and_type(hands, words)
    hands.press(window.panel("problems").lacking, "Add loss, target and accuracy")
    hands.until(lambda: not hands.studio.problems(), what="a network that fits")
    hands.view.finish_motion()
    assert hands.view.seen.contains(hands.view.canvas.contents()), "all of it"
    hands.keys("F5")
    hands.until(lambda: len(hands.studio.project.runs) == 1 and window.runner.state == "idle", what="the end")
    accuracy = hands.studio.project.runs[0].summary["validation_accuracy"]
    assert accuracy == pytest.approx(0.9, abs=0.05), "about nine of ten digits"


@pytest.mark.wide
def test_where_newcomers_get_stuck(window: Window, hands: Hands) -> None:
    """The keys after a field; a card that leads somewhere; a layer dropped onto a wire."""
    window.project_files.open_template("mlp-mnist")
    hands.rest()
    hands.set_param("fc1", "out_features", "48")
    hands.click("fc1")
    QTest.keyClick(hands.view, Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.quick_add_popup.field, "dropout")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    hands.rest()
    new = hands.studio.graph.nodes[hands.studio.selection[0]]
    assert Port(hands.node("relu1").id, "x") in hands.studio.graph.wires
    assert hands.studio.graph.wires[Port(hands.node("relu1").id, "x")].node == hands.node("fc1").id, (
        "a branch of its own"
    )
    assert any(new.id == problem.node for problem in hands.studio.problems()), "with a warning"
    hands.keys("Ctrl+Z")
    wire = hands.view.canvas.wires[Port(hands.node("relu1").id, "x")]
    middle = wire.path.pointAtPercent(0.5)
    name = hands.drop_layer("dropout", middle.x(), middle.y())
    assert hands.studio.graph.wires[Port(hands.node("relu1").id, "x")].node == hands.node(name).id, "between"


@pytest.mark.wide
def test_a_number_with_a_point_is_replaced_as_a_whole(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    window.show_space("train")
    hands.rest()
    field = window.panel("recipe").rows["lr"].findChild(QLineEdit)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(field, "0.01")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hands.studio.project.recipe.lr == 0.01


@pytest.mark.wide
def test_blocks_group_repeat_and_say_what_does_not_repeat(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    studio = hands.studio
    studio.select([hands.node(name).id for name in ("conv1", "relu1", "pool1")])
    hands.view.setFocus()
    hands.keys("Ctrl+G")
    (block,) = [node for node in studio.graph.nodes.values() if node.block]
    repeat = window.panel("inspector").node_page.weights.repeat
    for times, fits in (("2", True), ("9", False)):
        hands.click(block.name)
        hands.type_into(repeat, times)
        assert studio.graph.nodes[block.id].repeat == int(times)
        assert fits != any(problem.path and problem.path[0] == block.id for problem in studio.problems()), times
    hands.click(block.name)
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Return")
    assert studio.sheet == block.block
    hands.keys("Ctrl+Shift+Return")
    assert studio.sheet == ""


@pytest.mark.wide
def test_what_the_guide_calls_grey_cannot_be_changed_while_it_runs(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    window.show_space("train")
    hands.rest()
    hands.keys("F5")
    hands.until(lambda: window.runner.state == "running")
    rows = window.panel("recipe").rows
    changed = {"lr", "weight_decay", "momentum", "schedule", "epochs", "clip_norm", "batch_size", "accumulate"}
    assert changed <= {name for name, row in rows.items() if row.isEnabled()}
    grey = {"optimizer", "seed", "device", "precision", "compile", "threads"}
    assert grey <= {name for name, row in rows.items() if not row.isEnabled()}
    hands.keys("F6")
    hands.until(lambda: window.runner.state == "paused")
    hands.keys("Ctrl+F5")
    hands.until(lambda: window.runner.state == "running")
    hands.keys("Shift+F5")
    hands.until(lambda: window.runner.state == "idle")
