"""Adding without aiming: typed parameters, what is used most, into a wire and out of it, joins from card to card, copies by Ctrl."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from visualnet.analysis import infer
from visualnet.analysis.connect.insert_node import fitting_kinds, insert_node
from visualnet.analysis.connect.layer_search import entries, search, usage
from visualnet.analysis.connect.replace_kind import replace_kind
from visualnet.core import edits
from visualnet.core.edits import bypass
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.user import block_library, presets
from visualnet.layers import LAYERS

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Hands = Any


@pytest.mark.parametrize(
    ("query", "kind", "params"),
    [
        ("conv 5x5 16 s2", "conv2d", {"kernel_size": 5, "out_channels": 16, "stride": 2}),
        ("conv 16 3 p1", "conv2d", {"kernel_size": 3, "out_channels": 16, "padding": 1}),
        ("conv x16 3x5", "conv2d", {"kernel_size": (3, 5), "out_channels": 16}),
        ("conv2d k=3 reflect no-bias", "conv2d", {"kernel_size": 3, "padding_mode": "reflect", "bias": False}),
        ("conv kernel_size=7 stride=2", "conv2d", {"kernel_size": 7, "stride": 2}),
        ("conv p=same 3x3", "conv2d", {"padding": "same", "kernel_size": 3}),
        ("linear 10", "linear", {"out_features": 10}),
        ("dropout .3", "dropout", {"p": 0.3}),
        ("max pool 3x3 s2", "max_pool2d", {"kernel_size": 3, "stride": 2}),
        ("lstm 128 2", "lstm", {"hidden_size": 128, "num_layers": 2}),
        ("input 3x32x32", "input", {"size": (3, 32, 32)}),
        ("stage 64", "block:stage", {"channels": 64}),
        ("conv classes", "conv2d", None),
        ("l1", "l1", {}),
        ("conv2d 5x5x5x5", None, None),
        ("relu 5x5", None, None),
        ("relu s2", None, None),
    ],
)
def test_what_is_typed_after_the_name(query: str, kind: str | None, params: dict[str, Any] | None) -> None:
    project = Project(blocks={"stage": Block(params={"channels": 16})})
    found = search(query, entries(project, MAIN), project)
    if params is None:
        assert not [f for f in found if f.given.params and not f.entry.kind.startswith("library:")]
    else:
        assert (found[0].entry.kind, dict(found[0].given.params)) == (kind, params)


def test_a_block_typed_with_a_number_of_times() -> None:
    project = Project(blocks={"stage": Block(params={"channels": 16})})
    (found,) = search("stage x3 channels=8", entries(project, MAIN), project)
    assert (dict(found.given.params), found.given.repeat) == ({"channels": 8}, 3)


def test_a_typed_layer_stands_on_the_sheet_with_its_parameters(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_Space)
    popup = hands.view.popup
    QTest.keyClicks(popup.field, "conv 5x5 16 s2")
    assert popup.list.item(0).text() == "Conv2d 5×5 · 16 · stride 2"
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    node = hands.studio.graph.nodes[hands.studio.selection[0]]
    assert dict(node.params) == {"kernel_size": 5, "out_channels": 16, "stride": 2}
    hands.studio.document.undo()
    assert node.id not in hands.studio.graph.nodes


def test_what_is_used_most_comes_first_and_is_remembered(hands: Hands) -> None:
    kept: dict[str, Any] = {"gelu": 7, "conv2d": "no number"}
    hands.view.popup.kept = kept
    hands.key(Qt.Key.Key_Space)
    first = hands.view.popup.list.item(0).data(Qt.ItemDataRole.UserRole)
    assert first.entry.kind == "gelu"
    QTest.keyClick(hands.view.popup.field, Qt.Key.Key_Return)
    assert kept["gelu"] == 8
    hands.key(Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.popup.field, "conv2d")
    QTest.keyClick(hands.view.popup.field, Qt.Key.Key_Return)
    assert kept["conv2d"] == 1


def test_a_closed_quick_add_keeps_nothing_of_the_project(hands: Hands) -> None:
    popup = hands.view.popup
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


def test_a_key_in_quick_add_takes_no_time(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Space)
    field = hands.view.popup.field
    took = []
    for letter in "conv 5x5 16 s2":
        begin = time.thread_time()
        QTest.keyClicks(field, letter)
        took.append(time.thread_time() - begin)
    assert sorted(took)[len(took) // 2] < 0.06  # A fence; what it takes is measured in bench_quick_add.


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


def test_the_library_s_blocks_are_offered_where_they_fit() -> None:
    project = edits.add_node(Project(), MAIN, "input", params={"size": (64, 8, 8)})
    project = edits.add_node(project, MAIN, "input", params={"size": (16, 64), "field": "words"})
    analysis = infer(project)
    maps = fitting_kinds(project, MAIN, (), analysis, Port("n1", "x"), None)
    words = fitting_kinds(project, MAIN, (), analysis, Port("n2", "x"), None)
    assert maps is not None
    assert words is not None
    assert "library:squeeze_excitation" in maps
    assert "library:transformer_encoder" not in maps
    assert "library:transformer_encoder" in words
    assert "library:squeeze_excitation" not in words
    every = {e.kind for e in entries(project, MAIN)}
    assert {"library:squeeze_excitation", "library:transformer_encoder"} <= every
    brought, kind = block_library.bring(project, "library:squeeze_excitation")
    assert "library:squeeze_excitation" not in {e.kind for e in entries(brought, MAIN)}, "it is the project's own now"
    assert kind in {e.kind for e in entries(brought, MAIN)}


def test_a_preset_is_an_entry_of_its_own() -> None:
    presets.keep("conv2d", "stem", {"kernel_size": 7, "stride": 2})
    presets.keep("conv2d", "narrow", {"out_channels": 4})
    presets.begin_with("conv2d", "stem")
    project = Project()
    best = search("stem", entries(project, MAIN), project)[0]
    assert (best.entry.kind, best.entry.label) == ("conv2d", "Conv2d: stem")
    assert best.entry.preset == {"kernel_size": 7, "stride": 2}
    narrow = search("narrow", entries(project, MAIN), project)[0].entry
    assert narrow.preset["out_channels"] == 4
    assert LAYERS["conv2d"]({**narrow.preset}).values()["stride"] == (1, 1), "what “stem” sets is not carried over"
    typed = search("stem 16", entries(project, MAIN), project)[0]
    assert typed.given.params == {"out_channels": 16}


def test_a_custom_layer_goes_into_a_wire_by_the_ports_that_its_line_names() -> None:
    nodes = {"n1": Node(id="n1", kind="input", name="image"), "n2": Node(id="n2", kind="flatten", name="flat")}
    project = Project(graph=Graph(nodes, {Port("n2", "x"): Port("n1", "x")}))
    presets.keep("python", "halves", {"sizes": "image: C H W -> small: C H//2 W//2"})
    presets.begin_with("python", "halves")
    after, new = insert_node(project, MAIN, (), infer(project), "python", (0, 0), insert=Port("n2", "x"))
    assert after.graph.wires == {Port(new, "image"): Port("n1", "x"), Port("n2", "x"): Port(new, "small")}


def test_another_kind_takes_the_wires_of_ports_that_a_line_names() -> None:
    nodes = {
        "n1": Node(id="n1", kind="input", name="image"),
        "n2": Node(id="n2", kind="python", name="mine", params={"sizes": "image: C H W -> small: C H//2 W//2"}),
        "n3": Node(id="n3", kind="flatten", name="flat"),
    }
    project = Project(graph=Graph(nodes, {Port("n2", "image"): Port("n1", "x"), Port("n3", "x"): Port("n2", "small")}))
    after = replace_kind(project, MAIN, ["n2"], "relu")
    assert after.graph.wires == {Port("n2", "x"): Port("n1", "x"), Port("n3", "x"): Port("n2", "y")}
