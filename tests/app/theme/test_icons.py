"""Every icon draws, in the colour asked for, sharp on every screen."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QAction, QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.app.features.registry import FEATURES
from visualnet.app.shell.actions import all_actions
from visualnet.app.theme import icons
from visualnet.app.theme.tokens import DARK, FAMILIES, LIGHT
from visualnet.resources import resource


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    icons.wear(DARK)


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_in_its_colour_and_keeps_its_margin(name: str) -> None:
    image = icons.pixmap(name, 20, "#ff0000", 2.0).toImage()
    assert (image.width(), image.height()) == (40, 40)
    inked = [(x, y) for x in range(40) for y in range(40) if image.pixelColor(x, y).alpha() > 200]
    assert len(inked) > 25
    assert all(image.pixelColor(*place).red() > 200 and image.pixelColor(*place).blue() < 40 for place in inked)


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_of_one_style(name: str) -> None:
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 20 20"' in text and 'stroke-width="1.5"' in text
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= {"none", "currentColor"}


def test_all_that_is_asked_for_is_there() -> None:
    wanted = (
        {spec.icon for spec in all_actions(FEATURES) if spec.icon} | set(FAMILIES) | {"error", "warning", "hint", "ok"}
    )
    assert wanted <= set(icons.names())


def test_a_name_that_is_none_says_so() -> None:
    with pytest.raises(KeyError, match="no icon is called"):
        icons.icon("no-such-icon")


def test_bound_icons_follow_the_theme() -> None:
    owner = QObject()
    action = QAction(owner)
    icons.bind(action, "stop", "text")
    dark_ink = _centre(action)
    icons.wear(LIGHT)
    assert dark_ink == QColor(DARK.text) and _centre(action) == QColor(LIGHT.text)


def test_painting_into_an_area() -> None:
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    icons.paint(painter, "stop", QRectF(20, 20, 20, 20), "accent")
    painter.end()
    assert image.pixelColor(30, 30) == QColor(DARK.accent) and image.pixelColor(5, 5).alpha() == 0


def _centre(action: QAction) -> QColor:
    return action.icon().pixmap(16, 16).toImage().pixelColor(8, 8)
