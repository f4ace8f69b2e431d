"""Panels come into view when they have something to say, and give their room when they have not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, Hands
from visualnet.app.features.training.feature import TRAINING_VIEW
from visualnet.app.features.training.pinned_picture import PinnedPicture
from visualnet.app.shell.window import Window
from visualnet.core import edits


def seen(window: Window, name: str) -> bool:
    """Whether a panel is before the person's eyes."""
    return not window.spaces.docks[name].visibleRegion().isEmpty()


def press_train(window: Window, hands: Hands) -> None:
    """F5, as soon as the data has been looked at."""
    window.activateWindow()
    hands.until(lambda: window.isActiveWindow() and window.actions_["train.start"].isEnabled(), what="Train")
    hands.keys("F5")


def break_it(hands: Hands) -> None:
    conv = hands.node("conv1").id
    hands.studio.do("Stride", lambda p: edits.set_params(p, "", [conv], {"stride": 3}))
    hands.rest()


@pytest.mark.wide
def test_f5_brings_the_training_into_view_from_everywhere(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    hands.rest()
    for space, front in (("train", "problems"), ("train", "runs"), ("inspect", "problems"), ("build", "")):
        window.show_space(space)
        if front:
            window.spaces.reveal(front)
        hands.rest()
        assert not seen(window, "training")
        press_train(window, hands)
        hands.until(lambda: seen(window, "training"), what=f"the training, from {space} behind {front}")
        hands.until(lambda: not window.runner.busy)
    window.show_space("train")
    window.spaces.set_shown("training", False)
    hands.rest()
    press_train(window, hands)
    hands.until(lambda: seen(window, "training"), what="the panel that had been closed")
    hands.until(lambda: not window.runner.busy)


@pytest.mark.wide
def test_problems_collapse_to_a_line_and_come_up(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    dock = window.spaces.docks["problems"]
    assert dock.collapsed and dock.height() < 40, "everything fits: one line"
    assert dock._strip is not None and dock._strip.words.full_text == "Problems · Everything fits."
    before = window.canvas.view.height()
    break_it(hands)
    assert not dock.collapsed and dock.height() >= 100 and window.panel("problems").isVisible()
    assert window.canvas.view.height() < before
    hands.keys("Ctrl+Z")
    hands.rest()
    assert dock.collapsed and window.canvas.view.height() == before
    # A person who opens it keeps it open, in the next session too.
    QTest.mouseClick(dock._strip, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(60, 10))
    hands.rest()
    assert not dock.collapsed and window.panel("problems").isVisible()
    break_it(hands)
    hands.keys("Ctrl+Z")
    hands.rest()
    assert not dock.collapsed
    window.show_space("train")
    window.show_space("build")
    hands.rest()
    assert not dock.collapsed
    window.run_action("view.problems")
    window.run_action("view.problems")
    hands.rest()
    assert not dock.collapsed, "what the menu opens is opened by hand too"
    window.spaces.reset()
    hands.rest()
    assert dock.collapsed


@pytest.mark.wide
def test_the_height_of_a_collapsed_panel_is_kept(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    break_it(hands)
    dock = window.spaces.docks["problems"]
    window.resizeDocks([dock], [210], Qt.Orientation.Vertical)
    hands.rest()
    hands.keys("Ctrl+Z")
    hands.rest()
    assert dock.collapsed
    window.show_space("train")
    window.show_space("build")
    break_it(hands)
    assert abs(dock.height() - 210) <= 2


@pytest.mark.wide
def test_differences_stay_where_they_were_opened(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.keys("Ctrl+Shift+D")
    hands.rest()
    assert seen(window, "differences")
    window.project_files.new()
    hands.rest()
    assert window.spaces.docks["differences"].isHidden(), "there is nothing to compare in a new network"
    first = next(tab for tab in window.project_files.tabs if tab.document.project.name == "LeNet-5")
    window.project_files.tabs.show(first)
    hands.rest()
    assert seen(window, "differences")


@pytest.mark.wide
def test_in_train_the_recipe_has_the_height_of_the_window(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    for size in ((1440, 900), (1280, 720)):
        window.resize(*size)
        window.show_space("build")
        window.show_space("train")
        hands.rest()
        page = window.panel("recipe")
        assert seen(window, "recipe") and not seen(window, "palette") and not seen(window, "inspector")
        assert page.viewport().height() > size[1] - 160, "a page, no letterbox"
        assert page.horizontalScrollBar().maximum() == 0, "nothing is cut at the side"
        for name in ("optimizer", "lr", "momentum", "epochs", "batch_size", "best_by"):
            row = page.rows[name]
            at = row.mapTo(page.viewport(), row.rect().bottomRight())
            assert page.viewport().rect().contains(at), (size, name)
    texts = [label.text() for label in page.findChildren(type(page.note))]
    assert any("Learning" in text and ">lr<" in text for text in texts), "in words, and as PyTorch has it"
    box = page.data.names
    room = box.width() - 34
    assert box.fontMetrics().horizontalAdvance("Points in the plane") <= room


@pytest.mark.wide
def test_charts_stand_level(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    hands.studio.do("", lambda p: edits.set_recipe(p, epochs=3))
    press_train(window, hands)
    hands.until(lambda: bool(window.studio.project.runs) and not window.runner.busy)
    pane = window.panel("training").curves
    for width in (1440, 1280, 1000):
        window.resize(width, 800)
        hands.rest()
        loss, metric = pane.loss.plot_view, pane.measures.plot_view
        assert loss.height() == metric.height() and loss.mapTo(pane, QPoint()).y() == metric.mapTo(pane, QPoint()).y()
        assert abs(pane.loss.width() - pane.measures.width()) <= 1


@pytest.mark.wide
def test_a_picture_stands_on_the_canvas_beside_its_node(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    window.show_space("train")
    hands.rest()
    panel, pinned = window.panel("training"), window.overlay("training")
    assert isinstance(pinned, PinnedPicture) and pinned.frame is None
    before, side = window.studio.project, panel.prediction.side
    QTest.mouseClick(panel.prediction.to_canvas, LEFT)
    hands.rest(0.3)
    frame = pinned.frame
    assert frame is not None and frame.isVisible() and not panel.prediction.isVisible()
    assert frame.pane.side >= 1.2 * side, "what is called Enlarge makes it larger"
    assert window.studio.project is before, "no file knows of it"
    view = window.canvas.view
    cards = [view.mapFromScene(card.rect).boundingRect() for card in view.canvas.cards.values()]
    assert not any(card.intersects(frame.geometry()) for card in cards), "it covers no card where there is room"
    press_train(window, hands)
    hands.until(lambda: not frame.pane.decision.is_empty(), what="the regions")
    hands.until(lambda: not window.runner.busy)
    # It is dragged by its head, and then goes with its node.
    start = frame.pos()
    grab = frame.head.rect().center()
    QTest.mousePress(frame.head, LEFT, Qt.KeyboardModifier.NoModifier, grab)
    QTest.mouseMove(frame.head, grab - QPoint(60, 40))
    QTest.mouseRelease(frame.head, LEFT, Qt.KeyboardModifier.NoModifier, grab)
    hands.rest()
    moved = frame.pos()
    assert moved != start
    view.pan(QPoint(-50, -20))
    hands.rest()
    assert frame.pos() - moved == QPoint(-50, -20)
    # Resized by its corner, and all of that is remembered.
    size = frame.size()
    QTest.mousePress(frame.grip, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    QTest.mouseMove(frame.grip, QPoint(1, -10))
    QTest.mouseRelease(frame.grip, LEFT)
    assert frame.height() == size.height() - 15
    again = PinnedPicture(window.studio, view, window.settings.section(TRAINING_VIEW))
    again.refresh()
    assert again.frame is not None and again.frame.size() == frame.size()
    again.frame.deleteLater()
    again.deleteLater()
    # One click takes it away.
    close = next(b for b in frame.head.children() if hasattr(b, "click"))
    QTest.mouseClick(close, LEFT)
    hands.rest()
    assert not frame.isVisible() and panel.prediction.isVisible()


@pytest.mark.wide
def test_a_panel_that_is_asked_for_comes_to_the_front_and_is_never_closed_by_that(window: Window, hands: Hands) -> None:
    """Behind another tab it is not seen; chosen by its name in the search, it is shown however it stands."""
    window.begin("lenet5")
    hands.keys("Ctrl+2")
    hands.rest(0.2)
    spaces, action = window.spaces, window.actions_["view.runs"]
    spaces.reveal("runs")
    spaces.reveal("training")
    hands.rest(0.2)
    assert not spaces.is_seen("runs") and action.isChecked()
    action.trigger()
    hands.rest(0.2)
    assert spaces.is_seen("runs") and action.isChecked(), "the menu brings it to the front"
    for _ in range(2):
        window.actions_.choose("view.runs")
        hands.rest(0.1)
        assert spaces.is_seen("runs") and action.isChecked()
    action.trigger()
    hands.rest(0.1)
    assert not spaces.is_open("runs") and not action.isChecked(), "in front, the menu takes it away"
