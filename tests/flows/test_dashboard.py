"""The canvas as a dashboard: what is observed of cards and wires is drawn on them, chosen in one control, with real events."""

from __future__ import annotations

import pytest
import torch  # noqa: F401  looked into at once where it is there
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton

from tests.flows.hands import LEFT, Hands
from tests.training.nets import deep_sigmoid
from visualnet.app.canvas.scene.node_painter import block_colour
from visualnet.app.features.dashboard.feature import CARDS_CHOICE, LIVE_PICTURES
from visualnet.app.features.dashboard.overlay import Dashboard
from visualnet.app.shell.window import Window
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.graph import Port
from visualnet.core.user.settings import Settings


def board_of(window: Window) -> Dashboard:
    board = window.overlay("dashboard")
    assert isinstance(board, Dashboard)
    return board


def choose(hands: Hands, button: QPushButton, text: str) -> None:
    """Open the menu of a button of the legend, and take an entry."""
    assert button.isVisible() and not button.visibleRegion().isEmpty()
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == text).trigger()
    hands.rest(0.02)


def open_deep(hands: Hands, epochs: int = 3) -> None:
    hands.window.project_files.open_template("lenet5")
    hands.studio.open(Document(deep_sigmoid(epochs=epochs)))
    hands.window.actions_.trigger("arrange.tidy_right")
    hands.rest(0.05)
    hands.view.fit_at_once()


def widths(studio: Studio, hands: Hands) -> list[float]:
    """How broad the wire is that leaves each layer with weights, from the first to the last."""
    styles = hands.view.canvas.wire_styles
    by_source = {wire.source: target for target, wire in hands.view.canvas.wires.items()}
    linears = [node.id for node in studio.graph if node.kind == "linear"]
    return [styles[by_source[Port(node, "y")]].width for node in linears if Port(node, "y") in by_source]


@pytest.mark.wide
def test_gradients_of_a_deep_sigmoid_network_are_seen_to_fade(window: Window, hands: Hands) -> None:
    """The lesson of the vanishing gradient: the wires burn at the loss, and are faint at the input."""
    open_deep(hands, epochs=1)
    board = board_of(window)
    assert not board.shown and not board.legend.isVisible() and not hands.view.canvas.wire_styles
    hands.keys("Ctrl+Alt+D")
    assert board.shown and window.actions_["view.dashboard"].isChecked() and board.legend.isVisible()
    assert board.legend.cards_button.text() == "On the cards: Dead or saturated units"
    hands.until(lambda: board.wire_figures and board.card_figures, what="a look before any training")
    window.actions_.trigger("train.start")
    hands.until(lambda: not window.runner.busy, what="a short training")
    hands.until(lambda: board.wire_figures, what="gradients of the trained network")
    board.draw()
    broad = widths(hands.studio, hands)
    assert broad[:-1] == sorted(broad[:-1]) and broad[0] < 3.0 < broad[-1], "from faint to burning"
    choose(hands, board.legend.cards_button, "Norm of the gradients")
    hands.until(lambda: board.layer.tints, what="norms of the gradients")
    linears = [node.id for node in hands.studio.graph if node.kind == "linear"]
    norms = [board.card_figures[node].value for node in linears]
    assert norms[0] < norms[-1] / 30 and board.layer.tints[linears[0]].colour != board.layer.tints[linears[-1]].colour
    assert "10⁻" in board.legend.accessibleName() and "∂loss/∂value" in board.legend.accessibleName()
    # The figure of the wire under the pointer, in words.
    wire = next(w for w in hands.view.canvas.wires.values() if w.source.node == linears[2])
    QTest.mouseMove(hands.view.viewport(), hands.view.mapFromScene(wire.path.pointAtPercent(0.5)))
    hands.rest(0.02)
    assert hands.view.canvas.marks.hover_wire == wire.target
    assert board.notes.wires[wire.target].startswith("∂loss/∂value: ")
    hands.keys("Ctrl+Alt+D")
    assert not hands.view.canvas.wire_styles and not board.layer.isVisible() and not board.legend.isVisible()
    assert Settings(window.settings.path)[CARDS_CHOICE] == "weight_gradients"


def test_one_control_chooses_pictures_courses_costs_and_learners(lenet: Hands) -> None:
    window, board = lenet.window, board_of(lenet.window)
    heat, learners = window.overlay("heat"), window.overlay("learner_map")
    board.show_dashboard(True)
    choose(lenet, board.legend.cards_button, "MACs")
    assert heat.chosen == "macs" and board.card_quantity is None and board.wire_quantity is not None
    choose(lenet, board.legend.cards_button, "Learners")
    assert heat.chosen == "" and learners.shown
    choose(lenet, board.legend.cards_button, "Mean and spread over the run")
    assert not learners.shown
    lenet.until(lambda: lenet.view.canvas.cards[lenet.node("relu1").id].thumbnail is not None, what="courses on cards")
    assert "±" in board.layer.tints[lenet.node("relu1").id].words
    heat.choose("parameters")
    assert board.card_quantity is None, "a map that is chosen elsewhere takes its place"
    assert lenet.view.canvas.cards[lenet.node("relu1").id].thumbnail is None
    choose(lenet, board.legend.cards_button, "Nothing else")
    choose(lenet, board.legend.wires_button, "Nothing")
    assert not board.shown and heat.chosen == "" and not board.legend.isVisible()
    menu = window.actions_.submenu("view.on_cards")
    menu.aboutToShow.emit()
    pictures = menu.actions()[0]
    assert pictures.isChecked()
    pictures.trigger()
    assert not board.pictures and window.settings[LIVE_PICTURES] is False


@pytest.mark.wide
def test_it_says_why_nothing_is_seen_and_is_drawn_from_far(lenet: Hands) -> None:
    board = board_of(lenet.window)
    board.choose_cards("updates")
    lenet.until(lambda: "Press Train" in board.legend.accessibleName(), what="what has to be done for it")
    board.choose_cards("weights")
    lenet.until(lambda: board.layer.tints, what="norms of the weights")
    lenet.view.look(lenet.view.pose()._replace(zoom=0.3))
    lenet.rest(0.1)
    card = lenet.view.canvas.cards[lenet.node("conv1").id]

    def colour() -> str:
        shot = lenet.view.viewport().grab().toImage()
        at = lenet.view.mapFromScene(card.rect.topLeft()) * shot.devicePixelRatio()
        return shot.pixelColor(at.x() + 6, at.y() + 6).name()

    assert colour() == board.layer.tints[card.id].colour, "from far a card is its colour"
    board.choose_cards("run")
    lenet.until(lambda: card.id in board.card_figures and not board.layer.tints[card.id].colour, what="the courses")
    assert colour() == block_colour(lenet.studio.theme, "convolution"), "where there are words alone, its family's"
    for node in list(lenet.studio.graph):
        if node.kind == "relu":
            lenet.studio.select([node.id])
            lenet.keys("Del")
    board.choose_cards("dead")
    assert "No activation here levels off" in board.legend.accessibleName()


@pytest.mark.wide
def test_in_presentation_mode_it_stays(lenet: Hands) -> None:
    board = board_of(lenet.window)
    board.show_dashboard(True)
    lenet.until(lambda: board.wire_figures, what="the first look")
    lenet.keys("F11")
    lenet.rest(0.1)
    assert lenet.window.canvas_alone and board.legend.isVisible() and board.legend.cards_button.isVisible()
    QTest.mouseClick(lenet.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, lenet.at(-500, -500))
    lenet.keys("F11")
