"""Everything on the canvas by keyboard: wires, their points, frames, notes, ports; and what a screen reader hears."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from visualnet.app.canvas.commands import keyboard_focus
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import MAIN
from visualnet.core.storage import project_file

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Hands = Any


def do(hands: Hands, action: str) -> None:
    hands.do(action)


def said(hands: Hands) -> str:
    return str(hands.view.accessibleDescription())


def test_from_a_card_to_its_wires_and_along_them(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    do(hands, "select.next_wire")
    assert keyboard_focus.selected_wire(hands.view) == hands.end("relu1"), "the wires that leave come first"
    assert said(hands) == "wire from conv1 features to relu1 x, 6×28×28"
    do(hands, "select.next_wire")
    assert keyboard_focus.selected_wire(hands.view) == hands.end("conv1")
    hands.key(Qt.Key.Key_Left)
    assert hands.studio.selection == (hands.id("image"),)
    assert keyboard_focus.selected_wire(hands.view) is None
    do(hands, "select.next_wire")
    hands.key(Qt.Key.Key_Right)
    assert hands.studio.selection == (hands.id("conv1"),)


def test_a_wire_is_deleted_and_something_is_put_into_it(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    do(hands, "select.next_wire")
    hands.key(Qt.Key.Key_Return)
    QTest.keyClicks(hands.view.quick_add_popup.field, "dropout")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    added = hands.studio.selection[0]
    assert hands.studio.graph.wires[hands.end("relu1")].node == added
    do(hands, "select.next_wire")
    hands.key(Qt.Key.Key_Delete)
    assert hands.end("relu1") not in hands.studio.graph.wires


def test_a_wire_is_led_over_points_by_keyboard(hands: Hands) -> None:
    before = hands.studio.project
    hands.studio.select([hands.id("relu1")])
    do(hands, "select.next_wire")
    do(hands, "graph.add_bend")
    assert said(hands).startswith("point 1 of 1 on the wire from relu1")
    for _ in range(4):
        hands.key(Qt.Key.Key_Down, CTRL)
    ((x, y),) = hands.studio.graph.bends[hands.end("flatten")]
    assert (x, y) == (720.0, 72.0)
    hands.view.repaint()
    hands.key(Qt.Key.Key_Right)
    assert hands.studio.selection == (hands.id("flatten"),)
    hands.key(Qt.Key.Key_Escape)
    hands.studio.select([hands.id("relu1")])
    do(hands, "select.next_wire")
    do(hands, "select.next_bend")
    hands.key(Qt.Key.Key_Delete)
    assert not hands.studio.graph.bends
    assert hands.end("flatten") in hands.studio.graph.wires, "the point goes, the wire stays"
    for _ in range(3):
        hands.studio.document.undo()
    assert hands.studio.project is before, "a run of moves is one step"


def test_frames_and_notes_by_keyboard(hands: Hands) -> None:
    area = (488.0, 200.0, 240.0, 160.0)
    hands.studio.do("Frame", lambda p: annotate.add_annotation(p, MAIN, "frame", area, "Head")[0])
    hands.studio.do("Note", lambda p: annotate.add_annotation(p, MAIN, "note", (0, 400, 200, 80), "Why")[0])
    before = hands.studio.project
    do(hands, "select.next_remark")
    assert said(hands) == "frame: Head"
    hands.key(Qt.Key.Key_Right, CTRL)
    hands.key(Qt.Key.Key_Right, CTRL)
    assert hands.studio.graph.places[hands.id("soft")] == (528.0, 240.0), "a frame moves what it holds"
    hands.key(Qt.Key.Key_Down, SHIFT)
    assert hands.studio.graph.annotations["r1"].area == (504.0, 200.0, 240.0, 168.0)
    hands.studio.document.undo()
    hands.studio.document.undo()
    assert hands.studio.project is before
    do(hands, "select.next_remark")
    do(hands, "select.next_remark")
    do(hands, "select.next_remark")
    assert said(hands) == "note: Why"
    hands.key(Qt.Key.Key_Return)
    assert hands.view.annotation_editor.isVisible()
    QTest.keyClick(hands.view.annotation_editor, Qt.Key.Key_Escape)
    hands.key(Qt.Key.Key_Delete)
    assert set(hands.studio.graph.annotations) == {"r1"}


def test_tab_goes_between_ports_while_a_wire_is_drawn(hands: Hands) -> None:
    hands.studio.select([hands.id("logits")])
    hands.view.connect_by_keys()
    tool = hands.view.tool
    tool.aim(hands.id("sum"))
    ports = [tool.join.target.port]
    for _ in range(2):
        QTest.keyClick(hands.view, Qt.Key.Key_Tab)
        ports.append(tool.join.target.port)
    assert set(ports) == set(hands.scene.cards[hands.id("sum")].inputs)
    QTest.keyClick(hands.view, Qt.Key.Key_Backtab, SHIFT)
    assert tool.join.target.port == ports[-2]
    assert hands.view.hasFocus()
    assert not hands.view.quick_add_popup.isVisible()
    assert tool.join.target.port in said(hands)
    wanted = tool.join.target
    hands.key(Qt.Key.Key_Return)
    assert hands.studio.graph.wires[wanted].node == hands.id("logits")


def test_the_menu_key_opens_the_menu_of_what_the_keyboard_is_at(hands: Hands) -> None:
    asked: list[Any] = []
    hands.view.context_menu_requested.connect(lambda menu, hit: asked.append(hit))

    def menu() -> Any:
        at = hands.view.viewport().rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, hands.view.mapToGlobal(at))
        QApplication.sendEvent(hands.view.viewport(), event)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        return asked[-1]

    hands.studio.select([hands.id("image"), hands.id("sum")])
    assert menu().node == hands.id("sum")
    do(hands, "select.next_wire")
    hands.studio.select([hands.id("conv1")])
    do(hands, "select.next_wire")
    assert menu().wire == hands.end("relu1")
    hands.studio.do("Note", lambda p: annotate.add_annotation(p, MAIN, "note", (0, 400, 200, 80), "Why")[0])
    do(hands, "select.next_remark")
    assert menu().annotation == "r1"


@pytest.mark.parametrize("action", ["select.next_wire", "select.next_bend", "select.next_remark", "graph.add_bend"])
def test_with_nothing_there_it_says_what_to_do(hands: Hands, qtbot: Any, action: str) -> None:
    hands.studio.do("Clear", lambda p: edits.remove(p, MAIN, list(p.graph.nodes)))
    before = hands.studio.project
    with qtbot.waitSignal(hands.studio.message) as got:
        do(hands, action)
    assert got.args[0] == "hint"
    assert hands.studio.project is before


def test_add_connect_rename_and_delete_without_a_mouse(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Right)
    hands.studio.select([hands.id("logits")])
    hands.key(Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.quick_add_popup.field, "linear 4")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    hands.key(Qt.Key.Key_F2)
    hands.view.name_editor.setText("head")
    QTest.keyClick(hands.view.name_editor, Qt.Key.Key_Return)
    assert dict(hands.studio.graph.named("head").params) == {"out_features": 4}
    assert hands.studio.graph.wires[hands.end("head")].node == hands.id("logits")
    assert "head" in said(hands)
    hands.key(Qt.Key.Key_Delete)
    assert "head" not in {n.name for n in hands.studio.graph}
    assert project_file.loads(project_file.dumps(hands.studio.project)) == hands.studio.project
