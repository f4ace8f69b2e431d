"""A lecturer breaks LeNet, looks at what each repair would make of it, takes one, and shows the room the formula."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.flows.hands import Hands
from visualnet.app.features.inspector.explanation_dialog import ExplanationDialog
from visualnet.app.shell.window import Window


def rest_on(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(at, at, QPointF(widget.mapToGlobal(widget.rect().center()))))


def test_break_look_ahead_repair_explain(hands: Hands, window: Window, qtbot: QtBot) -> None:
    window.project_files.open_template("lenet5")
    studio, view = window.studio, window.canvas.view
    view.choose_motion("off")
    whole = studio.project
    studio.select([studio.graph.named("flatten").id])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert studio.analysis.errors()
    broken = studio.project
    hands.keys("F8")
    panel = window.panel("problems")
    assert studio.selection == (panel.model.current.node,)
    qtbot.waitUntil(lambda: bool([b for b in panel.findChildren(QPushButton, "repair") if b.isVisible()]))
    repair = next(b for b in panel.findChildren(QPushButton, "repair") if b.isVisible())
    pose, history = view.pose(), len(studio.document.history)
    rest_on(repair)
    qtbot.waitUntil(lambda: studio.edit_preview is not None)
    assert view.ghosts.isVisible() and any(c.content.shape == "400" for c in view.ghosts.cards.values())
    assert studio.project is broken and len(studio.document.history) == history
    QTest.mouseClick(repair, Qt.MouseButton.LeftButton)
    assert not studio.analysis.errors() and studio.edit_preview is None and not view.ghosts.isVisible()
    assert view.pose().zoom == pose.zoom
    assert len(studio.document.history) == history + 1
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    assert studio.project.graph.wires == whole.graph.wires
    studio.select([studio.graph.named("conv1").id])
    hands.keys("Shift+F1")
    large = window.findChild(ExplanationDialog)
    assert large is not None and large.isVisible()
    assert next(c.why.question for c in large.cards if c.why) == "Why 28×28?"
    assert large.cards[0].typeset.sheet is not None and large.cards[0].typeset.sheet.px > 20
    bar = large.scrolled.verticalScrollBar()
    assert bar.property("idle") is (bar.maximum() == 0), "a bar with nothing to scroll is not seen"
    QTest.keyClick(large, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(ExplanationDialog) is None)


@pytest.mark.wide
def test_f8_shows_the_repairs_where_the_panel_stood_behind_another(hands: Hands, window: Window) -> None:
    window.project_files.open_template("lenet5")
    window.show_space("train")
    hands.rest()
    problems, training = window.spaces.docks["problems"], window.spaces.docks["training"]
    window.actions_.trigger("graph.next_problem")
    hands.rest()
    assert not training.visibleRegion().isEmpty(), "nothing is wrong, so there is nothing to show"
    hands.set_param("conv1", "stride", "3")
    assert problems.visibleRegion().isEmpty()
    window.actions_.trigger("graph.next_problem")
    hands.rest()
    assert not problems.visibleRegion().isEmpty()
    assert window.studio.selection == (hands.node("pool2").id,)
