"""The same gestures on a block's sheet and with a trackpad."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.shell.project_files import templates
from visualnet.core.graph import Port
from visualnet.core.storage import project_file

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Hands = Any


@pytest.fixture
def block(make: Any) -> Hands:
    """The residual block, open as a person opens it: with Enter on one of its uses."""
    hands = make(project_file.load(templates()["resnet-small"]))
    stage = hands.studio.graph.named("stage1")
    hands.studio.select([stage.id])
    hands.key(Qt.Key.Key_Return)
    assert hands.studio.sheet == stage.block
    at = hands.scene.contents().center()
    hands.view.look(Pose(at.x(), at.y(), 0.9))
    return hands


def named(hands: Hands, kind: str) -> str:
    return str(next(n.name for n in hands.studio.graph if n.kind == kind))


def test_ctrl_drag_duplicates_inside_a_block(block: Hands) -> None:
    name, before = named(block, "conv2d"), set(block.studio.graph.nodes)
    block.drag(block.card(name), block.card(name) + QPointF(0, 160), keys=CTRL)
    (new,) = set(block.studio.graph.nodes) - before
    assert block.studio.graph.nodes[new].kind == "conv2d"
    assert dict(block.studio.graph.nodes[new].params) == dict(block.studio.graph.named(name).params)
    block.studio.document.undo()
    assert set(block.studio.graph.nodes) == before


def test_alt_drag_heals_inside_a_block(block: Hands) -> None:
    name = named(block, "relu")
    node = block.id(name)
    into = next(s for t, s in block.studio.graph.wires.items() if t.node == node)
    after = next(t for t, s in block.studio.graph.wires.items() if s.node == node)
    block.drag(block.card(name), block.card(name) + QPointF(0, 240), keys=ALT)
    assert block.studio.graph.wires[after] == into
    assert not [t for t, s in block.studio.graph.wires.items() if node in (t.node, s.node)]


def test_a_card_let_go_over_a_wire_goes_into_it_inside_a_block(block: Hands) -> None:
    name = named(block, "relu")
    node = block.id(name)
    block.drag(block.card(name), block.card(name) + QPointF(0, 240), keys=ALT)
    conv = block.id(named(block, "conv2d"))
    wire = next(t for t, s in block.studio.graph.wires.items() if s.node == conv)
    path = block.scene.wires[wire].path
    block.drag(block.card(name), path.pointAtPercent(0.5))
    assert block.studio.graph.wires[Port(node, block.scene.cards[node].inputs[0])].node == conv
    assert block.studio.graph.wires[wire].node == node


def test_a_wire_dropped_on_empty_canvas_offers_what_fits_inside_a_block(block: Hands) -> None:
    name = named(block, "conv2d")
    start = block.port(name, out=True)
    area = block.scene.contents()
    block.drag(start, QPointF(area.center().x(), area.bottom() + 100))
    popup = block.view.quick_add_popup
    assert popup.isVisible()
    QTest.keyClicks(popup.field, "batch")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    added = block.studio.selection[0]
    assert block.studio.graph.nodes[added].kind.startswith("batch_norm2d")
    assert block.studio.graph.wires[Port(added, block.scene.cards[added].inputs[0])].node == block.id(name)


def test_a_pinch_zooms_where_the_fingers_are(block: Hands) -> None:
    at = QPointF(300, 200)
    fixed, zoom = block.view.scene_point(at), block.view.zoom
    device = QPointingDevice.primaryPointingDevice()
    far = QPointF(block.view.viewport().mapToGlobal(at.toPoint()))
    for value in (0.1, 0.1):
        kind = Qt.NativeGestureType.ZoomNativeGesture
        event = QNativeGestureEvent(kind, device, 2, at, at, far, value, QPointF())
        QApplication.sendEvent(block.view.viewport(), event)
    assert block.view.zoom == pytest.approx(zoom * 1.21, rel=1e-6)
    assert (block.view.scene_point(at) - fixed).manhattanLength() < 3


def test_two_fingers_pan(block: Hands) -> None:
    before = block.view.pose()
    at = QPointF(300, 200)
    far = QPointF(block.view.viewport().mapToGlobal(at.toPoint()))
    for phase in (Qt.ScrollPhase.ScrollBegin, Qt.ScrollPhase.ScrollUpdate, Qt.ScrollPhase.ScrollEnd):
        pixels = QPoint(-30, 12) if phase != Qt.ScrollPhase.ScrollEnd else QPoint()
        event = QWheelEvent(
            at, far, pixels, pixels * 2, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, phase, False
        )
        QApplication.sendEvent(block.view.viewport(), event)
    after = block.view.pose()
    assert after.zoom == before.zoom
    assert (after.x - before.x) * after.zoom == pytest.approx(60, abs=2)
    assert (after.y - before.y) * after.zoom == pytest.approx(-24, abs=2)
