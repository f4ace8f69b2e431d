"""What newcomers stumbled over in their first hour, each as a story."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.analysis.geometry.card_detail import card_detail
from visualnet.app.shell.window import Window


def pictures_seen(hands: Hands) -> int:
    """How many cards have a live picture at the present zoom."""
    cards = hands.view.canvas.cards.values()
    return sum(c.thumbnail is not None and card_detail(hands.view.zoom, c.height, True).picture > 0 for c in cards)


def click_tab(hands: Hands, at: int) -> None:
    strip = hands.window.strip
    QTest.mouseClick(strip, LEFT, NONE, strip.tabRect(at).center())
    hands.rest(0.02)


def test_live_pictures_stay_on_the_cards_of_a_network_that_was_left_and_come_back_to(
    window: Window, hands: Hands
) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    window.show_page("start_page")
    window.begin("mlp-mnist")
    hands.rest(0.1)
    click_tab(hands, 0)
    hands.keys("F5")
    hands.until(lambda: pictures_seen(hands) > 10, what="the pictures of the run are large enough to be seen")
    assert hands.view.seen.contains(hands.view.canvas.contents()) and not hands.studio.document.steps
    window.runner.stop()
    hands.until(lambda: not window.runner.busy)
    click_tab(hands, 1)
    assert pictures_seen(hands) == 0, "nothing was trained here"
    click_tab(hands, 0)
    hands.until(lambda: pictures_seen(hands) > 10, what="the pictures with the weights of the run")
    hands.set_param("conv1", "out_channels", "8")
    hands.until(lambda: pictures_seen(hands) == 0, what="the run's weights are not those of this network")


def test_a_template_is_laid_out_for_the_view_until_a_card_is_moved(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    window.show_space("train")
    hands.rest(0.1)
    hands.until(lambda: hands.view.zoom > 0.6, what="the cards are as large as the low view lets them be")
    assert not hands.studio.document.modified and not hands.studio.document.steps
    hands.drag(hands.middle("conv1"), hands.middle("conv1") + hands.at(0, 30) - hands.at(0, 0))
    hands.view.fit_at_once()
    mine = dict(hands.studio.graph.places)
    window.resize(1000, 860)
    hands.rest(0.4)
    assert hands.studio.graph.places == mine, "what a person has arranged stays"
    hands.keys("Ctrl+Z")
    QApplication.processEvents()
    assert hands.studio.graph.places != mine
