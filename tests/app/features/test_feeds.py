"""The parts of the panel *Feeds*: its undo, the field of units, what switches single units, and what is downstream."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.analysis import infer
from visualnet.app.features.feeds.feed_card import FeedCard
from visualnet.app.features.feeds.knock_out_view import switch_unit
from visualnet.app.features.feeds.overlay import downstream_wires
from visualnet.app.features.feeds.unit_field import read_units, write_units
from visualnet.app.state.feeds import Feeds
from visualnet.cli.common import open_project
from visualnet.core.document import Document
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.training.observations.feeds.feed import Feed, FeedUnits

A, B = (("n1",), "y"), (("n2",), "y")


def test_steps_are_taken_back_one_by_one_and_a_dragged_slider_is_one(qapp: QApplication) -> None:
    feeds, said = Feeds(), []
    feeds.changed.connect(lambda: said.append(feeds.every))
    feeds.add(Feed(A))
    for value in (0.1, 0.5, 0.9):
        feeds.change(0, Feed(A, "values", figures=(value,)), "slider 3")
    feeds.add(Feed(B, on=False))
    assert len(feeds.every) == 2 and feeds.active == (Feed(A, "values", figures=(0.9,)),)
    feeds.undo()
    assert feeds.every == (Feed(A, "values", figures=(0.9,)),)
    feeds.undo()
    assert feeds.every == (Feed(A),), "the drag is one step"
    feeds.redo()
    feeds.clear()
    assert feeds.every == () and not feeds.can_redo
    feeds.undo()
    feeds.undo()
    feeds.undo()
    assert feeds.every == () and not feeds.can_undo and feeds.can_redo
    count = len(said)
    feeds.clear()
    feeds.undo()
    assert len(said) == count, "nothing is told where nothing changes"


def test_each_document_has_its_own(qapp: QApplication) -> None:
    feeds, first, second = Feeds(), Document(Project()), Document(Project())
    feeds.show_document(first)
    feeds.add(Feed(A))
    feeds.show_document(second)
    assert feeds.every == () and not feeds.can_undo
    feeds.show_document(first)
    assert feeds.every == (Feed(A),) and feeds.can_undo


def test_units_are_read_and_written_as_people_do() -> None:
    assert read_units("0, 3-5", 8) == (0, 3, 4, 5) == read_units(" 5–3 ,0", 8)
    assert read_units("all", 8) == read_units("", 8) == read_units("0-7", 8) == ()
    assert write_units((0, 3, 4, 5, 7, 8)) == "0, 3–5, 7, 8" and read_units("0, 3–5, 7, 8", 9) == (0, 3, 4, 5, 7, 8)
    for text in ("8", "a", "1,,2", "-1"):
        with pytest.raises(ValueError, match=r"units 0 to 7|no number"):
            read_units(text, 8)


def test_a_click_on_a_bar_switches_a_unit_off_and_on_again(qapp: QApplication) -> None:
    feeds = Feeds()
    switch_unit(feeds, A, 3, heads=False)
    switch_unit(feeds, A, 1, heads=False)
    switch_unit(feeds, A, 1, heads=True)
    assert feeds.every == (Feed(A, units=(1, 3)), Feed(A, units=(1,), heads=True))
    switch_unit(feeds, A, 3, heads=False)
    switch_unit(feeds, A, 1, heads=False)
    assert feeds.every == (Feed(A, units=(1,), heads=True),)


def test_badges_say_what_is_fed() -> None:
    six = FeedUnits(0, 6, "channel")
    told = {
        Feed(A, units=(1, 2)): "channel 1, 2 off",
        Feed(A, "scale", figures=(1, 0, 1, 1, 1, 1)): "channel 1 off",
        Feed(A, "scale", figures=(1, 0.5, 1, 1, 1, 1)): "channel 1 × 0.5",
        Feed(A, "scale", figures=(2, 0.5, 1, 1, 1, 1)): "2 factors by hand",
        Feed(A, "scale", figures=(0,)): "all off",
        Feed(A, "sample", sample=7, share=0.5): "sample 7, 50 %",
        Feed(A, "values"): "as it flows",
    }
    assert {feed: feed.text(six) for feed in told} == told


def test_what_follows_from_a_port_is_found_to_the_end() -> None:
    graph = open_project("lenet5").graph
    flatten, image = graph.named("flatten"), graph.named("image")
    wires = downstream_wires(graph, {Port(flatten.id, "y")}, set())
    reached = {graph.nodes[target.node].name for target in wires}
    assert reached == {"fc1", "relu3", "fc2", "relu4", "logits", "digit", "loss", "accuracy"}
    assert len(downstream_wires(graph, set(), {image.id})) == len(graph.wires) - 2


def test_a_feed_is_about_its_own_repetition_and_moves_from_one_that_is_gone(qtbot: QtBot) -> None:
    analysis = infer(open_project("densenet-121-small"))
    card = FeedCard(cast(Any, SimpleNamespace(seen=None, samples=0)))
    qtbot.addWidget(card)
    port = next(iter(analysis.at(("n6", "n8")).outputs))
    card.show_feed(Feed((("n6#2", "n8"), port), "zeros"), analysis)
    assert card.facts is analysis.main.nodes["n6"].inside[2].nodes["n8"] and card.place.currentIndex() == 2
    card.show_feed(Feed((("n6#3", "n8"), port), "zeros"), analysis)
    assert card.words.text() == "Its node is no longer in the network."
    assert card.place.count() == 3 and card.place.currentIndex() == -1
