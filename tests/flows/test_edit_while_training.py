"""The drawing is changed while it trains, or after: it is said what the run and its curves belong to."""

from __future__ import annotations

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_status import STILL_AS_IT_WAS
from visualnet.training.runs.run_table import COLUMNS

STATE = tuple(COLUMNS).index("state")


def test_an_edit_does_not_reach_the_run_and_that_is_said(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    studio, runner = window.studio, window.runner
    studio.do("Set epochs", lambda p: edits.set_recipe(p, epochs=200))
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.model is not None and runner.model.step >= 2, what="the first steps")
    line, told = window.panel("training").words, []
    studio.message.connect(lambda _, words: told.append(words))
    hands.until(lambda: "epoch 1 of 200" in line.full_text)
    assert STILL_AS_IT_WAS not in line.full_text
    hands.click("relu3")
    hands.keys("Del")
    hands.until(lambda: line.full_text.startswith(STILL_AS_IT_WAS), what="the line over the curves")
    studio.do("Set stride", lambda p: edits.set_params(p, MAIN, [hands.node("conv1").id], {"bias": False}))
    assert told.count(f"{STILL_AS_IT_WAS}.") == 1, "said once"
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    hands.until(lambda: line.full_text.startswith("Of an earlier version of the drawing · "))
    table = window.show_panel("runs").table.model()
    assert table.data(table.index(0, STATE)).endswith(", earlier drawing")
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    window.panel("training").refresh()
    assert not line.full_text.startswith("Of an earlier"), "it is the network that was trained again"
    assert table.data(table.index(0, STATE)) == "stopped"


def test_names_and_places_are_no_other_network(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    project = window.studio.project
    node = project.graph.named("conv1").id
    same = edits.rename(edits.move(project, MAIN, {node: (5.0, 5.0)}), MAIN, node, "first")
    assert mark_of(same) == mark_of(project)
    assert mark_of(edits.set_params(project, MAIN, [node], {"stride": 2})) != mark_of(project)
    assert mark_of(edits.remove(project, MAIN, [node])) != mark_of(project)
