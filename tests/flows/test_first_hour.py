"""What newcomers stumbled over in their first hour, each as a story."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.analysis.geometry.card_detail import card_detail
from visualnet.app.features.training.feature import TRAINING_VIEW
from visualnet.app.shell.canvas_page import place_layer
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import MAIN


def pictures_seen(hands: Hands) -> int:
    """How many cards have a live picture at the present zoom."""
    cards = hands.view.canvas.cards.values()
    return sum(c.thumbnail is not None and card_detail(hands.view.zoom, c.height, True).picture > 0 for c in cards)


def click_tab(hands: Hands, at: int) -> None:
    strip = hands.window.strip
    QTest.mouseClick(strip, LEFT, NONE, strip.tabRect(at).center())
    hands.rest(0.02)


@pytest.mark.wide
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
    window.resize(1280, 720)
    hands.until(lambda: pictures_seen(hands) > 10, what="in a small window the margins make room for them")
    window.runner.stop()
    hands.until(lambda: not window.runner.busy)
    click_tab(hands, 1)
    assert pictures_seen(hands) == 0, "nothing was trained here"
    click_tab(hands, 0)
    hands.until(lambda: pictures_seen(hands) > 10, what="the pictures with the weights of the run")
    hands.set_param("conv1", "out_channels", "8")
    hands.until(lambda: pictures_seen(hands) == 0, what="the run's weights are not those of this network")


@pytest.mark.wide
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


@pytest.mark.wide
def test_enlarging_is_offered_only_where_it_enlarges(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    window.show_space("train")
    hands.rest(0.3)
    panel, pinned = window.panel("training"), window.overlay("training")
    assert panel.prediction.to_canvas.isVisible()
    window.spaces.docks["training"].setMinimumHeight(560)
    hands.until(lambda: not panel.prediction.to_canvas.isVisible(), what="there is more room beside the curves")
    window.spaces.docks["training"].setMinimumHeight(0)
    window.resizeDocks([window.spaces.docks["training"]], [330], Qt.Orientation.Vertical)
    hands.until(panel.prediction.to_canvas.isVisible)
    side = panel.prediction.side
    window.settings.section(TRAINING_VIEW)["picture_size"] = [260, 200]
    QTest.mouseClick(panel.prediction.to_canvas, LEFT)
    hands.rest(0.3)
    assert pinned.frame.pane.side > side, "also where it was left small"


@pytest.mark.wide
def test_xor_drawn_from_nothing_is_learned_in_seconds(window: Window, hands: Hands) -> None:
    hands.keys("Ctrl+Shift+N")
    data = window.panel("inspector").project_page.data
    data.names.setCurrentIndex(data.names.findData("points"))
    data.names.activated.emit(data.names.currentIndex())
    hands.studio.do("Choose XOR", lambda p: edits.set_data(p, options={"shape": "xor"}))
    recipe = hands.studio.project.recipe
    assert (recipe.lr, recipe.batch_size, recipe.epochs) == (0.01, 16, 100)
    for kind, width in (("input", 0), ("linear", 8), ("relu", 0), ("linear", 2)):
        place_layer(hands.view, kind)
        if width:
            node = hands.studio.selection[0]
            hands.studio.do("Set width", lambda p, n=node, w=width: edits.set_params(p, MAIN, [n], {"out_features": w}))
    said: list[str] = []
    hands.studio.message.connect(lambda _, words: said.append(words))
    window.run_action("graph.add_training_ends")
    assert said[-1].endswith("wired. Train (F5) can begin."), "everything fits already"
    hands.until(lambda: not window.runner.why_not(), what="the data are read")
    window.run_action("train.start")
    hands.until(lambda: bool(hands.studio.project.runs) and not window.runner.busy)
    run = hands.studio.project.runs[-1]
    assert run.state == "done" and run.summary["validation_accuracy"] > 0.85, run.summary


@pytest.mark.wide
def test_the_recipe_begins_at_its_top(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    window.resize(1280, 700)
    window.show_space("train")
    hands.rest(0.2)
    page = window.panel("recipe")
    bar = page.verticalScrollBar()
    field = next(row for name, row in page.rows.items() if name == "optimizer").findChild(QComboBox)
    field.setFocus()
    assert bar.maximum() > 0 and bar.value() == 0
    hands.keys("F5")
    hands.until(lambda: window.runner.state == "running")
    assert not field.isEnabled() and bar.value() == 0, "the field that got the keyboard does not pull the page down"
    window.runner.stop()
    hands.until(lambda: not window.runner.busy)
    bar.setValue(bar.maximum())
    window.show_space("build")
    hands.rest()
    window.show_space("train")
    hands.rest()
    assert bar.value() == 0
    bar.setValue(bar.maximum())
    window.project_files.open_template("mlp-mnist")
    hands.rest()
    assert bar.value() == 0, "another project"


def test_a_card_without_a_known_size_says_so(window: Window, hands: Hands) -> None:
    hands.keys("Ctrl+Shift+N")
    place_layer(hands.view, "output")
    (card,) = hands.view.canvas.cards.values()
    assert card.content.shape == "?"


@pytest.mark.wide
def test_the_whole_stays_in_view_through_panels_that_move_while_the_view_glides_there(lenet: Hands) -> None:
    window, view = lenet.window, lenet.view
    view.choose_motion("on")

    def is_whole() -> bool:
        at = view.zoom
        view.fit_at_once()
        return abs(view.zoom - at) < 0.01 * at

    for change in (
        lambda: window.spaces.docks["inspector"].hide(),
        lambda: window.spaces.docks["palette"].setFloating(True),
        lambda: window.resize(1100, 700),
    ):
        view.zoom_by(2.5)
        view.fit()
        change()
        lenet.rest(0.35)
        assert view.following and is_whole(), "a resize while the view glides"
    view.zoom_by(1.5)
    pose = view.pose()
    window.resize(1200, 800)
    lenet.rest(0.1)
    assert view.pose().zoom == pose.zoom, "who has zoomed keeps that"


@pytest.mark.wide
def test_a_network_is_built_from_nothing_in_build_and_stays_in_view(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    window.show_space("train")
    hands.view.choose_motion("on")
    hands.keys("Ctrl+Shift+N")
    assert window.spaces.current == "build"
    window.resize(1280, 720)
    for kind in ("input", "conv2d", "relu", "conv2d", "relu", "conv2d"):
        place_layer(hands.view, kind)
        hands.rest(0.03)
    hands.rest(0.3)
    assert hands.view.seen.contains(hands.view.canvas.contents()), "the first card has not left the view"
