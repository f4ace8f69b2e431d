"""The drawing is changed while it trains, or after: it is said what the run and its curves belong to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.training.recipe.live_settings import describe_change
from visualnet.training.runs.change_marks import find_marks
from visualnet.training.runs.network_mark import is_older, mark_of
from visualnet.training.runs.run_status import STILL_AS_IT_WAS
from visualnet.training.runs.run_table import COLUMNS

STATE = tuple(COLUMNS).index("state")


@pytest.mark.wide
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


@pytest.mark.wide
def test_what_is_changed_while_it_trains_reaches_the_run_and_undo_takes_it_back(window: Window, hands: Hands) -> None:
    """The rate, the decay and the schedule in the recipe, dropout in the inspector, freezing on the canvas, by mouse and keys."""
    window.project_files.open_template("lenet5")
    hands.rest()
    studio, runner = window.studio, window.runner
    after = next(wire for wire in studio.graph.wires if wire.node == hands.node("relu3").id)
    place = studio.graph.places[after.node]
    studio.do(
        "Add", lambda p: edits.add_node(p, MAIN, "dropout", id="n900", name="drop", at=(place[0], place[1] + 200))
    )
    studio.do("Put in", lambda p: edits.insert_on_wire(p, MAIN, "n900", after))
    hands.rest()
    studio.do("Set", lambda p: edits.set_recipe(p, epochs=200, lr=0.01))
    page = window.show_panel("recipe")
    hands.rest()
    here = page.rows["lr"].mapTo(window, QPoint())
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.model is not None and runner.model.step >= 2, what="the first steps")
    model = runner.model
    assert model is not None

    def last(count: int) -> str:
        hands.until(lambda: len(model.changes) >= count, what=f"change {count}")
        assert len(model.changes) == count
        return "; ".join(map(describe_change, model.changes[-1].changes))

    window.show_panel("recipe")
    assert "changes in it at once" in page.note.text() and page.note.isVisibleTo(page)
    assert page.rows["lr"].mapTo(window, QPoint()) == here and page.note.geometry().bottom() <= page.height()
    for count, (name, text) in enumerate((("lr", "0.001"), ("weight_decay", "0.1")), 1):
        page.reveal(name)
        hands.type_into(page.rows[name].findChild(QLineEdit), text)
        assert last(count) == f"{'learning rate 0.01 → 0.001' if name == 'lr' else 'weight decay 0 → 0.1'}"
    hands.set_param("drop", "p", "0.2")
    assert last(3) == "“drop” probability 0.5 → 0.2"
    hands.click("conv1")
    hands.keys("L")
    assert last(4) == "“conv1” frozen"
    net = runner._task
    assert net is not None
    panel = window.panel("training")
    hands.until(lambda: "D at step" in panel.changed.full_text, what="the line over the curves")
    assert panel.changed.isVisibleTo(panel) and panel.changed.toolTip().count("\n") == 3
    assert STILL_AS_IT_WAS not in panel.words.full_text
    for count, words in (
        (5, "“conv1” trained again"),
        (6, "“drop” probability 0.2 → 0.5"),
        (7, "weight decay 0.1 → 0"),
        (8, "learning rate 0.001 → 0.01"),
    ):
        hands.keys("Ctrl+Z")
        assert last(count) == words
    curves = window.panel("training").curves.loss
    hands.until(lambda: "A at step" in curves.accessibleDescription(), what="marks on the curves")
    letters = [mark.letter for mark in find_marks(model)]
    assert letters == list("ABCDEFGH")
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    assert not is_older(runner.run, studio.project), "the run had all of it"
    assert runner.model.lr.last[1] == 0.01
