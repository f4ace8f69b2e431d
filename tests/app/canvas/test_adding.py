"""Adding without aiming: typed parameters, what is used most, into a wire and out of it, joins from card to card, copies by Ctrl."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.counting import count_calls
from visualnet.analysis.connect.layer_search import usage
from visualnet.core import edits
from visualnet.core.edits import bypass
from visualnet.core.graph import Port
from visualnet.core.project import MAIN

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Hands = Any


def test_a_typed_layer_stands_on_the_sheet_with_its_parameters(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_Space)
    popup = hands.view.quick_add_popup
    QTest.keyClicks(popup.field, "conv 5x5 16 s2")
    assert popup.list.item(0).text() == "Conv2d 5×5 · 16 · stride 2"
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    node = hands.studio.graph.nodes[hands.studio.selection[0]]
    assert dict(node.params) == {"kernel_size": 5, "out_channels": 16, "stride": 2}
    hands.studio.document.undo()
    assert node.id not in hands.studio.graph.nodes


def test_what_is_used_most_comes_first_and_is_remembered(hands: Hands) -> None:
    kept: dict[str, Any] = {"gelu": 7, "conv2d": "no number"}
    hands.view.quick_add_popup.remember(kept)
    hands.key(Qt.Key.Key_Space)
    first = hands.view.quick_add_popup.list.item(0).data(Qt.ItemDataRole.UserRole)
    assert first.entry.kind == "gelu"
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    assert kept["gelu"] == 8
    hands.key(Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.quick_add_popup.field, "conv2d")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    assert kept["conv2d"] == 1


def test_a_closed_quick_add_keeps_nothing_of_the_project(hands: Hands) -> None:
    popup = hands.view.quick_add_popup
    hands.key(Qt.Key.Key_Space)
    assert popup._project is hands.studio.project and popup.list.count()
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert popup._project is not hands.studio.project, "its tab may be closed before the next search"
    assert not popup._found and popup._chosen is None and not popup.list.count()
    hands.key(Qt.Key.Key_Space)
    hands.view.hide()
    hands.view.show()
    assert popup.isHidden() and popup._project is not hands.studio.project
    hands.key(Qt.Key.Key_Space)
    assert popup.isVisible() and popup.list.count(), "it opens as ever"


def test_a_key_in_quick_add_is_little_work(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Space)
    field = hands.view.quick_add_popup.field
    work = [count_calls(partial(QTest.keyClicks, field, letter))[1] for letter in "conv 5x5 16 s2"]
    assert max(work) < 10_000  # A fence; what it takes is measured in bench_quick_add.


# --- into a wire, and out of it -----------------------------------------------------------------------------------------


def into_wire(hands: Hands, name: str, wire: Port) -> QPointF:
    grip = hands.card(name)
    middle = hands.scene.wires[wire].path.pointAtPercent(0.5)
    hands.drag(grip, middle)
    return middle


def test_a_card_let_go_over_a_wire_goes_into_it(hands: Hands) -> None:
    before = hands.studio.project
    hands.press(hands.card("soft"))
    middle = hands.scene.wires[hands.end("relu1")].path.pointAtPercent(0.5)
    hands.move(middle)
    assert hands.scene.marks.hover_wire == hands.end("relu1")
    hands.release(middle)
    wires = hands.studio.graph.wires
    assert wires[hands.end("relu1")].node == hands.id("soft")
    assert wires[hands.end("soft")].node == hands.id("conv1")
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_a_card_with_wires_of_its_own_only_moves(hands: Hands) -> None:
    hands.drag(hands.card("flatten"), hands.card("flatten") + QPointF(0, 200))
    wires = dict(hands.studio.graph.wires)
    into_wire(hands, "flatten", hands.end("relu1"))
    assert hands.studio.graph.wires == wires


def test_alt_pulls_a_card_out_and_the_wire_heals(hands: Hands) -> None:
    before = hands.studio.project
    hands.drag(hands.card("relu1"), hands.card("relu1") + QPointF(0, 208), ALT)
    wires = hands.studio.graph.wires
    assert wires[hands.end("flatten")].node == hands.id("conv1")
    assert hands.end("relu1") not in wires
    assert hands.studio.graph.places[hands.id("relu1")][1] > 100
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_escape_while_pulling_out(hands: Hands) -> None:
    before = hands.studio.project
    hands.press(hands.card("relu1"), keys=ALT)
    hands.move(hands.card("relu1") + QPointF(0, 208), keys=ALT)
    hands.key(Qt.Key.Key_Escape)
    assert hands.studio.project is before
    assert hands.scene.cards[hands.id("relu1")].y == 0


def test_several_cards_pulled_out_together(hands: Hands) -> None:
    graph = hands.studio.graph
    after = bypass.detach_nodes(hands.studio.project, MAIN, [graph.named("conv1").id, graph.named("relu1").id]).graph
    assert after.wires[hands.end("flatten")].node == hands.id("image")
    assert after.wires[hands.end("relu1")].node == hands.id("conv1")
    assert hands.end("conv1") not in after.wires


def test_nodes_on_a_circle_can_be_pulled_out(hands: Hands) -> None:
    project = edits.connect(hands.studio.project, MAIN, Port(hands.id("relu1"), "y"), Port(hands.id("conv1"), "image"))
    after = bypass.detach_nodes(project, MAIN, [hands.id("conv1"), hands.id("relu1")]).graph
    assert hands.end("flatten") not in after.wires


# --- joins and copies ---------------------------------------------------------------------------------------------------


def test_a_drag_from_card_to_card_joins_what_fits(hands: Hands) -> None:
    hands.drag(hands.card("logits"), hands.card("soft"), CTRL | SHIFT)
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("logits")
    hands.drag(hands.card("sum"), hands.card("soft"), CTRL | SHIFT)
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("sum")
    hands.studio.document.undo()
    hands.studio.document.undo()
    assert hands.end("soft") not in hands.studio.graph.wires


def test_a_join_that_can_only_be_backwards_is_drawn_backwards(hands: Hands) -> None:
    hands.drag(hands.card("soft"), hands.card("image"), CTRL | SHIFT)
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("image")


def test_ctrl_drag_makes_a_copy(hands: Hands) -> None:
    before = hands.studio.project
    hands.drag(hands.card("soft"), hands.card("soft") + QPointF(0, 160), CTRL)
    graph = hands.studio.graph
    assert len(graph.nodes) == 8
    (copy,) = hands.studio.selection
    assert graph.nodes[copy].kind == "softmax"
    assert graph.places[copy] == (512.0, 400.0)
    assert graph.places[hands.id("soft")] == (512.0, 240.0)
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_ctrl_click_adds_to_the_selection(hands: Hands) -> None:
    hands.click(hands.card("soft"))
    hands.click(hands.card("conv1"), CTRL)
    assert hands.studio.selection == (hands.id("soft"), hands.id("conv1"))
    hands.click(hands.card("conv1"), CTRL)
    assert hands.studio.selection == (hands.id("soft"),)


def test_ctrl_drag_of_a_selection_copies_all_of_it_with_its_wires(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1"), hands.id("relu1")])
    hands.drag(hands.card("relu1"), hands.card("relu1") + QPointF(0, 320), CTRL)
    graph = hands.studio.graph
    a, b = hands.studio.selection
    assert graph.wires[Port(b, "x")].node == a


# --- a wire that does not fit -------------------------------------------------------------------------------------------


def misfit(hands: Hands) -> None:
    hands.studio.do("Add", lambda p: edits.add_node(p, MAIN, "linear", at=(1024, 400), name="head"))
    hands.studio.do("Add", lambda p: edits.add_node(p, MAIN, "conv2d", at=(1280, 0), name="late"))
    hands.view.look(hands.view.pose()._replace(x=1000))
    hands.drag(hands.port("logits", out=True), hands.port("late"))


def test_a_wire_that_does_not_fit_offers_its_repairs(hands: Hands, qtbot: Any) -> None:
    misfit(hands)
    popup = hands.view.repairs
    assert popup.isVisible()
    assert hands.end("late") in hands.scene.failing
    qtbot.waitUntil(lambda: bool(popup.found) or "No small" in popup.hint.text())
    assert popup.found
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert hands.end("late") not in hands.scene.failing
    hands.studio.document.undo()
    assert hands.end("late") in hands.scene.failing


def test_escape_leaves_the_wire_red_and_delete_takes_it_out(hands: Hands) -> None:
    misfit(hands)
    QTest.keyClick(hands.view.repairs, Qt.Key.Key_Escape)
    assert not hands.view.repairs.isVisible()
    assert hands.end("late") in hands.scene.failing
    hands.studio.document.undo()
    hands.drag(hands.port("logits", out=True), hands.port("late"))
    QTest.keyClick(hands.view.repairs, Qt.Key.Key_Delete)
    assert hands.end("late") not in hands.studio.graph.wires


def test_a_wire_that_fits_offers_nothing(hands: Hands) -> None:
    hands.drag(hands.port("logits", out=True), hands.port("soft"))
    assert not hands.view.repairs.isVisible()


def test_kept_counts_add_to_those_of_the_project(hands: Hands) -> None:
    assert usage(hands.studio.project, {"conv2d": 2})["conv2d"] == 3
