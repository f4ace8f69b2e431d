"""Each gesture with real events: what it does, that it is one undo step, and that Esc leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.canvas.tools.drop_layer import MIME
from visualnet.core import edits

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Hands = Any


# --- move ---------------------------------------------------------------------------------------------------------------


def test_a_drag_moves_on_the_grid_as_one_step(hands: Hands) -> None:
    before = hands.studio.project
    hands.drag(hands.card("soft"), hands.card("soft") + QPointF(101, 43))
    assert hands.studio.graph.places[hands.id("soft")] == (616.0, 280.0)
    hands.studio.document.undo()
    assert hands.studio.project is before
    item = hands.scene.cards[hands.id("soft")]
    assert (item.x, item.y) == (512.0, 240.0)


def test_moving_is_live_and_leaves_the_document_alone(hands: Hands) -> None:
    before = hands.studio.project
    wire = hands.scene.wires[hands.end("relu1")]
    drawn = wire.path
    hands.press(hands.card("conv1"))
    hands.move(hands.card("conv1") + QPointF(0, 80))
    assert hands.scene.cards[hands.id("conv1")].y == 80
    assert hands.scene.wires[hands.end("relu1")].path != drawn
    assert hands.studio.project is before
    hands.key(Qt.Key.Key_Escape)
    assert hands.scene.cards[hands.id("conv1")].y == 0
    assert hands.studio.project is before
    assert hands.studio.selection == ()
    hands.release(hands.card("conv1") + QPointF(0, 80))
    assert hands.studio.project is before


def test_all_that_is_selected_moves_together(hands: Hands) -> None:
    hands.studio.select([hands.id("soft"), hands.id("sum")])
    hands.drag(hands.card("soft"), hands.card("soft") + QPointF(0, 64))
    places = hands.studio.graph.places
    assert places[hands.id("soft")] == (512.0, 304.0)
    assert places[hands.id("sum")] == (1024.0, 304.0)


# --- select -------------------------------------------------------------------------------------------------------------


def test_clicks_select(hands: Hands) -> None:
    hands.click(hands.card("conv1"))
    assert hands.studio.selection == (hands.id("conv1"),)
    hands.click(hands.card("soft"), SHIFT)
    assert set(hands.studio.selection) == {hands.id("conv1"), hands.id("soft")}
    hands.click(hands.card("soft"), SHIFT)
    assert hands.studio.selection == (hands.id("conv1"),)
    assert hands.scene.marks.selected == {hands.id("conv1")}
    hands.click(QPointF(200, 320))
    assert hands.studio.selection == ()


def test_a_box_selects_what_it_meets(hands: Hands) -> None:
    hands.drag(QPointF(240, -60), QPointF(600, 120))
    assert set(hands.studio.selection) == {hands.id("conv1"), hands.id("relu1")}
    hands.drag(QPointF(480, 200), QPointF(760, 360), SHIFT)
    assert set(hands.studio.selection) == {hands.id("conv1"), hands.id("relu1"), hands.id("soft")}


def test_escape_takes_the_box_back(hands: Hands) -> None:
    hands.studio.select([hands.id("soft")])
    hands.press(QPointF(240, -60))
    hands.move(QPointF(600, 120))
    assert hands.id("conv1") in hands.studio.selection
    hands.key(Qt.Key.Key_Escape)
    assert hands.studio.selection == (hands.id("soft"),)
    assert hands.view.tool is None


# --- wires --------------------------------------------------------------------------------------------------------------


def test_a_wire_from_an_output_to_an_input(hands: Hands) -> None:
    before = hands.studio.project
    hands.drag(hands.port("logits", out=True), hands.port("soft"))
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("logits")
    assert hands.end("soft") in hands.scene.wires
    hands.studio.document.undo()
    assert hands.studio.project is before
    assert hands.end("soft") not in hands.scene.wires


def test_a_wire_drawn_backwards(hands: Hands) -> None:
    hands.drag(hands.port("soft"), hands.port("logits", out=True))
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("logits")


def test_a_wire_dropped_on_a_card_takes_its_free_port(hands: Hands) -> None:
    hands.drag(hands.port("conv1", out=True), hands.card("soft"))
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("conv1")


def test_a_card_that_is_full_gets_a_further_input(hands: Hands) -> None:
    for name in ("conv1", "relu1", "conv1"):
        hands.drag(hands.port(name, out=True), hands.card("sum"))
    graph = hands.studio.graph
    node = graph.named("sum")
    assert node.params["inputs"] == 3
    assert sum(t.node == node.id for t in graph.wires) == 3
    assert len(hands.scene.cards[node.id].inputs) == 3
    hands.studio.document.undo()
    assert "inputs" not in hands.studio.graph.named("sum").params


def test_what_fits_lights_up_while_the_hand_rests(hands: Hands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a large sheet a frame has time for a few ports only; the next frames go on without another move."""
    monkeypatch.setattr("visualnet.analysis.connect.wire_draft.FRAME_S", 0.0)
    hands.press(hands.port("image", out=True))
    hands.move(hands.port("image", out=True) + QPointF(60, 60))
    fitting = hands.scene.marks.fitting
    assert fitting is not None
    likely = hands.view.tool.draft.accept._likely  # type: ignore[union-attr, attr-defined]
    qtbot.waitUntil(lambda: len(likely) >= 5 and not fitting.more)  # type: ignore[attr-defined]
    hands.key(Qt.Key.Key_Escape)


def test_the_label_of_a_wire_that_was_picked_up_is_gone(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    hands.studio.do("Move", lambda p: edits.move(p, "", {hands.id("logits"): (1240, 0)}))
    hands.scene.routes.finish()
    shown: list[str] = []
    monkeypatch.setattr(
        "visualnet.app.canvas.scene.layers.wire_layer.paint_label", lambda p, at, words, *_, **__: shown.append(words)
    )
    hands.view.viewport().grab()
    words = hands.scene.wires[hands.end("logits")].label
    assert words in shown
    hands.press(hands.port("logits"))
    hands.move(hands.port("logits") + QPointF(-60, 60))
    shown.clear()
    hands.view.viewport().grab()
    assert words not in shown
    hands.key(Qt.Key.Key_Escape)


def test_what_fits_lights_up_and_the_rest_is_dimmed(hands: Hands) -> None:
    hands.press(hands.port("image", out=True))
    hands.move(QPointF(300, 200))
    hands.move(hands.port("soft"))
    marks = hands.scene.marks
    marks.fitting.begin_frame()
    assert (hands.id("soft"), hands.scene.cards[hands.id("soft")].inputs[0], False) in marks.fitting
    assert (hands.id("soft"), hands.scene.cards[hands.id("soft")].outputs[0], True) not in marks.fitting
    assert hands.view.tool.draft.hint() == ("→ 1×28×28", "ok")
    hands.key(Qt.Key.Key_Escape)
    assert marks.fitting is None
    assert hands.end("soft") not in hands.studio.graph.wires


def test_a_wire_that_does_not_fit_says_why(hands: Hands) -> None:
    hands.press(hands.port("flatten", out=True))
    hands.move(QPointF(300, 200))
    hands.move(hands.port("conv1"))
    words, meant = hands.view.tool.draft.hint()
    assert meant == "error"
    assert "circle" in words
    hands.release(hands.port("conv1"))
    assert hands.studio.graph.wires[hands.end("conv1")].node == hands.id("image")


def test_a_rank_that_does_not_fit_says_why(hands: Hands) -> None:
    hands.studio.do("Add", lambda p: edits.add_node(p, "", "conv2d", at=(1024, 400), name="late"))
    hands.press(hands.port("logits", out=True))
    hands.move(hands.port("late") + QPointF(-30, -30))
    hands.move(hands.port("late"))
    verdict = hands.view.tool.draft.verdict
    assert not verdict.fits
    assert "10" in verdict.words
    hands.key(Qt.Key.Key_Escape)


def test_a_wire_picked_up_and_dropped_elsewhere_moves(hands: Hands) -> None:
    before = hands.studio.project
    hands.drag(hands.port("logits"), hands.port("soft"))
    wires = hands.studio.graph.wires
    assert hands.end("logits") not in wires
    assert wires[hands.end("soft")].node == hands.id("flatten")
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_a_wire_picked_up_and_dropped_nowhere_goes(hands: Hands) -> None:
    hands.drag(hands.port("logits"), QPointF(300, 300))
    assert hands.end("logits") not in hands.studio.graph.wires
    assert not hands.view.quick_add_popup.isVisible()


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_escape_while_a_wire_is_picked_up(hands: Hands, moves: int) -> None:
    before = hands.studio.project
    hands.press(hands.port("logits"))
    for at in range(moves):
        hands.move(QPointF(300 + 40 * at, 300))
    hands.key(Qt.Key.Key_Escape)
    hands.release(QPointF(300, 300))
    assert hands.studio.project is before
    assert hands.scene.marks.hidden_wire is None


def test_a_wire_dropped_on_empty_canvas_asks_what_to_add(hands: Hands, qtbot: Any) -> None:
    with qtbot.waitSignal(hands.view.wire_dropped):
        hands.drag(hands.port("logits", out=True), QPointF(1200, 420))
    popup = hands.view.quick_add_popup
    assert popup.isVisible()
    kinds = [popup.list.item(i).data(Qt.ItemDataRole.UserRole).entry.kind for i in range(popup.list.count())]
    assert "softmax" in kinds
    assert "conv2d" not in kinds
    QTest.keyClicks(popup.field, "relu")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    added = hands.studio.graph.nodes[hands.studio.selection[0]]
    assert added.kind == "relu"
    assert [s.node for t, s in hands.studio.graph.wires.items() if t.node == added.id] == [hands.id("logits")]


def test_delete_takes_out_a_wire_or_cards(hands: Hands) -> None:
    wire = hands.scene.wires[hands.end("relu1")]
    hands.click(wire.path.pointAtPercent(0.5))
    assert hands.scene.marks.wires == {hands.end("relu1")}
    hands.key(Qt.Key.Key_Delete)
    assert hands.end("relu1") not in hands.studio.graph.wires
    hands.studio.document.undo()
    hands.click(hands.card("relu1"))
    hands.key(Qt.Key.Key_Delete)
    assert "relu1" not in [n.name for n in hands.studio.graph]
    assert len(hands.scene.wires) == 2
    hands.studio.document.undo()
    assert len(hands.scene.wires) == 4


# --- pan and zoom -------------------------------------------------------------------------------------------------------


def wheel(
    hands: Hands,
    at: QPointF,
    turn: int,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    touch: bool = False,
) -> None:
    view = hands.view.viewport()
    phase = Qt.ScrollPhase.ScrollUpdate if touch else Qt.ScrollPhase.NoScrollPhase
    pixels = QPoint(0, turn) if touch else QPoint()
    here = QPointF(at)
    event = QWheelEvent(
        here,
        QPointF(view.mapToGlobal(at.toPoint())),
        pixels,
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        keys,
        phase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_zooms_at_the_pointer(hands: Hands) -> None:
    at = QPointF(300, 200)
    before = hands.view.scene_point(at)
    wheel(hands, at, 120)
    assert hands.view.zoom == pytest.approx(1.2)
    after = hands.view.scene_point(at)
    assert (after - before).manhattanLength() < 1.5


def test_a_trackpad_pans_and_zooms_with_ctrl(hands: Hands) -> None:
    y = hands.view.pose().y
    wheel(hands, QPointF(300, 200), 40, touch=True)
    assert hands.view.pose().y == pytest.approx(y - 40)
    assert hands.view.zoom == 1.0
    wheel(hands, QPointF(300, 200), 120, CTRL, touch=True)
    assert hands.view.zoom > 1.1


def test_middle_drag_pans_and_escape_takes_it_back(hands: Hands) -> None:
    pose = hands.view.pose()
    start = QPointF(700, 300)
    hands.press(start, Qt.MouseButton.MiddleButton)
    hands.move(start + QPointF(50, 20), Qt.MouseButton.MiddleButton)
    assert hands.view.pose().x == pytest.approx(pose.x - 50)
    hands.key(Qt.Key.Key_Escape)
    assert hands.view.pose() == pose


def test_space_and_drag_pans_and_opens_nothing(hands: Hands) -> None:
    x = hands.view.pose().x
    QTest.keyPress(hands.view, Qt.Key.Key_Space)
    hands.press(hands.card("conv1"))
    hands.move(hands.card("conv1") + QPointF(60, 0))
    hands.release(hands.card("conv1"))
    QTest.keyRelease(hands.view, Qt.Key.Key_Space)
    assert hands.view.pose().x == pytest.approx(x - 60)
    assert not hands.view.quick_add_popup.isVisible()
    assert hands.studio.selection == ()


# --- from the palette ---------------------------------------------------------------------------------------------------


def mime(text: str) -> QMimeData:
    data = QMimeData()
    data.setData(MIME, text.encode())
    return data


def drop(hands: Hands, text: str, at: QPointF) -> bool:
    data, here = mime(text), hands.px(at)
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(here, action, data, buttons, keys)
    hands.view.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    hands.view.dropEvent(QDropEvent(QPointF(here), action, data, buttons, keys))
    return True


def test_a_layer_dropped_on_the_sheet(hands: Hands) -> None:
    before = hands.studio.project
    assert drop(hands, "dropout", QPointF(300, 300))
    node = hands.studio.graph.nodes[hands.studio.selection[0]]
    assert node.kind == "dropout"
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_a_layer_dropped_on_a_wire_is_put_in_between(hands: Hands) -> None:
    middle = hands.scene.wires[hands.end("relu1")].path.pointAtPercent(0.5)
    assert drop(hands, "batch_norm2d", middle)
    node = hands.studio.selection[0]
    wires = hands.studio.graph.wires
    assert wires[hands.end("relu1")].node == node
    assert [s.node for t, s in wires.items() if t.node == node] == [hands.id("conv1")]


def test_what_is_no_layer_is_refused(hands: Hands) -> None:
    before = hands.studio.project
    assert not drop(hands, "no_such_layer", QPointF(300, 300))
    assert not drop(hands, "block:missing", QPointF(300, 300))
    assert hands.studio.project is before


def test_a_drag_that_leaves_adds_nothing(hands: Hands) -> None:
    before = hands.studio.project
    data = mime("relu")
    event = QDragEnterEvent(
        QPoint(90, 90), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    hands.view.dragEnterEvent(event)
    assert hands.view.tool is not None
    hands.view.cancel()
    assert hands.view.tool is None
    assert hands.studio.project is before


def test_a_carried_wire_is_the_wire_drawn_anew(hands: Hands) -> None:
    hands.view.select_all()
    hands.drag(hands.card("soft"), hands.card("soft") + QPointF(64, 32))
    for target, wire in hands.scene.wires.items():
        carried = wire.path.pointAtPercent(0.3)
        hands.scene.routes.draw([target])
        assert (wire.path.pointAtPercent(0.3) - carried).manhattanLength() < 1e-6
        assert wire.bounds.contains(carried)
    hands.press(hands.card("soft"))
    hands.move(hands.card("soft") + QPointF(80, 80))
    assert all(w.bounds.contains(w.path.pointAtPercent(0.5)) for w in hands.scene.wires.values())
    area = hands.scene.contents().adjusted(-60, -60, 60, 60)
    assert len(hands.scene.wires_in(area)) == len(hands.scene.wires)
    hands.key(Qt.Key.Key_Escape)
