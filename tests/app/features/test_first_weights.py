"""The inspector's section *First weights*: chosen for several nodes at once, undone, and drawn beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import lenet
from visualnet.analysis import infer
from visualnet.app.features.inspector.panel import InspectorPanel
from visualnet.app.features.inspector.sections.initialization_section import InitializationSection
from visualnet.app.services.background_task import close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.compiling import first_weights
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Init
from visualnet.core.project import MAIN


@pytest.fixture
def panel(qtbot: QtBot) -> InspectorPanel:
    made = InspectorPanel(Studio(Document(lenet()), DARK))
    qtbot.addWidget(made)
    made.resize(320, 900)
    made.show()
    return made


def choose(panel: InspectorPanel, *names: str) -> InitializationSection:
    panel.studio.select([panel.studio.graph.named(name).id for name in names])
    return panel.node_page.first_weights


def take(section: InitializationSection, tag: str) -> None:
    at = section.init.findData(tag)
    section.init.setCurrentIndex(at)
    section.init.activated.emit(at)


def test_several_nodes_start_alike_in_one_step_that_is_undone(panel: InspectorPanel) -> None:
    studio, section = panel.studio, choose(panel, "conv1", "logits", "flatten")
    assert section.isVisibleTo(panel) and section.init.currentData() == "default"
    take(section, "kaiming_normal")
    assert studio.graph.named("conv1").init == Init("kaiming_normal", {"nonlinearity": "relu"}), "a ReLU follows it"
    assert studio.graph.named("logits").init == Init("kaiming_normal"), "nothing follows it"
    assert studio.graph.named("flatten").init == Init()
    take(section, "normal")
    section.forms["normal"].rows["std"].edited.emit(0.2)
    assert [studio.graph.named(n).init.params for n in ("conv1", "logits")] == [{"std": 0.2}, {"std": 0.2}]
    studio.document.undo()
    studio.document.undo()
    studio.document.undo()
    assert studio.graph.named("conv1").init == Init() and section.init.currentData() == "default"
    choose(panel, "flatten")
    assert not section.isVisibleTo(panel), "it has no weights"


def test_what_differs_and_what_cannot_be_is_shown(panel: InspectorPanel) -> None:
    studio = panel.studio
    ids = [studio.graph.named(name).id for name in ("conv1", "logits")]
    studio.do("Start", lambda p: edits.set_node(p, MAIN, ids[:1], init=Init("normal", {"std": -1})))
    section = choose(panel, "conv1")
    assert "at least 0" in section.forms["normal"].words["std"].text()
    panel.node_page.point_at("init.std")
    assert section.opened
    studio.do("Start", lambda p: edits.set_node(p, MAIN, ids[:1], init=Init("hopeful")))
    assert "no way to start weights" in section.fault.text() and section.init.currentIndex() == -1
    choose(panel, "conv1", "logits")
    assert section.init.placeholderText() == "several"


def test_the_histogram_is_drawn_beside_the_window_and_follows(panel: InspectorPanel, qtbot: QtBot) -> None:
    studio, section = panel.studio, choose(panel, "logits")
    section._timer.timeout.emit()
    assert section._task is None, "nothing is drawn while nobody looks"
    take(section, "normal")
    section.set_opened(True)
    section.toggled.emit(True)
    state = torch.default_generator.get_state()
    qtbot.waitUntil(lambda: bool(section.histograms.spreads))
    weight, bias = section.histograms.spreads
    assert weight.std == pytest.approx(0.01, rel=0.2) and (bias.std, bias.counts) == (0.0, (10,))
    assert section.formula.isVisibleTo(section)
    studio.do("Wider", lambda p: edits.set_node(p, MAIN, section.ids, init=Init("normal", {"std": 3.0})))
    qtbot.waitUntil(lambda: section.histograms.spreads[0].std > 2)
    assert torch.equal(torch.default_generator.get_state(), state), "a training beside it draws the same numbers"
    section.histograms.grab()
    choose(panel, "conv1")
    qtbot.waitUntil(
        lambda: len(section.histograms.spreads[0].counts) > 1 and "×5×5" in section.histograms.spreads[0].title
    )
    close_tasks(panel)


def test_a_draw_that_nobody_wants_any_more_ends(
    panel: InspectorPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow draw of another node does not come over the one that is selected, and the window goes on meanwhile."""
    section = choose(panel, "conv1")
    began, ended = threading.Event(), threading.Event()

    def endless(facts: list[object], seed: int, go_on: Callable[[float], None]) -> first_weights.FirstWeights:
        began.set()
        try:
            while True:
                go_on(0.5)
        finally:
            ended.set()

    with monkeypatch.context() as patch:
        patch.setattr(first_weights, "draw_first_weights", endless)
        section.set_opened(True)
        section.toggled.emit(True)
        qtbot.waitUntil(began.is_set)
    first = section._task
    choose(panel, "logits")
    qtbot.waitUntil(lambda: bool(section.histograms.spreads))
    assert ended.is_set() and first is not section._task
    assert section.histograms.spreads[0].title.startswith("weight 10×")
    close_tasks(panel)


def test_draws_are_those_of_the_layer_alone() -> None:
    facts = infer(lenet()).main
    node = facts.graph.named("logits")
    drawn = first_weights.draw_first_weights([facts.nodes[node.id]], 7)
    torch.manual_seed(7)
    layer = torch.nn.Linear(*reversed(drawn.tensors[0].shape)).requires_grad_(False)
    assert drawn.tensors[0].mean == pytest.approx(float(layer.weight.mean()))
    assert sum(drawn.tensors[0].counts) == layer.weight.numel()
    assert drawn.tensors[1].std == pytest.approx(float(layer.bias.std(correction=0)))


def test_what_is_too_large_to_look_at_says_so() -> None:
    project = edits.set_params(lenet(), MAIN, [lenet().graph.named("logits").id], {"out_features": 10**6})
    facts = infer(project).main
    drawn = first_weights.draw_first_weights([facts.nodes[facts.graph.named("logits").id]], 0)
    assert not drawn.tensors and "too many to draw" in drawn.left_out
