"""Cards as boxes to scale: switched on in the View menu, they follow the drawing; off, all is as before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from tests.flows.hands import Hands
from visualnet.app.features.map_sizes.feature import MAP_SIZES
from visualnet.app.features.map_sizes.map_box_painter import MapBoxPainter
from visualnet.app.features.map_sizes.overlay import MapSizes
from visualnet.core import edits
from visualnet.core.user.settings import Settings


def high(hands: Hands, name: str) -> float:
    """How high the box of a card is; 0 where the card looks as usual."""
    face = hands.view.canvas.card_painter
    assert isinstance(face, MapBoxPainter)
    box = face.box(hands.view.canvas.cards[hands.node(name).id])
    return box.high if box is not None else 0.0


def colour(hands: Hands, name: str) -> str:
    """What is painted in the middle of the place where the box of a card stands."""
    card = hands.view.canvas.cards[hands.node(name).id]
    at = hands.view.mapFromScene(card.rect.topLeft() + QPointF(13, 40))
    return hands.view.viewport().grab().toImage().pixelColor(at).name()


@pytest.mark.wide
def test_cards_become_boxes_that_follow_the_drawing(lenet: Hands) -> None:
    window, canvas = lenet.window, lenet.view.canvas
    sizes, action = window.overlay("map_sizes"), window.actions_["view.map_sizes"]
    assert canvas.card_painter is None and not sizes.legend.isVisible() and not action.isChecked()
    plain = {name: colour(lenet, name) for name in ("conv1", "loss")}
    action.trigger()
    lenet.rest()
    assert action.isChecked() and sizes.legend.isVisible() and "to scale" in sizes.legend.accessibleName()
    assert colour(lenet, "conv1") != plain["conv1"] and colour(lenet, "loss") == plain["loss"]
    assert high(lenet, "conv1") == 2 * high(lenet, "pool1") and not high(lenet, "loss")
    rects = [rect for same in canvas.blocks().values() for rect in same]
    pool = canvas.cards[lenet.node("pool1").id]
    assert canvas.card_painter.area(pool) in rects and canvas.card_painter.area(pool).height() < pool.height

    lenet.studio.do(
        "Larger window",
        lambda p: edits.set_params(p, "", [lenet.node("pool1").id], {"kernel_size": (4, 4), "stride": (4, 4)}),
    )
    assert "28 : 1 drawn as 8 : 1" in sizes.legend.accessibleName(), "pool2 leaves one number of each map"
    assert high(lenet, "conv1") == pytest.approx(8 * high(lenet, "pool2"))
    assert high(lenet, "conv1") > high(lenet, "pool1") > high(lenet, "conv2") > high(lenet, "pool2")
    lenet.studio.do("Too far", lambda p: edits.set_params(p, "", [lenet.node("conv1").id], {"stride": (9, 9)}))
    failing = [c.node.name for c in canvas.cards.values() if c.content.badge == "error"]
    assert failing and not any(high(lenet, name) for name in failing), "what is wrong looks as usual"

    window.show_space("train")
    lenet.studio.document.undo()
    lenet.studio.document.undo()
    action.trigger()
    lenet.rest()
    assert canvas.card_painter is None and not sizes.legend.isVisible() and not action.isChecked()
    window.show_space("build")
    lenet.view.fit_at_once()
    lenet.rest()
    assert sorted(r.getRect() for same in canvas.blocks().values() for r in same) == sorted(
        card.rect.getRect() for card in canvas.cards.values()
    )
    assert colour(lenet, "conv1") == plain["conv1"]


@pytest.mark.wide
def test_the_choice_is_remembered_and_each_sheet_has_its_scale(lenet: Hands) -> None:
    sizes = lenet.window.overlay("map_sizes")
    sizes.show_sizes(True)
    assert sizes.scale.largest == 28
    lenet.window.begin("unet")
    lenet.rest()
    assert sizes.scale.largest == 572 and "572 : 28" in sizes.legend.accessibleName()
    settings = Settings(None)
    settings[MAP_SIZES] = True
    again = MapSizes(lenet.studio, lenet.view, settings)
    assert again.shown
    again.deleteLater()
    assert lenet.window.settings[MAP_SIZES]


@pytest.mark.wide
def test_two_legends_stand_above_each_other(lenet: Hands) -> None:
    sizes, heat = lenet.window.overlay("map_sizes"), lenet.window.overlay("heat")
    heat.choose("parameters")
    alone = heat.legend.geometry()
    sizes.show_sizes(True)
    assert not sizes.legend.geometry().intersects(heat.legend.geometry())
    heat.choose("")
    assert sizes.legend.geometry().bottom() == alone.bottom(), "what is alone stands in the corner"
