"""Values at ports are replaced by hand: everything downstream follows, the canvas shows it, and nothing of it stays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.feeds.knock_out_view import KnockOutView
from visualnet.app.features.feeds.overlay import FeedMarks
from visualnet.app.features.feeds.panel import FeedsPanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN
from visualnet.training.observations.observation import ObservationRequest, Result, make_observation


def open_panel(window: Window) -> FeedsPanel:
    panel = window.show_panel("feeds")
    assert isinstance(panel, FeedsPanel)
    return panel


def choose(panel: FeedsPanel, card: int, kind: str) -> None:
    """Choose in the list of kinds, as a click there does."""
    box = panel.cards[card].kind
    box.setCurrentIndex(box.findData(kind))
    box.activated.emit(box.currentIndex())


@pytest.mark.wide
def test_a_channel_is_switched_off_and_the_prediction_follows(window: Window, lenet: Hands, hands: Hands) -> None:
    window.studio.do("Start from", lambda p: edits.set_recipe(p, start_from="trained/lenet5"))
    probes, studio = window.runner.probes, window.studio
    panel = open_panel(window)
    assert "Nothing is fed" in panel.empty.sentence.text() and panel.stack.currentWidget() is panel.empty
    assert "weights and the file stay" in panel.safe.text()
    hands.until(lambda: probes.seen is not None, what="a first look")
    usual = probes.seen.outputs["digit" if "digit" in probes.seen.outputs else next(iter(probes.seen.outputs))]
    project = studio.project

    # From the canvas, by its key: a factor for each channel of the convolution; nothing changes yet.
    hands.click("conv1")
    hands.keys("Ctrl+Alt+F")
    hands.until(lambda: panel.cards, what="the card")
    card, node = panel.cards[0], hands.node("conv1").id
    port = (node,), next(iter(studio.facts.nodes[node].leaving))  # type: ignore[union-attr]
    assert card.title.full_text == "conv1" and card.feed.kind == "scale" and len(card.sliders.sliders) == 6
    hands.until(lambda: port in probes.seen.arrays, what="the maps")
    assert np.array_equal(next(iter(probes.seen.outputs.values())), usual)

    # A slider is pulled to zero: that channel is dark at once, and the answer is another one.
    before = probes.seen
    card.sliders.sliders[2].setValue(0)
    hands.until(lambda: probes.seen is not before and not probes.seen.arrays[port][2].any(), what="the dark channel")
    assert probes.seen.arrays[port][1].any()
    assert not np.array_equal(next(iter(probes.seen.outputs.values())), usual)
    marks = window.overlay("feeds")
    assert isinstance(marks, FeedMarks)
    assert marks.badges == {Port(node, port[1]): "fed: channel 2 off"}
    assert len(marks.wires) >= 12 and marks.layer.isVisible()

    # Zeros for two channels by number, off and on, another sample in part.
    choose(panel, 0, "zeros")
    hands.type_into(card.which, "0, 3-4")
    assert probes.feeds.every[0].units == (0, 3, 4)
    hands.until(lambda: not probes.seen.arrays[port][[0, 3, 4]].any() and probes.seen.arrays[port][2].any())
    assert "0, 3, 4 off" in marks.badges[Port(node, port[1])]
    hands.type_into(card.which, "9")
    assert probes.feeds.every[0].units == (0, 3, 4) and "0 to 5" in card.which.toolTip()
    hands.type_into(card.which, "all")
    QTest.mouseClick(card.on, LEFT, NONE, card.on.rect().center())
    hands.until(lambda: np.array_equal(next(iter(probes.seen.outputs.values())), usual), what="the usual answer")
    assert not marks.badges and not marks.wires
    card.on.click()
    choose(panel, 0, "sample")
    hands.type_into(card.sample, "9")
    hands.until(lambda: probes.feeds.every[0].sample == 9)
    fed = probes.seen
    probes.set_sample(9)
    hands.until(lambda: probes.seen is not fed and probes.seen.sample == 9)
    alone = next(iter(probes.seen.outputs.values()))
    probes.set_sample(0)
    hands.until(
        lambda: probes.seen.sample == 0 and np.allclose(next(iter(probes.seen.outputs.values())), alone, atol=1e-5)
    )

    # Steps are taken back in the panel; the document has none of it, and is not modified.
    card.kind.setFocus()
    for _ in range(20):
        if probes.feeds.can_undo:
            target = panel.cards[0].kind if panel.cards else panel
            QTest.keyClick(target, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            QApplication.processEvents()
    assert probes.feeds.every == () and studio.project is project
    panel.redo.click()
    assert len(probes.feeds.every) == 1
    hands.press(panel, "Remove all")
    assert probes.feeds.every == () and not marks.layer.isVisible()
    hands.until(lambda: np.array_equal(next(iter(probes.seen.outputs.values())), usual))


@pytest.mark.wide
def test_latent_sliders_move_a_reconstruction(window: Window, hands: Hands) -> None:
    import torch as _torch  # noqa: F401  # what the window does in the background

    window.project_files.open_template("autoencoder")
    hands.rest(0.1)
    probes = window.runner.probes
    panel = open_panel(window)
    window.studio.select([hands.node("encode2_relu").id])
    hands.press(panel, "Feed selected")
    hands.until(lambda: panel.cards and len(panel.cards[0].sliders.sliders) == 32, what="32 sliders")
    card = panel.cards[0]
    hands.until(lambda: probes.seen is not None and probes.feeds.every[0].port in probes.seen.arrays)
    request = card.range_request()
    assert request is not None
    hands.until(lambda: probes.observed.last(request) is not None, what="the ranges of the units")
    hands.until(lambda: panel.answer.stack.currentWidget() is panel.answer.pictured, what="the picture")
    first = next(iter(probes.seen.outputs.values()))
    assert first.shape == (1, 28, 28) and probes.feeds.every[0].figures == ()
    flowing = probes.seen.arrays[probes.feeds.every[0].port]
    card.sliders.sliders[5].setValue(400)
    hands.until(lambda: not np.array_equal(next(iter(probes.seen.outputs.values())), first), what="another picture")
    figures = probes.feeds.every[0].figures
    assert len(figures) == 32 and figures[5] > flowing[5]
    assert np.allclose(np.delete(figures, 5), np.delete(flowing, 5), atol=1e-6), "the others stay as they flowed"
    hands.press(card, "As it flows")
    hands.until(lambda: np.array_equal(next(iter(probes.seen.outputs.values())), first))
    # The node goes: its feed says so, and does nothing.
    window.studio.select([hands.node("encode2_relu").id])
    window.studio.do("Delete", lambda p: edits.remove(p, MAIN, [hands.node("encode2_relu").id]))
    assert "no longer" in card.words.text()
    assert torch.is_grad_enabled()


@pytest.mark.wide
def test_heads_of_one_repetition_and_a_drawing(window: Window, hands: Hands) -> None:
    window.project_files.open_template("vit-small")
    hands.rest(0.1)
    probes, studio = window.runner.probes, window.studio
    panel = open_panel(window)
    encoder = hands.node("encoder").id
    inside = studio.analysis.at((encoder,)).inside[0].graph
    attention = next(node.id for node in inside.nodes.values() if node.name == "attention")
    studio.open_sheet(studio.graph.nodes[encoder].block, (encoder,))
    studio.select([attention])
    hands.press(panel, "Feed selected")
    card = panel.cards[0]
    assert card.feed.heads and [part.accessibleName() for part in card.sliders.sliders] == [
        f"head {n}" for n in range(4)
    ]
    card.place.setCurrentIndex(1)
    card.place.activated.emit(1)
    path = (f"{encoder}#1", attention)
    assert probes.feeds.every[0].port == (path, "output") and card.title.full_text == "encoder 2 › attention"
    hands.until(lambda: probes.seen is not None and card.feed.port in probes.seen.arrays)
    before = probes.seen
    card.sliders.sliders[3].setValue(0)
    hands.until(lambda: not np.array_equal(probes.seen.arrays[card.feed.port], before.arrays[card.feed.port]))
    marks = window.overlay("feeds")
    assert isinstance(marks, FeedMarks) and marks.badges == {Port(attention, "output"): "fed: head 3 off"}
    studio.open_sheet(MAIN)
    assert marks.inside == {encoder: 1} and not marks.badges
    # An image is drawn: black is the least that it has over the validation set, white the most.
    studio.select([hands.node("image").id])
    hands.press(panel, "Feed selected")
    choose(panel, 1, "drawing")
    card, port = panel.cards[1], panel.cards[1].feed.port
    assert not card.words.text() and card.pad.isVisibleTo(panel)
    hands.rest()
    panel.area.ensureWidgetVisible(card.pad)
    side = min(card.pad.width(), card.pad.height())
    left = (card.pad.width() - side) // 2
    QTest.mousePress(card.pad, LEFT, NONE, QPoint(left + side // 5, side // 2))
    QTest.mouseMove(card.pad, QPoint(left + 4 * side // 5, side // 2))
    QTest.mouseRelease(card.pad, LEFT, NONE, QPoint(left + 4 * side // 5, side // 2))
    drawing = probes.feeds.every[1].drawing
    assert drawing is not None and drawing.values.shape == (1, 28, 28) and not card.words.text()
    hands.until(lambda: port in probes.seen.arrays and probes.seen.arrays[port][0, 13, 8:20].min() > 1, what="the line")
    drawn = probes.seen.arrays[port][0]
    assert (drawn[[2, 25]] == drawn.min()).all()
    # Ctrl+Z on the pad takes the stroke back; the bar of a knock-out switches a channel off, and on again.
    card.pad.setFocus()
    QTest.keyClick(card.pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert probes.feeds.every[1].drawing is None
    card.measure.click()
    shown = window.panel("see_inside").views
    assert [one.kind.name for one in shown].count("knock_out") == 1 and studio.selection == (hands.node("image").id,)
    view = KnockOutView(studio)
    view.resize(500, 300)
    view.set_theme(studio.theme)
    request = ObservationRequest("knock_out", ((hands.node("patches").id,), "features"))
    arrays = {"loss": np.array([[0.1, 0.0, 0.2], [0.4, 0.3, 0.5]])}
    view.show_result(
        make_observation(request), request.subject, Result(arrays, {"units": ("channel 0", "channel 1")}), ()
    )
    assert view.drawing is not None
    region = view.drawing.regions[0]
    for units in ((1,), None):
        QTest.mouseClick(view, LEFT, NONE, QPoint(int(region.x + region.width / 2), int(region.y + region.height / 2)))
        fed = [feed.units for feed in probes.feeds.every if feed.port == request.subject]
        assert fed == ([units] if units else [])
    view.deleteLater()
