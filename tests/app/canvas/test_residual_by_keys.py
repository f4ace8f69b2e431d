"""A residual block drawn by keyboard alone: walk to the sum, wire its open input, take a repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from visualnet.app.canvas.tools.connect_by_keys import ConnectTool
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project

Hands = Any


def residual() -> Project:
    """image → conv1 → relu → conv2 → sum, in one row; the sum's second input is open."""
    project = Project()
    for at, (kind, name) in enumerate(
        (("input", "image"), ("conv2d", "conv1"), ("relu", "relu"), ("conv2d", "conv2"), ("add", "sum"))
    ):
        params = {"kernel_size": 3, "out_channels": 1} if kind == "conv2d" else {}
        project = edits.add_node(project, MAIN, kind, at=(at * 256, 0), name=name, params=params)
    wires = ("image.x", "conv1.image", "conv1.features", "relu.x", "relu.y", "conv2.image", "conv2.features", "sum.x1")
    for source, target in zip(wires[::2], wires[1::2], strict=True):
        ends = [Port(project.graph.named(end.partition(".")[0]).id, end.partition(".")[2]) for end in (source, target)]
        project = edits.connect(project, MAIN, *ends)
    return project


@pytest.fixture
def hands(make: Callable[[Project], Hands]) -> Hands:
    hands = make(residual())
    hands.studio.select([hands.id("sum")])
    return hands


def connecting(hands: Hands) -> ConnectTool:
    """Begin to connect the selected card."""
    hands.view.connect_by_keys()
    assert isinstance(hands.view.tool, ConnectTool)
    return hands.view.tool


def ends(tool: ConnectTool) -> tuple[Port, Port]:
    assert tool.join is not None
    return tool.join.source, tool.join.target


def test_left_walks_over_every_card_beside_a_shortcut(hands: Hands) -> None:
    shortcut = Port(hands.id("image"), "x"), Port(hands.id("sum"), "x2")
    hands.studio.do("Connect", lambda p: edits.connect(p, MAIN, *shortcut))
    for name in ("conv2", "relu", "conv1", "image"):
        hands.key(Qt.Key.Key_Left)
        assert hands.studio.selection == (hands.id(name),)
    for name in ("conv1", "relu", "conv2", "sum"):
        hands.key(Qt.Key.Key_Right)
        assert hands.studio.selection == (hands.id(name),)


def test_a_card_with_an_open_input_looks_for_its_source(hands: Hands) -> None:
    tool, target = connecting(hands), Port(hands.id("sum"), "x2")
    assert ends(tool) == (Port(hands.id("conv2"), "features"), target)
    for name, port in (("relu", "y"), ("conv1", "features"), ("image", "x")):
        hands.key(Qt.Key.Key_Left)
        assert ends(tool) == (Port(hands.id(name), port), target), "whether it fits or not"
    hands.view.look(hands.view.pose()._replace(x=0, zoom=2.0))
    hands.key(Qt.Key.Key_Return)
    assert hands.studio.graph.wires[target] == Port(hands.id("image"), "x")
    assert hands.view.seen.contains(hands.scene.cards[hands.id("sum")].rect), "back to the card that was wired"
    assert hands.view.viewport().rect().contains(hands.view.repairs.geometry()), "and its repairs beside it"


def test_a_card_whose_inputs_are_wired_looks_for_a_target(hands: Hands) -> None:
    hands.studio.select([hands.id("conv2")])
    assert ends(connecting(hands)) == (Port(hands.id("conv2"), "features"), Port(hands.id("sum"), "x2"))


def test_a_card_without_wires_can_still_become_the_source(hands: Hands) -> None:
    hands.studio.do("Add", lambda p: edits.add_node(p, MAIN, "relu", at=(768, 200), name="free"))
    hands.studio.select([hands.id("free")])
    tool, own = connecting(hands), hands.id("free")
    tool.aim(hands.id("sum"))
    assert ends(tool) == (Port(hands.id("sum"), "y"), Port(own, "x"))
    seen = []
    for _ in range(3):
        seen.append(ends(tool))
        hands.key(Qt.Key.Key_Tab)
    assert (Port(own, "y"), Port(hands.id("sum"), "x2")) in seen


def test_the_keys_are_told_while_connecting(hands: Hands) -> None:
    before = hands.view.viewport().grab().toImage()
    connecting(hands)
    hands.view.look(hands.view.pose())
    after = hands.view.viewport().grab().toImage()
    middle, low = after.width() // 2, after.height() - 24
    assert before.pixelColor(middle, low) != after.pixelColor(middle, low)


def test_the_first_down_goes_to_the_second_repair(hands: Hands, qtbot: QtBot) -> None:
    connecting(hands).aim(hands.id("image"))
    hands.key(Qt.Key.Key_Return)
    popup = hands.view.repairs
    qtbot.waitUntil(lambda: len(popup.found) > 1)
    second = popup.found[1].edit(hands.studio.project)
    assert popup.buttons[0].property("kind") == "primary"
    QTest.keyClick(popup, Qt.Key.Key_Down)
    assert popup.buttons[1].property("kind") == "primary"
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert hands.studio.project == second
