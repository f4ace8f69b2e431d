"""A card with a fault is red in every theme, and marked so that it is found without seeing red."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from visualnet.app.canvas.scene import node_painter
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.theme.tokens import THEMES, Theme, contrast
from visualnet.core.graph import Node

each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)


def card(badge: str, folded: bool = False) -> NodeItem:
    item = NodeItem(Node(id="n1", kind="relu", name="pool2"), (0.0, 0.0))
    item.content = item.content._replace(name="pool2", line="Max pool 2×2", shape="?", badge=badge, collapsed=folded)
    item.version = 1
    item._resize()
    return item


def picture(item: NodeItem, theme: Theme, far: bool = False) -> QImage:
    image = QImage(int(item.width) + 20, int(item.height) + 20, QImage.Format.Format_ARGB32)
    image.fill(QColor(theme.canvas))
    painter = QPainter(image)
    painter.translate(10, 10)
    node_painter.paint_block(painter, item, theme, 0.3) if far else node_painter.paint_card(painter, item, theme)
    painter.end()
    return image


def near(image: QImage, x: float, y: float, colour: str) -> bool:
    seen, wanted = image.pixelColor(10 + int(x), 10 + int(y)), QColor(colour)
    return max(abs(a - b) for a, b in zip(seen.getRgb()[:3], wanted.getRgb()[:3], strict=True)) < 12


@each_theme
def test_the_edge_and_the_head_are_red(theme: Theme, qtbot: QtBot) -> None:
    failing, well = picture(card("error"), theme), picture(card(""), theme)
    item = card("error")
    edges = [(item.width / 2, item.height - 3), (item.width - 3, item.height - 14)]
    assert all(near(failing, *at, theme.error) for at in edges)
    assert not any(near(well, *at, theme.error) for at in edges)
    head = item.width / 2, 7
    assert near(failing, *head, node_painter.alarm_ground(theme))
    assert not near(well, *head, node_painter.alarm_ground(theme))
    folded = picture(card("error", folded=True), theme)
    assert near(folded, card("error", folded=True).width / 2, 8, node_painter.alarm_ground(theme))
    warned = picture(card("warning"), theme)
    assert not any(near(warned, *at, theme.error) for at in edges)


@each_theme
def test_its_words_can_be_read_on_the_red(theme: Theme) -> None:
    ground = node_painter.alarm_ground(theme)
    assert contrast(theme.text, ground) >= (7 if theme.strong else 4.5)
    assert contrast(theme.error, ground) >= 3  # the octagon
    assert contrast(theme.error, theme.canvas) >= 3  # the edge


@each_theme
def test_the_mark_is_larger_than_that_of_a_hint(theme: Theme, qtbot: QtBot) -> None:
    def ink(badge: str) -> int:
        image, plain = picture(card(badge), theme), picture(card(""), theme)
        colour = QColor(theme.colour(badge)).rgb()
        width = int(card("").width)
        rows = ((x, y) for x in range(width - 30, width + 6) for y in range(16, 42))
        return sum(image.pixel(*at) == colour != plain.pixel(*at) for at in rows)

    assert ink("error") > 1.3 * ink("hint")


@each_theme
def test_from_afar_the_block_is_red_and_carries_the_sign(theme: Theme, qtbot: QtBot) -> None:
    item = card("error")
    image = picture(item, theme, far=True)
    assert near(image, 20, item.height / 2, theme.error)
    sign = node_painter._far_badge(item, 0.3)
    around = sign.left() - 3, sign.center().y()  # the ground round the sign sets it off from the red
    assert near(image, *around, theme.canvas)
