"""One story for each thing that the canvas is for: adding, wiring, arranging, editing many, and doing it all by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.flows.hands import NONE, Hands
from tests.flows.test_stories import opened
from visualnet.analysis.geometry.boxes import overlap
from visualnet.app.shell.window import Window
from visualnet.core.graph import Port
from visualnet.core.storage import project_file

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def pick(hands: Hands, words: str, modifiers: Qt.KeyboardModifier = NONE) -> str:
    """Type into quick add and take the first; the new node's name. With Shift it becomes a branch."""
    popup = hands.view.quick_add_popup
    assert popup.isVisible()
    QTest.keyClicks(popup.field, words)
    QTest.keyClick(popup.field, Qt.Key.Key_Return, modifiers)
    hands.rest(0.01)
    return hands.studio.graph.nodes[hands.studio.selection[0]].name


def whole(hands: Hands) -> None:
    """What is drawn equals what is saved."""
    project = hands.studio.project
    assert project_file.loads(project_file.dumps(project)) == project
    assert set(hands.view.canvas.cards) == set(hands.studio.graph.nodes)
    assert set(hands.view.canvas.wires) == set(hands.studio.graph.wires)


@pytest.mark.wide
def test_adding(window: Window, hands: Hands) -> None:
    """By double-click, by Space, by a wire let go, into a wire, out of it, from card to card, as a copy, with its parameters."""
    opened(window, hands)
    before = hands.studio.project
    view, area = hands.view, hands.view.canvas.contents()
    hands.view.look(hands.view.pose()._replace(x=area.center().x(), y=area.bottom(), zoom=0.6))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, hands.at(area.left(), area.bottom() + 80))
    conv = pick(hands, "conv 5x5 16 s2")
    params = hands.node(conv).params
    assert (params["out_channels"], params["kernel_size"], params["stride"]) == (16, 5, 2)
    QTest.keyClick(view, Qt.Key.Key_Space)
    relu = pick(hands, "relu")
    assert hands.studio.graph.wires[Port(hands.node(relu).id, "x")].node == hands.node(conv).id
    hands.drag(hands.port(relu, "y", True), hands.at(area.center().x(), area.bottom() + 220))
    pool = pick(hands, "maxpool")
    assert hands.studio.graph.wires[Port(hands.node(pool).id, "image")].node == hands.node(relu).id
    hands.drag(hands.middle(relu), hands.middle(relu) + QPoint(0, 90), ALT)
    assert hands.studio.graph.wires[Port(hands.node(pool).id, "image")].node == hands.node(conv).id, "the wire heals"
    wire = hands.view.canvas.wires[Port(hands.node(pool).id, "image")]
    card = hands.view.canvas.cards[hands.node(relu).id]
    grip = QPointF(card.x + card.width / 2, card.y + 16)
    middle = wire.path.pointAtPercent(0.5)
    to = middle + QPointF(0, 32)  # the wire runs through the card, neither at the pointer nor at the card's middle
    assert abs(middle.y() - (to.y() - 16 + card.height / 2)) > 14
    hands.drag(view.mapFromScene(grip), view.mapFromScene(to))
    assert hands.studio.graph.wires[Port(hands.node(pool).id, "image")].node == hands.node(relu).id, "into the wire"
    count = len(hands.studio.graph.nodes)
    hands.drag(hands.middle(pool), hands.middle(pool) + QPoint(0, 110), CTRL)
    assert len(hands.studio.graph.nodes) == count + 1
    copy = hands.studio.graph.nodes[hands.studio.selection[0]].name
    hands.drag(hands.middle(relu), hands.middle(copy), CTRL | SHIFT)
    assert hands.studio.graph.wires[Port(hands.node(copy).id, "image")].node == hands.node(relu).id, "lazy connect"
    whole(hands)
    while hands.studio.document.undo_label:
        hands.keys("Ctrl+Z")
    assert hands.studio.project is before


def test_wiring(window: Window, hands: Hands) -> None:
    """What fits lights up, the rest says why; a wire that does not fit is mended where it was let go; wires are led over points."""
    opened(window, hands)
    view, scene = hands.view, hands.view.canvas
    area = scene.contents()
    view.fit_at_once()
    view.look(view.pose()._replace(zoom=0.7 * view.zoom))  # with room below
    name = hands.drop_layer("conv2d", area.center().x(), area.bottom() + 120)
    hands.rest()
    view.fit_at_once()
    hands.drag(hands.port("flatten", "y", True), hands.port("conv2", "image", False))
    hands.until(lambda: "circle" in window.toast.text, what="why it was refused")
    assert window.toast._timer.isActive(), "what was refused is said, and leaves by itself"
    start, port = hands.port("fc1", "y", True), view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, start)
    bad = hands.port(name, "image", False)
    for at in (start + QPoint(20, 0), bad):
        QTest.mouseMove(port, at)
        hands.rest(0.02)
    assert scene.marks.fitting is not None
    assert view.tool is not None
    verdict = view.tool.draft.verdict  # type: ignore[attr-defined]
    assert not verdict.fits
    assert verdict.words
    before = hands.studio.project
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, bad)
    hands.until(lambda: view.repairs.isVisible() and view.repairs.found, what="repairs")
    target = Port(hands.node(name).id, "image")
    assert target in scene.failing
    QTest.keyClick(view.repairs, Qt.Key.Key_Return)
    hands.rest(0.02)
    assert not scene.failing
    while hands.studio.project is not before and hands.studio.document.undo_label:
        hands.keys("Ctrl+Z")
    assert hands.studio.project is before
    view.fit_at_once()
    target = Port(hands.node("fc2").id, "x")
    wire = scene.wires[target]
    at = view.mapFromScene(wire.path.pointAtPercent(0.5))
    hands.drag(at, at + QPoint(0, 60))
    assert target in hands.studio.graph.bends
    hands.click("fc1")
    assert scene.marks.flow, "the path of the selected node is tinted"
    scene.routes.finish()
    placed = [pill for _, pill in scene.labels.place(scene.wires.values())]
    assert not any(overlap(a, b) for n, a in enumerate(placed) for b in placed[:n])
    assert not any(scene.covered(pill) for pill in placed)
    whole(hands)


@pytest.mark.wide
def test_selecting_and_arranging(window: Window, hands: Hands) -> None:
    """By kind, up and down the wires; align, tidy, fold, turn; a frame that holds; find; a bookmark."""
    opened(window, hands)
    before = hands.studio.project
    act = window.actions_.trigger
    hands.view.setFocus()
    hands.click("conv1")
    act("select.kind")
    assert {hands.studio.graph.nodes[i].kind for i in hands.studio.selection} == {"conv2d"}
    act("arrange.top")
    act("select.downstream")
    assert hands.node("logits").id in hands.studio.selection
    act("select.family")
    act("graph.fold")
    assert all(hands.studio.graph.nodes[i].collapsed for i in hands.studio.selection)
    act("graph.fold")
    hands.click("fc1")
    act("graph.frame")
    QTest.keyClicks(hands.view.annotation_editor, "Head")
    QTest.keyClick(hands.view.annotation_editor, Qt.Key.Key_Return)
    (frame,) = hands.studio.graph.annotations.values()
    assert frame.text == "Head"
    act("graph.mute")
    assert hands.node("fc1").mode == "mute"
    act("graph.mute")
    hands.studio.select([])
    act("arrange.tidy_down")
    hands.rest(0.3)
    assert hands.studio.graph.direction == "down"
    ys = [hands.studio.graph.places[hands.node(n).id][1] for n in ("conv1", "conv2")]
    assert ys[0] != ys[1]
    act("view.bookmark")
    act("edit.find")
    field = window.canvas.find_bar.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "logits")
    QTest.keyClick(field, Qt.Key.Key_Return)
    hands.rest(0.3)
    assert hands.studio.selection == (hands.node("logits").id,)
    act("view.zoom_selection")
    hands.rest(0.3)
    close = hands.view.zoom
    act("view.next_bookmark")
    hands.rest(0.3)
    assert hands.view.zoom < close
    whole(hands)
    while hands.studio.document.undo_label:
        hands.keys("Ctrl+Z")
    assert hands.studio.project is before


@pytest.mark.wide
def test_editing_many(window: Window, hands: Hands) -> None:
    """All selected nodes at once, a constant for a number, parameters handed on, another kind in its place, live shapes."""
    opened(window, hands)
    act = window.actions_.trigger
    hands.click("conv1")
    hands.click("conv2", SHIFT)
    page = window.panel("inspector").node_page
    page.form.point_at("kernel_size")
    field = page.form.rows["kernel_size"].findChild(QLineEdit)
    assert field is not None
    hands.type_into(field, "3")
    assert [hands.node(n).params["kernel_size"] for n in ("conv1", "conv2")] == [3, 3]
    hands.set_param("conv1", "out_channels", "9")
    facts = hands.studio.facts
    assert facts is not None
    assert facts[hands.node("conv2").id].arriving[0].shape[0] == 9, "what is downstream follows"
    hands.click("conv1")
    act("edit.copy_params")
    hands.click("conv2")
    act("edit.paste_params")
    assert hands.node("conv2").params["out_channels"] == 9
    hands.click("relu1")
    wires = len(hands.studio.graph.wires)
    act("graph.change_kind")
    pick(hands, "gelu")
    assert any(n.kind == "gelu" for n in hands.studio.graph)
    assert len(hands.studio.graph.wires) == wires
    whole(hands)


@pytest.mark.wide
def test_keyboard_and_reach(window: Window, hands: Hands) -> None:
    """A node added, wired, renamed, moved and taken out again with no mouse, on a small screen, and a screen reader hears it."""
    opened(window, hands)
    window.resize(1280, 720)
    hands.rest(0.05)
    view = hands.view
    before = hands.studio.project
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    hands.studio.select([hands.node("logits").id])
    QTest.keyClick(view, Qt.Key.Key_Space)
    name = pick(hands, "softmax", SHIFT)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    assert view.name_editor.isVisible()
    view.name_editor.selectAll()
    QTest.keyClicks(view.name_editor, "chances")
    QTest.keyClick(view.name_editor, Qt.Key.Key_Return)
    assert name not in {n.name for n in hands.studio.graph}
    assert "chances" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    QTest.keyClick(view, Qt.Key.Key_W)
    assert view.accessibleDescription().startswith("wire from logits"), view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    node = hands.node("chances").id
    assert not [t for t in hands.studio.graph.wires if t.node == node]
    hands.studio.select([hands.node("logits").id])
    QTest.keyClick(view, Qt.Key.Key_C)
    assert view.tool is not None
    for _ in range(6):
        if view.tool.over == node:  # type: ignore[attr-defined]
            break
        QTest.keyClick(view, Qt.Key.Key_Down)
    view.tool.aim(node)  # type: ignore[attr-defined]
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert [s.node for t, s in hands.studio.graph.wires.items() if t.node == node] == [hands.node("logits").id]
    hands.studio.select([node])
    QTest.keyClick(view, Qt.Key.Key_H)
    assert hands.node("chances").collapsed
    QTest.keyClick(view, Qt.Key.Key_Delete)
    whole(hands)
    while hands.studio.document.undo_label:
        hands.keys("Ctrl+Z")
    assert hands.studio.project is before
