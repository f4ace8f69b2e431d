"""Text on the canvas can be read: measured in px of the screen, by what the painter is asked to write and by what stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.analysis.geometry.card_detail import LABEL_FROM, LEAST_PX, OVERVIEW_PX, least_text_px
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.commands import arrange
from visualnet.app.canvas.scene import node_painter
from visualnet.app.canvas.scene.painting import font_and_metrics, ink_on
from visualnet.app.canvas.view import CanvasView
from visualnet.app.shell.project_files import templates
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import DARK, THEMES, luminance
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.templates.index import template_list

Hands = Any
VIEWS = {
    "build at 1440×900": (922, 663),
    "train at 1440×900": (922, 538),
    "build at 1280×720": (762, 483),
    "train at 1280×720": (762, 358),
}
"""The room that the canvas has in the window."""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Every text that a card is written with, and its size in px of the screen."""
    found: list[tuple[str, float]] = []
    paint = node_painter.paint_text

    def note(p: QPainter, area: QRectF, text: str, colour: str, px: int, *rest: Any, **more: Any) -> None:
        if text:
            found.append((text, px * p.worldTransform().m11()))
        paint(p, area, text, colour, px, *rest, **more)

    monkeypatch.setattr(node_painter, "paint_text", note)
    return found


def texts_at(view: CanvasView, written: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """What the cards say as the view looks now."""
    view._rested()
    view.canvas.card_layer.sprites.clear()
    written.clear()
    view.grab()
    return list(written)


def open_template(view: CanvasView, name: str) -> None:
    """As the window does."""
    view.studio.open(Document(project_file.load(templates()[name])))
    arrange.arrange_opened(view)
    view.fit_at_once()


@pytest.mark.wide
@pytest.mark.parametrize("room", ["build at 1440×900", "train at 1280×720"])
def test_every_template_can_be_read_at_first_sight(make: Callable[[Project], Hands], written: Any, room: str) -> None:
    view = make(Project()).view
    view.resize(*VIEWS[room])
    for name in [t.name for t in template_list() if not t.of]:
        open_template(view, name)
        assert not view.studio.document.modified, "opening is no edit"
        least = LEAST_PX if view.zoom >= 0.3 else OVERVIEW_PX
        texts = texts_at(view, written)
        assert view.zoom < LABEL_FROM or texts, name
        assert all(px >= least - 1e-6 for _, px in texts), (name, view.zoom, min(texts, key=lambda t: t[1]))
        assert view.seen.contains(view.canvas.contents())
        assert not view._covers_card(view.totals.geometry()) or not view.totals.isVisible(), name


@pytest.mark.parametrize(
    ("name", "room", "least"),
    [
        ("lenet5", "build at 1440×900", 0.75),
        ("lenet5", "train at 1440×900", 0.7),
        ("alexnet", "build at 1440×900", 0.6),
        ("resnet-50", "build at 1440×900", 0.7),
        ("bert-base", "build at 1440×900", 0.6),
        ("unet", "build at 1440×900", LABEL_FROM),
    ],
)
def test_known_networks_open_large(make: Callable[[Project], Hands], name: str, room: str, least: float) -> None:
    view = make(Project()).view
    view.resize(*VIEWS[room])
    open_template(view, name)
    assert view.zoom >= least


def test_the_skip_wires_of_unet_are_level(make: Callable[[Project], Hands]) -> None:
    view = make(Project()).view
    for name, first in (("unet", "crop"), ("unet-padded", "down")):
        open_template(view, name)
        cards = {card.node.name: card for card in view.canvas.cards.values()}
        for level in "1234":
            source, target = cards[first + level], cards["beside" + level]
            assert source.wire_end(source.outputs[0], True)[1] == target.wire_end("x1", False)[1]


def test_a_persons_arrangement_is_opened_as_it_was_saved(make: Callable[[Project], Hands], tmp_path: Path) -> None:
    document = Document(project_file.load(templates()["alexnet"]))
    document.save(tmp_path / "mine.vnet")
    view = make(Project()).view
    view.resize(*VIEWS["build at 1440×900"])
    view.studio.open(Document.open(tmp_path / "mine.vnet"))
    before = view.studio.graph.places
    arrange.arrange_opened(view)
    assert view.studio.graph.places == before
    open_template(view, "alexnet")
    assert view.studio.graph.places != before, "a template is laid out for the view"


def test_tidy_leaves_nothing_out_of_view(hands: Hands) -> None:
    hands.view.resize(700, 600)
    hands.view.look(Pose(0, 0, 1.5))
    hands.view.tidy()
    hands.view.finish_motion()
    assert hands.view.seen.contains(hands.scene.contents())


def test_what_was_all_in_view_stays_in_view_when_cards_come(hands: Hands) -> None:
    hands.view.fit_at_once()
    hands.studio.do("Add", lambda p: edits.add_node(p, "", "relu", at=(4000, 900)))
    hands.view.finish_motion()
    assert hands.view.seen.contains(hands.scene.contents())


def test_text_on_cards_grows_with_all_text(hands: Hands, written: Any, qapp: QApplication) -> None:
    hands.view.fit_at_once()
    for per_cent in (100, 150, 200):
        fonts.choose_size(qapp, per_cent)
        hands.studio.set_theme(DARK)
        for zoom in (0.3, 0.5, 0.8, 1.0, 1.5):
            factor = fonts.factor()
            hands.view.look(Pose(640, 160, zoom * factor))
            texts = texts_at(hands.view, written)
            assert texts and min(px for _, px in texts) >= LEAST_PX * factor - 1e-6, (per_cent, zoom)


def test_all_blocks_have_labels_of_one_size(hands: Hands, written: Any) -> None:
    for zoom in (0.2, 0.3, 0.4):
        hands.view.look(Pose(640, 160, zoom))
        texts = texts_at(hands.view, written)
        assert len(texts) > 3 and len({round(px, 6) for _, px in texts}) == 1


@pytest.mark.parametrize("zoom", [0.2, 0.3])
def test_a_label_is_as_high_on_the_screen_as_it_is_said_to_be(hands: Hands, zoom: float) -> None:
    hands.view.look(Pose(640, 160, zoom))
    hands.view._rested()
    card = hands.scene.cards[hands.id("conv1")]
    image = hands.view.grab().toImage()
    area = hands.view.mapFromScene(card.rect).boundingRect().adjusted(2, 2, -2, -2)
    ground = luminance(node_painter.block_colour(DARK, card.content.family))
    rows = [
        y
        for y in range(area.top(), area.bottom())
        if any(abs(luminance(image.pixelColor(x, y).name()) - ground) > 0.08 for x in range(area.left(), area.right()))
    ]
    assert rows and rows[-1] - rows[0] + 1 >= 0.68 * least_text_px(zoom), "a figure is 0.73 of the letters' height"


def test_the_zero_on_a_card_has_no_stroke() -> None:
    font, metrics = font_and_metrics(64, figures=True)
    image = QImage(80, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(QPoint(10, 80), "0")
    painter.end()
    ink = metrics.tightBoundingRect("0").translated(10, 80)
    middle = QRect(round(ink.center().x()) - 3, round(ink.top() + ink.height() * 0.3), 6, round(ink.height() * 0.4))
    dark = [
        (x, y)
        for x in range(middle.left(), middle.right() + 1)
        for y in range(middle.top(), middle.bottom() + 1)
        if image.pixelColor(x, y).lightness() < 200
    ]
    assert not dark
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1, "figures stand in columns"


def test_labels_have_the_better_of_black_and_white() -> None:
    def contrast(one: str, other: str) -> float:
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for theme in THEMES.values():
        for family in theme.families:
            ground = node_painter.block_colour(theme, family)
            ink = ink_on(ground)
            assert contrast(ink, ground) >= 0.95 * max(contrast(each, ground) for each in ("#101318", "#ffffff"))


def test_the_line_of_totals_never_lies_over_a_card(hands: Hands) -> None:
    view = hands.view
    view.fit_at_once()
    assert view.totals.isVisible()
    low = view.totals.geometry()
    card = next(iter(hands.scene.cards.values()))
    middle = view.viewportTransform().map(card.rect.center()).toPoint()
    view.pan(low.center() - middle)
    assert not view.totals.isVisible(), "while the view moves it is out of the way"
    view._rested()
    assert not view.totals.isVisible() or not view._covers_card(view.totals.geometry())


def test_what_was_set_is_read_where_the_line_has_no_room(make: Callable[[Project], Hands], written: Any) -> None:
    project = edits.add_node(Project(), MAIN, "conv2d", id="n1", name="conv", params={"kernel_size": 5, "stride": 4})
    hands = make(project)
    hands.view.look(Pose(80, 40, 1.0))
    assert "Conv2d · 5×5 · 32 · stride 4" in dict(texts_at(hands.view, written))
    more = {"padding": 2, "dilation": 3}
    hands.studio.do("More", lambda p: edits.set_params(p, MAIN, ["n1"], more))
    (line,) = (text for text, _ in texts_at(hands.view, written) if text.startswith(("Conv2d", "5×5")))
    assert line.startswith("5×5 · 32 · stride 4 ·"), "what the layer is called gives way: icon and colour tell it too"
