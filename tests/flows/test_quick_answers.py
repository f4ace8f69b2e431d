"""What a gesture sets going is done once, and for what is seen: the rest waits until it is."""

from __future__ import annotations

from collections import Counter

import pytest
from pytestqt.qtbot import QtBot

from tests.flows.hands import Hands
from tests.waiting import settle
from visualnet.app.features.inspector.panel import InspectorPanel
from visualnet.app.features.start_page.further_templates import FurtherTemplates
from visualnet.app.shell.window import Window
from visualnet.app.state.deferred_refresh import DeferredRefresh, do_waiting_refreshes
from visualnet.core import edits


@pytest.fixture
def two(window: Window, hands: Hands) -> Window:
    """Two projects are open; everything shows the second."""
    for name in ("lenet5", "perceptron-points"):
        window.pages["start_page"].template_chosen.emit(name)
        settle()
    return window


@pytest.mark.wide
def test_each_panel_follows_another_document_once_and_after_the_canvas(
    two: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.show_space("inspect")
    settle()
    done: Counter[DeferredRefresh] = Counter()
    do = DeferredRefresh.do
    monkeypatch.setattr(DeferredRefresh, "do", lambda self: (done.update([self]), do(self)))
    two.actions_.trigger("view.next_tab")
    assert not done, "the canvas first"
    assert set(two.canvas.view.canvas.cards) == set(two.studio.graph.nodes)
    do_waiting_refreshes()
    assert len(done) > 8 and max(done.values()) == 1, "however many signals told of it"
    assert two.panel("inspector").project_page.isVisibleTo(two.panel("inspector"))


def test_a_panel_behind_another_one_does_nothing_until_it_is_in_front(
    two: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.show_space("inspect")
    two.spaces.reveal("inspector")
    settle()
    refreshed: list[int] = []
    do = DeferredRefresh.do

    def note(self: DeferredRefresh) -> None:
        if isinstance(self.widget, InspectorPanel):
            refreshed.append(1)
        do(self)

    monkeypatch.setattr(DeferredRefresh, "do", note)
    node = next(iter(two.studio.graph.nodes))
    two.studio.select([node])
    assert refreshed and two.panel("inspector").node_page.isVisible()
    two.spaces.reveal("maps")
    settle()
    refreshed.clear()
    two.studio.do("Rename", lambda p: edits.rename(p, "", node, "other"))
    settle()
    assert not refreshed and not two.panel("inspector").isVisible()
    two.spaces.reveal("inspector")
    settle()
    assert refreshed == [1] and two.panel("inspector").node_page.name.text() == "other"


@pytest.mark.wide
def test_the_page_is_not_laid_out_again_and_again_when_it_comes_back(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eighty cards and rows are fitted to the width: each further time takes as long as the click may take."""
    fitted: list[int] = []
    arrange = FurtherTemplates.arrange
    monkeypatch.setattr(FurtherTemplates, "arrange", lambda self, width: (fitted.append(width), arrange(self, width)))
    shown = window.pages["start_page"]
    assert len(shown.more) > 50
    settle()
    for _ in range(2):
        shown.template_chosen.emit("lenet5")
        qtbot.waitUntil(lambda: not window.covered)
        settle()
        fitted.clear()
        window.actions_.trigger("file.close")
        qtbot.waitUntil(lambda: window.covered)
        settle()
        assert len(fitted) <= 2, "once for its width, and once if the bar below it goes"
    assert shown.cards[0].isVisible()
