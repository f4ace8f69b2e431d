"""Cards collapsed to their names, and sheets that flow down."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.waiting import settle
from visualnet.analysis.geometry.card_size import COLLAPSED_HEIGHT, HEIGHT
from visualnet.app.canvas.commands import arrange
from visualnet.core.storage import project_file

Hands = Any


def do(hands: Hands, action: str) -> None:
    hands.do(action)


def card(hands: Hands, name: str) -> Any:
    return hands.scene.cards[hands.id(name)]


def test_a_card_folds_to_its_name_and_opens_again(hands: Hands) -> None:
    before = hands.studio.project
    port = hands.port("conv1", out=False)
    hands.studio.select([hands.id("conv1"), hands.id("relu1")])
    do(hands, "graph.fold")
    assert card(hands, "conv1").height == card(hands, "relu1").height == COLLAPSED_HEIGHT
    assert card(hands, "conv1").width < 168
    assert hands.port("conv1", out=False) == port, "wires that were straight stay straight"
    assert project_file.loads(project_file.dumps(hands.studio.project)) == hands.studio.project
    assert card(hands, "relu1").content.shape == "6×28×28", "what is computed stays"
    do(hands, "graph.fold")
    assert hands.studio.project == before
    hands.studio.document.undo()
    hands.studio.document.undo()
    assert hands.studio.project is before
    assert card(hands, "conv1").height == HEIGHT


def test_the_sign_on_a_card_folds_it_and_two_quick_clicks_fold_it_once(hands: Hands) -> None:
    hands.move(hands.card("conv1"), buttons=Qt.MouseButton.NoButton)
    at = card(hands, "conv1").control.center()
    hands.click(at)
    assert hands.studio.graph.named("conv1").collapsed
    assert hands.studio.selection == (hands.id("conv1"),)
    port = hands.view.viewport()
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hands.px(at))
    assert not hands.view.quick_add_popup.isVisible()
    assert not hands.view.name_editor.isVisible()
    hands.view.just_collapsed.stop()
    hands.click(card(hands, "conv1").control.center())
    assert not hands.studio.graph.named("conv1").collapsed


def test_a_drag_that_begins_on_the_sign_moves_the_card(hands: Hands) -> None:
    at = card(hands, "soft").control.center()
    hands.drag(at, at + QPointF(64, 64))
    assert hands.studio.graph.places[hands.id("soft")] == (576.0, 304.0)
    assert not hands.studio.graph.named("soft").collapsed


def test_wires_are_drawn_to_the_ports_of_collapsed_cards(hands: Hands) -> None:
    hands.studio.select([hands.id("soft"), hands.id("sum")])
    do(hands, "graph.fold")
    hands.drag(hands.port("logits", out=True), hands.port("sum", card(hands, "sum").inputs[1]))
    assert hands.end("sum", card(hands, "sum").inputs[1]) in hands.studio.graph.wires


def test_tidy_gives_collapsed_cards_less_room(hands: Hands) -> None:
    arrange.tidy(hands.view, "right")
    wide = hands.scene.contents().width()
    hands.studio.select([hands.id(n) for n in ("image", "conv1", "relu1", "flatten", "logits")])
    do(hands, "graph.fold")
    arrange.tidy(hands.view, "right")
    assert hands.scene.contents().width() < wide


def test_a_collapsed_card_is_seen_and_its_sprite_is_not_the_old_one(hands: Hands) -> None:
    settle(0.15)
    old = hands.view.grab().toImage().pixelColor(hands.px(card(hands, "conv1").rect.topLeft() + QPointF(60, 3)))
    hands.studio.select([hands.id("conv1")])
    do(hands, "graph.fold")
    hands.studio.select([])
    settle(0.15)
    above = QPointF(card(hands, "conv1").x + 60, hands.port("conv1").y() - 37)
    assert hands.view.grab().toImage().pixelColor(hands.px(above)) != old


# --- downwards ----------------------------------------------------------------------------------------------------------


def test_a_sheet_that_flows_down_has_its_ports_at_tops_and_bottoms(hands: Hands) -> None:
    before = hands.studio.project
    do(hands, "arrange.tidy_down")
    assert hands.studio.graph.direction == "down"
    conv = card(hands, "conv1")
    assert conv.anchor(conv.inputs[0], False).y() == conv.y
    assert conv.anchor(conv.outputs[0], True).y() == conv.y + conv.height
    wire = hands.scene.wires[hands.end("relu1")]
    assert wire.path.boundingRect().height() > wire.path.boundingRect().width()
    assert project_file.loads(project_file.dumps(hands.studio.project)).graph.direction == "down"
    hands.view.tidy()
    assert hands.studio.graph.direction == "down", "tidy keeps to the direction of the sheet"
    do(hands, "arrange.tidy_right")
    assert hands.studio.graph.direction == "right"
    for _ in range(3):
        if hands.studio.project is not before:
            hands.studio.document.undo()
    assert hands.studio.project is before


def test_downwards_wires_and_keys_follow_the_flow(hands: Hands) -> None:
    do(hands, "arrange.tidy_down")
    hands.view.fit_at_once()
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_Down)
    assert hands.studio.selection == (hands.id("relu1"),)
    hands.key(Qt.Key.Key_Up)
    assert hands.studio.selection == (hands.id("conv1"),)
    hands.drag(hands.port("logits", out=True), hands.port("soft"))
    assert hands.studio.graph.wires[hands.end("soft")].node == hands.id("logits")
    hands.studio.select([hands.id("soft")])
    hands.key(Qt.Key.Key_Space)
    QTest.keyClicks(hands.view.quick_add_popup.field, "dropout")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    added = hands.scene.cards[hands.studio.selection[0]]
    assert added.y > card(hands, "soft").y + HEIGHT


@pytest.mark.parametrize("collapsed", [False, True])
def test_tidy_downwards_straightens_chains(hands: Hands, collapsed: bool) -> None:
    if collapsed:
        hands.studio.select(list(hands.scene.cards))
        do(hands, "graph.fold")
    hands.studio.select([])
    do(hands, "arrange.tidy_down")
    for name in ("relu1", "flatten"):
        end = hands.end(name)
        source = hands.studio.graph.wires[end]
        start = hands.scene.cards[source.node].anchor(source.port, True)
        assert abs(start.x() - hands.port(name).x()) <= 2
