"""What the window does for those who work it by keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key) -> None:
    """Press a key wherever the keyboard is."""
    QTest.keyClick(focused(), key)


@pytest.mark.wide
def test_to_the_repairs_and_back_to_the_canvas(window: Window, lenet: Hands) -> None:
    """Ctrl+. goes to the repairs of the problem in front, a digit takes one; Esc gives the keyboard back from every bar."""
    studio, view, conv = lenet.studio, lenet.view, lenet.node("conv1").id
    panel = window.panel("problems")
    window.activateWindow()
    lenet.until(window.isActiveWindow)
    studio.do("Stride", lambda p: edits.set_params(p, "", [conv], {"stride": 3}))
    view.setFocus()
    lenet.keys("F8")
    assert view.hasFocus()
    lenet.keys("Ctrl+.")
    lenet.until(lambda: focused().objectName() == "repair", what="the first repair")
    button = focused()
    assert isinstance(button, QPushButton) and button.text() == panel.rows[0].offered[0].words
    assert "(1)" in button.toolTip() and "Ctrl+." in panel.rows[0].toolTip()
    press(Qt.Key.Key_Escape)
    assert view.hasFocus()
    lenet.keys("Ctrl+.")
    assert focused() is button, "they are found already"
    before, second = studio.project, panel.rows[0].offered[1]
    press(Qt.Key.Key_2)
    assert studio.project == second.edit(before)
    for widget in (window.topbar.findChildren(QToolButton)[-1], *window.topbar.spaces.findChildren(QToolButton)[:1]):
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert not view.hasFocus()
        press(Qt.Key.Key_Escape)
        assert view.hasFocus(), widget


def test_a_new_input_reads_the_data_of_the_project(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    hands.rest()
    before = set(hands.studio.graph.nodes)
    hands.studio.select(())
    hands.view.setFocus()
    press(Qt.Key.Key_Space)
    QTest.keyClicks(focused(), "input")
    press(Qt.Key.Key_Return)
    (new,) = set(hands.studio.graph.nodes) - before
    assert hands.studio.analysis.main.nodes[new].leaving["x"].shape == (2,)
    assert not [p for p in hands.studio.problems() if p.node == new and p.severity == "error"]


@pytest.mark.wide
def test_without_problems_the_key_says_so(window: Window, lenet: Hands) -> None:
    said: list[str] = []
    lenet.studio.message.connect(lambda _severity, words: said.append(words))
    lenet.view.setFocus()
    lenet.keys("Ctrl+.")
    assert said == ["There are no problems."]
    assert lenet.view.hasFocus()
