"""The Neural Network Zoo: the gallery is opened, searched and walked through by keys, and a cell is opened as a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import Hands
from visualnet.app.features.zoo.gallery import ZooDialog
from visualnet.app.shell.window import Window


def in_gallery(window: Window, act: Callable[[ZooDialog], None]) -> None:
    """Open the gallery from the menu and act in it while it is open."""
    done: list[bool] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, ZooDialog) or not dialog.cards[0].isVisible():
            QTimer.singleShot(10, look)
            return
        act(dialog)
        done.append(True)
        if dialog.isVisible():
            dialog.reject()

    QTimer.singleShot(0, look)
    window.run_action("help.zoo")
    assert done == [True]


def test_a_cell_is_found_read_and_opened(window: Window, hands: Hands) -> None:
    def act(dialog: ZooDialog) -> None:
        QTest.keyClicks(dialog.search.edit, "neighbours")
        assert [card.cell.name for card in dialog.cards if card.isVisible()] == ["kohonen"]
        assert dialog.title.text() == "Kohonen map" and "1982" in dialog.paper.text()
        QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)

    in_gallery(window, act)
    hands.rest()
    assert hands.studio.project.name == "Kohonen map"
    assert not hands.studio.analysis.problems


@pytest.mark.wide
def test_the_gallery_is_walked_by_keys(window: Window, hands: Hands) -> None:
    def act(dialog: ZooDialog) -> None:
        assert len([card for card in dialog.cards if card.isVisible()]) == 27
        QTest.keyClick(dialog.search.edit, Qt.Key.Key_Down)
        assert dialog.cell.name == "perceptron"
        first = dialog.focusWidget()
        assert first is dialog.cards[0]
        QTest.keyClick(first, Qt.Key.Key_Right)
        assert dialog.cell.name == "feed-forward" and dialog.focusWidget() is dialog.cards[1]
        QTest.keyClick(dialog.cards[1], Qt.Key.Key_Down)
        assert dialog.cell.name not in ("perceptron", "feed-forward")
        QTest.mouseClick(next(c for c in dialog.cards if c.cell.name == "liquid-state"), Qt.MouseButton.LeftButton)
        assert dialog.open_button.isVisible() and "Liquid" in dialog.open_button.toolTip()
        QTest.keyClicks(dialog.search.edit, "no such thing")
        assert dialog.nothing.isVisible() and not dialog.found()
        QTest.keyClick(dialog.search.edit, Qt.Key.Key_Escape)
        assert len(dialog.found()) == 27

    in_gallery(window, act)
