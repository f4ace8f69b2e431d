"""A run waits, and its drawing is another by then: what is asked, when, and what becomes of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig
from tests.training.test_network_change import three, wider
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import MAIN
from visualnet.training.loop.network import change


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    """A run that waits after some steps."""
    made = Rig(three("Adam", epochs=1_000_000))
    assert made.runner.start()
    made.until(qtbot, lambda: made.runner.state == "running")
    made.runner.pause()
    made.until(qtbot, lambda: made.runner.state == "paused")
    yield made
    made.runner.close()


def test_it_is_asked_only_of_the_run_in_front_and_of_another_network(rig: Rig) -> None:
    question, studio = rig.runner.network, rig.studio
    asked: list[bool] = []
    question.asked.connect(lambda: asked.append(True))
    node = studio.graph.named("linear_2").id
    studio.do("Rename", lambda p: edits.rename(p, MAIN, node, "middle"))
    studio.do("Move", lambda p: edits.move(p, MAIN, {node: (7.0, 7.0)}))
    assert not question.open, "a name and a place are no other network"
    studio.do("Wider", wider_middle)
    assert (
        question.open
        and question.kept is not None
        and [n.name for n in question.kept.of("anew")] == ["middle", "linear_4"]
    )
    trains = studio.document
    studio.open(Document(three("SGD")))
    assert not question.open and not rig.runner.busy
    studio.open(trains)
    assert question.open
    assert not rig.runner.resume() and asked == [True] and rig.runner.state == "paused"
    studio.document.undo()
    assert not question.open


def wider_middle(project: Any) -> Any:
    return edits.set_params(project, MAIN, [project.graph.named("middle").id], {"out_features": 5})


def test_a_change_that_fails_leaves_the_run_waiting_and_the_question_open(
    rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError("no room")

    question, studio = rig.runner.network, rig.studio
    studio.do("Wider", wider)
    with monkeypatch.context() as context:
        context.setattr(change, "compile_network", fail)
        question.accept()
        assert question.answered
        question.accept()
        question.decline()
        rig.until(qtbot, lambda: not question.answered)
    assert rig.said[-1] == ("warning", "The network stays as it was: no room")
    assert rig.runner.state == "paused" and question.open and question.kept is not None
    question.accept()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    assert rig.runner.model is not None and rig.runner.model.networks[0].kept == ("linear_0",)
    assert not question.open
    assert rig.runner.live_edits.trained.graph.nodes == studio.graph.nodes


def test_a_run_that_goes_on_with_the_old_network_is_not_asked_again_for_the_same_drawing(
    rig: Rig, qtbot: QtBot
) -> None:
    question, studio = rig.runner.network, rig.studio
    studio.do("Other data", lambda p: edits.set_data(p, name="digits8x8"))
    studio.do("Wider", wider)
    assert question.kept is None and "other data need a new training" in question.refusal
    question.decline()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    rig.runner.pause()
    rig.until(qtbot, lambda: rig.runner.state == "paused")
    assert question.open and rig.runner.resume(), "it was said already"
    rig.until(qtbot, lambda: rig.runner.state == "running")
