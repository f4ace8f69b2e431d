"""The mouse in the window: trained a little, watched while it plays, played by hand; an environment that fails is told in words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, Hands
from visualnet.analysis import infer
from visualnet.app.features.play.panel import PlayPanel
from visualnet.app.shell.window import Window
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.project import DataChoice
from visualnet.data.environments.mouse_world import MouseWorld
from visualnet.figures.charts.planes.action_bars import ActionBars
from visualnet.figures.charts.planes.action_field import ActionField
from visualnet.training.checkpoints import load_weights
from visualnet.training.loop import checkpointer
from visualnet.training.loop.procedures.action_values import find_values
from visualnet.training.runs.run_history import folder_of


def open_play(window: Window, hands: Hands) -> PlayPanel:
    window.project_files.open_template("mouse")
    panel = window.show_panel("play")
    assert isinstance(panel, PlayPanel)
    hands.until(lambda: window.runner.why_not() == "" and panel.q is not None, what="the first values")
    return panel


@pytest.mark.wide
def test_the_mouse_is_trained_watched_and_played_by_hand(window: Window, hands: Hands) -> None:
    panel = open_play(window, hands)
    runner = window.runner
    window.studio.do("Short", lambda p: edits.set_data(p, options={"steps": 30}))
    hands.until(lambda: window.runner.why_not() == "" and panel.q is not None, what="the values of the other game")
    assert panel.episode is not None and "of 30" in panel.words.text() and not panel.fault.text()
    short = {"rounds": 60, "learning_starts": 100, "episodes": 2}
    window.studio.do("Short", lambda p: edits.set_recipe(p, options={**p.recipe.options, **short}, epochs=60))
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.model is not None and len(runner.model.epochs) >= 1, what="the first epoch")
    window.show_panel("play")
    panel.speed.setValue(4)  # slow enough that the game is not over before it is held
    hands.press(panel, "Watch the network")
    hands.until(lambda: len(panel.episode.actions) >= 3, what="three steps by the network while it trains")
    hands.press(panel, "Hold")
    hands.until(lambda: "ε" in panel.training.full_text, what="how the training plays")
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")
    assert runner.model.troubles == [] and runner.model.failed is None
    curves = window.show_panel("training").curves
    assert curves.measures.isVisible() and curves.measures.title == "Reward"

    window.show_panel("play")
    panel.seed.setFocus()
    hands.type_into(panel.seed.lineEdit(), "7")
    assert panel.episode.seed == 7 and panel.episode.actions == []
    hands.press(panel, "Watch the network")
    hands.until(lambda: panel.episode.over, what="the end of the episode")
    assert not panel.playing and "the episode is over" in panel.words.text()
    chosen = panel.episode.actions
    hands.press(panel, "New episode")
    assert panel.episode.seed == 8
    hands.type_into(panel.seed.lineEdit(), "7")
    for action in chosen[:3]:
        hands.until(lambda: panel.q is not None, what="values")
        assert int(panel.q.argmax()) == action, "the same network plays the same episode alike"
        hands.press(panel, "Step")
    assert panel.episode.actions == chosen[:3]

    before = len(panel.episode.actions)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(panel.game, key)
    QTest.mouseClick(panel.hand_buttons[3], LEFT)
    assert panel.episode.actions[before:] == [2, 0, 3] and f"step {before + 3} of 30" in panel.words.text().lower()
    hands.until(lambda: isinstance(panel.bars.chart, ActionBars), what="the bars")
    hands.press(panel, "Q-values over the grid")
    hands.until(lambda: panel.field.isVisible() and isinstance(panel.field.widget.chart, ActionField), what="the field")
    assert panel.field.widget.chart.here == panel.episode.world.place
    hands.until(lambda: panel.q is not None)
    now = panel.q
    row, column = panel.episode.world.place
    np.testing.assert_allclose(panel.field.widget.chart.values[row, column], now, rtol=1e-4, atol=1e-5)
    window.set_panel_shown("play", False)
    hands.rest()
    assert window.runner.probes.own is None, "what nobody plays any more is not looked at"


def test_all_weights_that_a_run_has_kept_play(window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are offered while it trains too, and each answers with its own values of the same state."""
    monkeypatch.setattr(checkpointer, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_SHARE", 1.0)
    panel = open_play(window, hands)
    short = {"rounds": 30, "learning_starts": 40, "episodes": 2, "ema_decay": 0.9, "keep_every": 1}
    window.studio.do("Short", lambda p: edits.set_data(p, options={"steps": 20, "side": 5, "n": 60}))
    window.studio.do("Short", lambda p: edits.set_recipe(p, options={**p.recipe.options, **short}, epochs=300, lr=0.01))
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    window.show_panel("play")
    hands.until(lambda: panel.weights.findText("Best weights") > 0, what="the best weights while it trains")
    hands.until(lambda: panel.weights.findText("The checkpoint before") > 0, what="two checkpoints")
    window.actions_.trigger("train.stop")
    hands.until(lambda: window.runner.state == "idle", what="the end")
    titles = [panel.weights.itemText(at) for at in range(panel.weights.count())]
    assert titles[:5] == ["As it is now", "Last weights", "The checkpoint before", "Best weights", "Averaged weights"]
    done = window.runner.model.epochs[-1].epoch
    assert titles[5:] == [f"After epoch {epoch}" for epoch in range(done, 0, -1)]
    project, folder = window.studio.project, folder_of(window.runner.run)
    seen = torch.from_numpy(panel.episode.observation)[None]
    panel.weights.setFocus()
    for file in ("last/weights", "before-last/weights", "best", "average", f"epoch-{done}"):
        QTest.keyClick(panel.weights, Qt.Key.Key_Down)
        path = folder / f"{file}.safetensors"
        assert panel.values.kept == path
        hands.until(lambda: panel.q is not None, what=f"what {file} says")
        model = compile_project(project, infer(project), seed=0)
        load_weights(path, model.net)
        port = find_values(model.analysis.main)
        with torch.no_grad():
            values = model.view([((port.node,), port.port)]).eval()(seen)[0][0]
        np.testing.assert_allclose(panel.q, values.numpy(), rtol=1e-4, atol=1e-5)
    assert not panel.fault.text()


def test_an_environment_that_fails_is_told_and_begins_again(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_play(window, hands)
    whole = MouseWorld.step

    def fail(self: MouseWorld, action: int) -> object:
        raise OSError("the arena is closed")

    monkeypatch.setattr(MouseWorld, "step", fail)
    QTest.keyClick(panel.game, Qt.Key.Key_Right)
    assert "failed on “right”: OSError the arena is closed" in panel.fault.text() and panel.fault.isVisible()
    assert panel.episode is not None and panel.episode.actions == []
    monkeypatch.setattr(MouseWorld, "step", whole)
    QTest.mouseClick(panel.again, LEFT)
    assert not panel.fault.text()
    QTest.keyClick(panel.game, Qt.Key.Key_Right)
    assert panel.episode.actions == [3]


@pytest.mark.wide
def test_other_data_and_other_games(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    panel = window.show_panel("play")
    hands.rest()
    assert panel.stack.currentIndex() == 0 and "environment" in panel.empty.sentence.text()
    hands.press(panel, "Open “Mouse”")
    hands.until(lambda: window.studio.project.name == "Mouse" and panel.stack.currentIndex() == 1, what="the mouse")
    assert panel.field_button.isVisible()
    studio = window.studio
    studio.do("Choose", lambda p: edits.choose_data(p, DataChoice(name="cartpole")))
    hands.until(lambda: panel.environment is not None and panel.environment.name == "cartpole", what="the cart")
    wanted = ["← push left", "→ push right"]
    hands.until(lambda: [one.text() for one in panel.hand_buttons if one.isVisible()] == wanted, what="its buttons")
    assert not panel.field_button.isVisible(), "the cart stands on no grid"
    hands.until(lambda: bool(panel.fault.text()), what="why the network cannot play this")
    QTest.keyClick(panel.game, Qt.Key.Key_Left)
    assert panel.episode is not None and panel.episode.total == 1.0
