"""Select, arrange, bend, frame, note, mute, change: with real events, each one undo step."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from visualnet.analysis.connect.replace_kind import replace_kind
from visualnet.app.canvas.commands import annotate
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.edits.annotate import add_annotation
from visualnet.core.graph import Port, Topology
from visualnet.core.storage import project_file

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Hands = Any


def do(hands: Hands, action: str) -> None:
    """What the action of the table does."""
    hands.do(action)


def names(hands: Hands) -> set[str]:
    return {hands.studio.graph.nodes[i].name for i in hands.studio.selection}


def pick(hands: Hands, *wanted: str) -> None:
    hands.studio.select([hands.id(name) for name in wanted])


def held(hands: Hands) -> None:
    """The sheet is drawn as the document says, and the document survives its file."""
    hands.scene.settle()
    project = hands.studio.project
    assert project_file.loads(project_file.dumps(project)) == project
    assert set(hands.scene.cards) == set(project.graph.nodes)
    assert set(hands.scene.wires) == set(project.graph.wires)
    assert set(hands.scene.annotations) == set(project.graph.annotations)


# --- selecting ----------------------------------------------------------------------------------------------------------


def test_alt_draws_a_lasso(hands: Hands) -> None:
    hands.press(QPointF(470, 180), keys=ALT)
    for at in ((800, 190), (800, 380), (470, 370), (460, 200)):
        hands.move(QPointF(*at), keys=ALT)
    assert names(hands) == {"soft"}
    hands.release(QPointF(460, 200), keys=ALT)
    assert names(hands) == {"soft"}
    hands.press(QPointF(470, 180), keys=ALT)
    hands.move(QPointF(480, 190), keys=ALT)
    hands.key(Qt.Key.Key_Escape)
    assert names(hands) == {"soft"}


@pytest.mark.parametrize(
    ("action", "start", "wanted"),
    [
        ("select.upstream", "relu1", {"image", "conv1", "relu1"}),
        ("select.downstream", "relu1", {"relu1", "flatten", "logits"}),
        ("select.connected", "relu1", {"image", "conv1", "relu1", "flatten", "logits"}),
        ("select.kind", "relu1", {"relu1"}),
        ("select.family", "relu1", {"relu1", "soft"}),
        ("select.invert", "sum", {"image", "conv1", "relu1", "flatten", "logits", "soft"}),
    ],
)
def test_selecting_by_what_cards_are(hands: Hands, action: str, start: str, wanted: set[str]) -> None:
    pick(hands, start)
    do(hands, action)
    assert names(hands) == wanted


def test_the_path_of_the_selected_card_is_tinted(hands: Hands) -> None:
    pick(hands, "flatten")
    assert hands.scene.marks.flow == set(hands.studio.graph.wires)
    pick(hands, "soft")
    assert not hands.scene.marks.flow
    hands.view.show_path(False)
    pick(hands, "flatten")
    assert not hands.scene.marks.flow
    assert Topology(hands.studio.graph).wires_through(hands.id("image")) == set(hands.studio.graph.wires)


# --- arranging ----------------------------------------------------------------------------------------------------------


def test_align_and_distribute_are_one_step_each(hands: Hands) -> None:
    before = hands.studio.project
    pick(hands, "image", "soft", "sum")
    do(hands, "arrange.top")
    places = hands.studio.graph.places
    assert {places[hands.id(n)][1] for n in ("image", "soft", "sum")} == {0.0}
    do(hands, "arrange.right")
    cards = hands.scene.cards
    assert len({cards[hands.id(n)].x + cards[hands.id(n)].width for n in ("image", "soft", "sum")}) == 1
    hands.studio.document.undo()
    hands.studio.document.undo()
    assert hands.studio.project is before
    pick(hands, "image", "conv1", "logits")
    do(hands, "arrange.across")
    a, b, c = (cards[hands.id(n)] for n in ("image", "conv1", "logits"))
    assert b.x - a.x - a.width == pytest.approx(c.x - b.x - b.width, abs=1)


def test_tidy_of_the_selection_leaves_the_rest(hands: Hands) -> None:
    rest = {n: hands.studio.graph.places[hands.id(n)] for n in ("image", "soft", "sum")}
    hands.drag(hands.card("relu1"), hands.card("relu1") + QPointF(0, 120))
    pick(hands, "conv1", "relu1", "flatten")
    do(hands, "arrange.tidy_selection")
    assert len({hands.studio.graph.places[hands.id(n)][1] for n in ("conv1", "relu1", "flatten")}) == 1
    assert rest == {n: hands.studio.graph.places[hands.id(n)] for n in rest}


def test_tidy_downwards(hands: Hands) -> None:
    do(hands, "arrange.tidy_down")
    ys = [hands.studio.graph.places[hands.id(n)][1] for n in ("image", "conv1", "relu1", "flatten", "logits")]
    assert ys == sorted(ys)
    assert len(set(ys)) == 5
    held(hands)


def test_frames_go_with_their_cards_when_these_are_tidied(hands: Hands) -> None:
    pick(hands, "conv1", "relu1")
    hands.studio.do("Note", lambda p: add_annotation(p, "", "note", (300, 700, 80, 60), "far")[0])
    do(hands, "graph.frame")
    hands.key(Qt.Key.Key_Escape)
    (frame,) = (r for r in hands.scene.annotations.values() if r.annotation.kind == "frame")
    cards = [hands.scene.cards[hands.id(n)] for n in ("conv1", "relu1")]
    rim = hands.scene.contents([c.id for c in cards]).left() - frame.area.left()
    do(hands, "arrange.tidy_down")
    frame = hands.scene.annotations[frame.id]
    assert cards[0].rect.bottom() < cards[1].rect.top()
    assert all(frame.area.contains(c.rect) for c in cards)
    assert hands.scene.contents([c.id for c in cards]).left() - frame.area.left() == rim
    assert not frame.area.intersects(hands.scene.cards[hands.id("flatten")].rect)
    assert [r.area for r in hands.studio.graph.annotations.values() if r.kind == "note"] == [(300, 700, 80, 60)]
    hands.studio.document.undo()
    assert hands.studio.graph.direction != "down"
    assert all(hands.scene.annotations[frame.id].area.contains(c.rect) for c in cards)


def test_a_dragged_card_snaps_to_the_line_of_others(hands: Hands) -> None:
    hands.studio.do("Move", lambda p: edits.move(p, "", {hands.id("sum"): (1027, 240)}))
    hands.press(hands.card("soft"))
    hands.move(hands.card("soft") + QPointF(300, -60))
    hands.move(QPointF(1027 + 84 + 4, 160 + 40))
    assert hands.scene.cards[hands.id("soft")].x == 1027
    assert hands.view.tool.guides.lines
    hands.key(Qt.Key.Key_Escape)


def test_a_drag_at_the_edge_scrolls(hands: Hands) -> None:
    start = hands.view.pose().x
    hands.press(hands.card("soft"))
    edge = hands.view.scene_point(QPointF(hands.view.viewport().width() - 4, 400))
    hands.move(edge)
    for _ in range(5):
        hands.view.autoscroll.tick()
    assert hands.view.pose().x > start + 40
    hands.key(Qt.Key.Key_Escape)
    x = hands.view.pose().x
    hands.view.autoscroll.tick()
    assert hands.view.pose().x == x


# --- bends, frames, notes -----------------------------------------------------------------------------------------------


def test_a_wire_is_led_over_points(hands: Hands) -> None:
    before = hands.studio.project
    wire = hands.end("flatten")
    middle = hands.scene.wires[wire].path.pointAtPercent(0.5)
    hands.drag(middle, middle + QPointF(0, 96))
    (point,) = hands.studio.graph.bends[wire]
    assert point[1] == pytest.approx(middle.y() + 96, abs=8)
    hands.drag(QPointF(*point), QPointF(*point) + QPointF(0, -200))
    assert hands.studio.graph.bends[wire][0][1] < 0
    held(hands)
    at = hands.px(QPointF(*hands.studio.graph.bends[wire][0]))
    QTest.mouseDClick(hands.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert wire not in hands.studio.graph.bends
    for _ in range(3):
        hands.studio.document.undo()
    assert hands.studio.project is before
    hands.studio.document.redo()
    hands.studio.select([hands.id("flatten")])
    do(hands, "graph.straighten")
    assert not hands.studio.graph.bends


def test_escape_while_a_wire_is_bent(hands: Hands) -> None:
    before = hands.studio.project
    wire = hands.end("flatten")
    middle = hands.scene.wires[wire].path.pointAtPercent(0.5)
    hands.press(middle)
    hands.move(middle + QPointF(0, 96))
    assert hands.scene.wires[wire].bends
    hands.key(Qt.Key.Key_Escape)
    assert not hands.scene.wires[wire].bends
    assert hands.studio.project is before


def test_words_of_a_frame_go_where_they_were_begun(hands: Hands) -> None:
    pick(hands, "soft")
    do(hands, "graph.frame")
    QTest.keyClicks(hands.view.annotation_editor, "Stem")
    first = hands.studio.document
    hands.studio.open(Document(first.project))
    assert not hands.view.annotation_editor.isVisible(), "another project is in front"
    assert [r.text for r in first.project.graph.annotations.values()] == ["Stem"]
    assert [r.text for r in hands.studio.graph.annotations.values()] == [""]


def test_a_frame_round_the_selection_moves_with_its_cards(hands: Hands) -> None:
    pick(hands, "soft")
    do(hands, "graph.frame")
    assert hands.view.annotation_editor.isVisible()
    QTest.keyClicks(hands.view.annotation_editor, "Stem")
    QTest.keyClick(hands.view.annotation_editor, Qt.Key.Key_Return)
    (frame,) = hands.studio.graph.annotations.values()
    assert frame.text == "Stem"
    grip = QPointF(frame.area[0] + 40, frame.area[1] + 12)
    hands.drag(grip, grip + QPointF(64, 32))
    assert hands.studio.graph.places[hands.id("soft")] == (576.0, 272.0)
    hands.studio.document.undo()
    assert hands.studio.graph.places[hands.id("soft")] == (512.0, 240.0)
    held(hands)
    hands.click(grip)
    annotate.tint(hands.view, "blue")
    assert hands.studio.graph.annotations[frame.id].colour == "blue"
    hands.key(Qt.Key.Key_Delete)
    assert not hands.studio.graph.annotations
    assert "soft" in [n.name for n in hands.studio.graph]


def test_what_is_written_stays_over_its_place_when_the_view_moves(hands: Hands) -> None:
    view = hands.view
    pick(hands, "soft")
    do(hands, "graph.frame")
    editor = view.annotation_editor
    (frame,) = hands.scene.annotations.values()
    view.zoom_by(0.7)
    view.pan(QPoint(30, -20))
    assert editor.isVisible()
    assert editor.geometry().topLeft() == view.mapFromScene(frame.area.topLeft())
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    view.name_editor.open(hands.id("soft"))
    before, corner = view.name_editor.pos(), hands.scene.cards[hands.id("soft")].rect.topLeft()
    seen = view.mapFromScene(corner)
    view.pan(QPoint(40, 10))
    assert view.name_editor.isVisible()
    assert view.mapFromScene(corner) != seen
    assert view.name_editor.pos() - before == view.mapFromScene(corner) - seen


def test_a_note_in_markdown_is_text_and_nothing_else(hands: Hands) -> None:
    do(hands, "graph.note")
    QTest.keyClicks(hands.view.annotation_editor, "# Why <img src=x onerror=1> **so**")
    QTest.keyClick(hands.view.annotation_editor, Qt.Key.Key_Return, CTRL)
    (item,) = hands.scene.annotations.values()
    words = item.document().toPlainText()
    assert words == "Why <img src=x onerror=1> so"
    corner = item.area.bottomRight() - QPointF(4, 4)
    hands.drag(corner, corner + QPointF(80, 40))
    assert hands.studio.graph.annotations[item.id].area[2] > 330
    held(hands)


def test_escape_leaves_a_note_as_it_was(hands: Hands) -> None:
    do(hands, "graph.note")
    QTest.keyClicks(hands.view.annotation_editor, "lost")
    QTest.keyClick(hands.view.annotation_editor, Qt.Key.Key_Escape)
    assert next(iter(hands.studio.graph.annotations.values())).text == ""


def test_bookmarks(hands: Hands) -> None:
    do(hands, "view.bookmark")
    pose = hands.view.pose()
    hands.view.look(pose._replace(x=5000, zoom=0.5))
    do(hands, "view.next_bookmark")
    assert hands.view.pose().x == pytest.approx(pose.x, abs=1)
    assert hands.view.pose().zoom == pytest.approx(1.0)
    menu = QMenu()
    annotate.fill_bookmarks(hands.view, menu)
    assert [a.text() for a in menu.actions() if a.text()] == ["Bookmark 1", "Forget 1"]
    menu.actions()[-1].trigger()
    assert not hands.studio.graph.bookmarks


# --- what a node is -----------------------------------------------------------------------------------------------------


def test_mute_hands_the_input_on_and_is_undone(hands: Hands) -> None:
    before = hands.studio.project
    pick(hands, "conv1")
    do(hands, "graph.mute")
    assert hands.scene.cards[hands.id("conv1")].content.mode == "mute"
    assert hands.scene.cards[hands.id("relu1")].content.shape == "1×28×28"
    do(hands, "graph.mute")
    assert hands.scene.cards[hands.id("relu1")].content.shape == "6×28×28"
    do(hands, "graph.disable")
    assert hands.scene.cards[hands.id("relu1")].content.badge == "error"
    for _ in range(3):
        hands.studio.document.undo()
    assert hands.studio.project is before
    pick(hands, "image")
    do(hands, "graph.mute")
    assert hands.studio.project is before


def test_weights_are_frozen_and_trained_again_from_the_canvas(hands: Hands) -> None:
    pick(hands, "conv1")
    do(hands, "graph.freeze")
    assert hands.scene.cards[hands.id("conv1")].content.frozen
    do(hands, "graph.freeze")
    assert not hands.scene.cards[hands.id("conv1")].content.frozen
    before = hands.studio.project
    pick(hands, "relu1")
    do(hands, "graph.freeze")
    assert hands.studio.project is before, "it has no weights"


def test_another_kind_in_its_place_keeps_wires_and_shared_parameters(hands: Hands) -> None:
    pick(hands, "conv1")
    do(hands, "graph.change_kind")
    QTest.keyClicks(hands.view.quick_add_popup.field, "max_pool2d")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    graph = hands.studio.graph
    node = graph.nodes[hands.studio.selection[0]]
    assert (node.kind, dict(node.params)) == ("max_pool2d", {"kernel_size": 5, "padding": 2})
    assert [t.node for t, s in graph.wires.items() if s.node == node.id] == [hands.id("relu1")]
    assert len([t for t in graph.wires if t.node == node.id]) == 1
    held(hands)
    hands.studio.document.undo()
    assert hands.studio.graph.named("conv1").kind == "conv2d"


def test_parameters_copied_from_one_node_to_others(hands: Hands) -> None:
    hands.studio.do("Add", lambda p: edits.add_node(p, "", "conv2d", name="other", params={"stride": 2}))
    pick(hands, "conv1")
    do(hands, "edit.copy_params")
    pick(hands, "other", "soft")
    do(hands, "edit.paste_params")
    params = hands.studio.graph.named("other").params
    assert dict(params) == dict(hands.studio.graph.named("conv1").params)
    before = hands.studio.project
    QGuiApplication.clipboard().setText("nothing of ours")
    do(hands, "edit.paste_params")
    assert hands.studio.project is before


def test_dissolve_closes_the_gap(hands: Hands) -> None:
    pick(hands, "relu1")
    do(hands, "edit.dissolve")
    assert hands.studio.graph.wires[hands.end("flatten")].node == hands.id("conv1")


# --- by keyboard --------------------------------------------------------------------------------------------------------


def test_a_wire_by_keyboard(hands: Hands) -> None:
    pick(hands, "logits")
    hands.view.connect_by_keys()
    assert hands.view.tool is not None
    for _ in range(4):
        if hands.view.tool.over == hands.id("soft"):
            break
        hands.key(Qt.Key.Key_Down if hands.view.tool.over == hands.id("relu1") else Qt.Key.Key_Left)
    hands.key(Qt.Key.Key_Return)
    assert hands.view.tool is None
    assert any(s.node == hands.id("logits") for s in hands.studio.graph.wires.values())
    hands.studio.document.undo()
    pick(hands, "logits")
    hands.view.connect_by_keys()
    hands.key(Qt.Key.Key_Escape)
    assert hands.view.tool is None
    assert not any(s.node == hands.id("logits") for s in hands.studio.graph.wires.values())


def test_labels_never_lie_over_each_other(hands: Hands) -> None:
    from PySide6.QtGui import QImage, QPainter

    from visualnet.app.canvas.scene.layers import wire_layer

    drawn: list[Any] = []
    old = wire_layer.paint_label
    wire_layer.paint_label = lambda p, at, text, *rest, **more: (
        drawn.append((at.x(), at.y(), text)) or old(p, at, text, *rest, **more)
    )
    try:
        for name in ("soft", "sum"):
            hands.studio.do("Move", lambda p, n=name: edits.move(p, "", {hands.id(n): (900, 120)}))
        hands.studio.do("Wire", lambda p: edits.connect(p, "", Port(hands.id("conv1"), "features"), hands.end("soft")))
        hands.studio.do("Wire", lambda p: edits.connect(p, "", Port(hands.id("conv1"), "features"), hands.end("sum")))
        image = QImage(1400, 700, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        hands.view.render(painter)
        painter.end()
    finally:
        wire_layer.paint_label = old
    for at, (x, y, text) in enumerate(drawn):
        for u, v, _ in drawn[at + 1 :]:
            assert abs(x - u) > 8 * len(text) * 0.5 or abs(y - v) >= 18


def test_changing_to_a_block_and_back_is_what_ports_allow(hands: Hands) -> None:
    project = hands.studio.project
    after = replace_kind(project, "", [hands.id("relu1")], "gelu")
    assert after.graph.wires == project.graph.wires
    assert replace_kind(after, "", [hands.id("relu1")], "gelu") is after
