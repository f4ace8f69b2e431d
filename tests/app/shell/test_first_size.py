"""How large the window is when the program is started for the first time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.main import fit_to_screen


@pytest.mark.parametrize(
    ("screen", "fills"),
    [((1280, 720), True), ((1440, 900), True), ((1920, 1080), False), ((1366, 768), True), ((2560, 1440), False)],
    ids=str,
)
def test_it_fills_a_screen_that_is_smaller(qtbot: QtBot, screen: tuple[int, int], fills: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1440, 900)
    fit_to_screen(window, QSize(*screen))
    assert window.isMaximized() == fills
    assert window.normalGeometry().width() <= screen[0] or not fills
