"""Deep Q-learning: it learns, what it aims at, resumes to the bit wherever it is stopped, and says in words what cannot be."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.training.test_session import train, values
from visualnet.analysis import infer
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_number
from visualnet.data.environments.mouse_world import MouseWorld
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training.checkpoints import read_state
from visualnet.training.control import Control
from visualnet.training.loop import preflight
from visualnet.training.loop.procedures.action_values import find_values
from visualnet.training.loop.procedures.kinds import deep_q
from visualnet.training.loop.procedures.q_play import QPlay, update_target_network
from visualnet.training.recipe.procedures import PROCEDURES

SMALL = {
    "rounds": 25,
    "play_steps": 2,
    "epsilon_steps": 60,
    "buffer": 60,
    "learning_starts": 30,
    "target_every": 7,
    "episodes": 2,
}


def game(name: str = "mouse", data: dict[str, Any] | None = None, **options: Any) -> Project:
    """A template, thin and short."""
    project = project_file.load(resource("templates", f"{name}.vnet"))
    thin = [node.id for node in project.graph.nodes.values() if node.name in ("fc1", "fc2")]
    project = edits.set_params(project, "", thin, {"out_features": 16}) if thin else project
    epochs, lr = options.pop("epochs", 3), options.pop("lr", 0.001)
    said = {**project.recipe.options, **SMALL, **options}
    project = edits.set_recipe(project, options=said, batch_size=8, epochs=epochs, lr=lr)
    return edits.set_data(project, options={"n": 40, **(data or {})})


def faults(project: Project) -> list[str]:
    data = load(project.data)
    return [fault.words for fault in preflight.faults(infer(project, None, data.fields), data)]


# --- what it does ------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_a_mouse_in_a_small_place_learns_to_eat() -> None:
    """With the seed it gets well more than in its first, mostly random episodes."""
    data = {"side": 5, "cheese": 20, "poison": 8, "steps": 40}
    more: dict[str, Any] = {
        "buffer": 5000,
        "epsilon_steps": 1200,
        "target_rate": 0.02,
        "target_every": 1,
        "learning_starts": 200,
    }
    project = game(data=data, rounds=250, episodes=20, epochs=4, lr=0.003, discount=0.9, **more)
    model = train(edits.set_recipe(project, batch_size=32))
    assert model.state == "done"
    found: list[float] = [epoch.validation["reward"] or 0.0 for epoch in model.epochs]
    assert max(found) > (model.epochs[0].train["reward"] or 0.0) + 0.5
    assert model.epochs[-1].train["epsilon"] == 0.05
    assert len(values(model)) == 4 * 250
    assert set(model.steps) == {"loss", "reward", "episode_length", "epsilon"}
    assert (np.diff(values(model, "epsilon")) <= 0).all()
    assert model.best is not None
    assert model.best.validation["reward"] == max(found)


class Counted:
    """A world of three states in a row: going on is worth 1, and the third state ends the episode."""

    def reset(self, *, seed: int | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        self.at = 0
        return np.array([0.0], np.float32), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.at += 1
        return np.array([self.at], np.float32), 5.0 * self.at, self.at == 3, False, {}


@pytest.mark.parametrize("double", [True, False])
def test_a_target_is_the_reward_and_the_discounted_worth_of_the_best_next_action(double: bool) -> None:
    """Against the formula, written out step by step: y = r + γ·Q′(s′, argmax Q(s′)), and r alone at an end."""
    said: dict[str, Any] = {
        "buffer": 50,
        "epsilon_start": 1.0,
        "epsilon_end": 1.0,
        "epsilon_steps": 1,
        "learning_starts": 10,
    }
    said |= {"clip_reward": 7.0, "discount": 0.5, "double_q": double, "batch_size": 40}
    play = QPlay(Counted(), np.zeros(1, np.float32), 2, said, 0, np.copy, torch.device("cpu"))
    own, slow = torch.tensor([[1.0, 3.0]]), torch.tensor([[40.0, 20.0]])

    def q(seen: torch.Tensor) -> torch.Tensor:
        return own * (seen + 1)

    def lagging(seen: torch.Tensor) -> torch.Tensor:
        return slow * (seen + 1)

    for _ in range(70):
        play.step(q)
    assert play.played == 70
    assert play.last == (30.0, 3)
    batch = play.learn_from(play.draw(), q, lagging)
    for seen, target in zip(batch["observation"].flatten(), batch["target"].flatten(), strict=True):
        reward = min(5.0 * (seen + 1), 7.0)
        worth = (20.0 if double else 40.0) * (seen + 2)
        assert target == (reward if seen == 2 else reward + 0.5 * worth)


@given(
    st.floats(0, 1), st.floats(0, 1), st.integers(1, 50), st.integers(1, 50), st.lists(st.integers(0, 200), min_size=2)
)
def test_the_share_of_random_steps_goes_from_the_first_to_the_last_down_or_up(
    start: float, end: float, steps: int, begins: int, played: list[int]
) -> None:
    """Against the rule that the recipe shows, evaluated."""
    said = {"epsilon_start": start, "epsilon_end": end, "epsilon_steps": steps, "learning_starts": begins, "buffer": 4}
    play = QPlay(Counted(), np.zeros(1, np.float32), 2, said, 0, np.copy, torch.device("cpu"))
    rule = next(rule for rule in PROCEDURES["deep_q"].rules if rule.lead == "epsilon")
    found = []
    for play.played in sorted(played):
        by_rule = eval(rule.text, {"min": min, "max": max, "t": play.played, **said})
        assert play.epsilon == pytest.approx(by_rule, abs=1e-12)
        assert min(start, end) <= play.epsilon <= max(start, end)
        found.append(play.epsilon)
    assert found == sorted(found, reverse=end < start)
    play.played = begins
    assert play.epsilon == start
    play.played = begins + steps
    assert play.epsilon == end


def test_the_target_network_follows_by_its_share() -> None:
    old, new = [torch.zeros(3), torch.tensor(1)], [torch.ones(3), torch.tensor(9)]
    update_target_network(old, new, 0.25)
    assert old[0].tolist() == [0.25] * 3
    assert old[1] == 9  # what counts is copied
    update_target_network(old, new, 1.0)
    assert old[0].tolist() == [1.0] * 3


def test_the_values_of_actions_are_found_by_what_is_picked_of_them() -> None:
    project = game("mouse-conv")
    main = infer(project).main
    port = find_values(main)
    assert port is not None
    assert main.nodes[port.node].node.name == "q"


# --- going on ----------------------------------------------------------------------------------------------------------


def stopping_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Control:
    """A control that stops the run after so many steps of any mouse."""
    control, count, plain = Control(), [0], MouseWorld.step

    def step(self: MouseWorld, action: int) -> Any:
        count[0] += 1
        if count[0] == steps:
            control.stop()
        return plain(self, action)

    monkeypatch.setattr(MouseWorld, "step", step)
    return control


WHOLE: dict[bool, Any] = {}


@pytest.mark.few(2)
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("steps", [11, 30, 47, 80, 112, 240])
def test_a_run_that_was_stopped_anywhere_goes_on_to_the_last_bit(
    steps: int, soft: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the random steps before the first batch, at it, in the middle of an episode, in the validation, behind it."""
    more: dict[str, Any] = {"target_every": 1, "target_rate": 0.1} if soft else {}
    project = game(data={"side": 5, "steps": 20}, **more)
    if soft not in WHOLE:
        WHOLE[soft] = train(project)
    whole = WHOLE[soft]
    with monkeypatch.context() as patch:
        stopped = train(project, tmp_path, stopping_after(steps, patch))
    assert stopped.state == "stopped"
    resumed = train(project, tmp_path, resume=True)
    assert resumed.state == "done"
    assert not resumed.troubles
    joined = {n: (values(stopped, n) if n in stopped.steps else []) + values(resumed, n) for n in whole.steps}
    assert joined == {name: values(whole, name) for name in whole.steps}
    assert [e.validation for e in (*stopped.epochs, *resumed.epochs)] == [e.validation for e in whole.epochs]
    assert resumed.epochs[-1].train == whole.epochs[-1].train


def test_a_checkpoint_of_another_buffer_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = game()
    with monkeypatch.context() as patch:
        train(project, tmp_path, stopping_after(100, patch))
    model = train(game(buffer=20), tmp_path, resume=True)
    assert model.state == "failed"
    assert model.failed is not None
    assert "the buffer has room for 20" in model.failed.words


def test_a_stop_is_obeyed_among_the_random_steps_before_the_first_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    control = stopping_after(500, monkeypatch)
    model = train(game(learning_starts=10_000_000, buffer=100), control=control)
    assert model.state == "stopped"
    assert not values(model) if "loss" in model.steps else True


# --- what cannot be ----------------------------------------------------------------------------------------------------


def test_bad_input_is_told_before_the_first_step() -> None:
    project = game()
    ids = {node.name: node.id for node in project.graph.nodes.values()}
    wide = edits.set_params(project, "", [ids["q"]], {"out_features": 6})
    assert faults(wide) == [
        "“q” gives 6 values, and Mouse and cheese has 4 actions (up, down, left, right): make it 4 wide"
    ]
    wires = {target: source for target, source in project.graph.wires.items() if target.node != ids["q_taken"]}
    unread = project.with_sheet("", replace(project.graph, wires=wires))
    assert faults(unread)
    # The number of the action itself among what the values are made of:
    field = edits.set_params(project, "", [ids["target"]], {"field": "y"})
    assert faults(field)


def test_an_environment_is_wanted() -> None:
    points = project_file.load(resource("templates", "perceptron-points.vnet"))
    (words,) = faults(edits.set_recipe(points, procedure="deep_q"))
    assert words.startswith(
        "deep Q-learning plays in an environment, and “points” is none: choose one as data (Cart and pole, Acrobot"
    )


def test_a_buffer_larger_than_memory_is_refused_with_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_q, "free_memory", lambda: 1_000_000)
    (words,) = faults(game(buffer=5000))
    assert words == "a buffer of 5,000 steps takes 3.89 MiB, and 977 KiB are free: make it 980 at most"
    assert not faults(game(buffer=980))


def test_a_procedure_that_is_not_known_is_told() -> None:
    project = edits.set_recipe(game(), procedure="dreaming")
    model = train(project)
    assert model.failed is not None
    assert "there is no procedure “dreaming” (there are supervised, deep_q)" in model.failed.words


def raising(self: MouseWorld, action: int) -> Any:
    raise RuntimeError("the cat is here")


def without_reward(self: MouseWorld, action: int) -> Any:
    return np.zeros((4, 5, 5), np.float32), math.nan, False, False, {}


def too_wide(self: MouseWorld, action: int) -> Any:
    return np.zeros((4, 7, 7), np.float32), 0.0, False, False, {}


def endless(self: MouseWorld, action: int) -> Any:
    return np.full((4, 5, 5), np.inf, np.float32), 0.0, False, False, {}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            raising,
            r"at step \d+ of the episode of seed \d+ the environment failed on action \d: RuntimeError: the cat is here",
        ),
        (without_reward, r"at step \d+ of the episode of seed \d+ the reward is nan: nothing can be learned from that"),
        (too_wide, r"the observation has the shape \(4, 7, 7\); \(4, 5, 5\) was declared"),
        (endless, r"the observation holds inf"),
    ],
)
def test_a_world_that_breaks_ends_the_run_in_words_and_nothing_is_lost(
    fault: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, plain, count = game(), MouseWorld.step, [0]
    data = load(project.data)

    def step(self: MouseWorld, action: int) -> Any:
        count[0] += 1
        return fault(self, action) if count[0] == 60 else plain(self, action)

    with monkeypatch.context() as patch:
        patch.setattr(MouseWorld, "step", step)
        model = train(project, tmp_path, data=data)
    assert model.state == "failed"
    assert model.failed is not None
    assert re.search(words, model.failed.words)
    assert read_state(tmp_path / "last").step == len(values(model)) == 15
    whole, resumed = train(project), train(project, tmp_path, resume=True)
    assert values(model) + values(resumed) == values(whole)


def closed(self: MouseWorld, action: int) -> Any:
    raise OSError("the arena is closed")


def unseen(self: MouseWorld, action: int) -> Any:
    return np.full((4, 5, 5), np.nan, np.float32), 0.0, False, False, {}


def in_words(self: MouseWorld, action: int) -> Any:
    return np.full((4, 5, 5), "cheese"), 0.0, False, False, {}


def without_number(self: MouseWorld, action: int) -> Any:
    return np.zeros((4, 5, 5), np.float32), None, False, False, {}


JUDGING = [
    (
        closed,
        r"at step 3 of the episode of seed {seed} the environment failed on action \d: OSError: the arena is closed",
    ),
    (without_reward, r"at step 3 of the episode of seed {seed} the reward is nan"),
    (without_number, r"at step 3 of the episode of seed {seed} the environment failed on action \d: TypeError: float"),
    (too_wide, r"at step 3 of the episode of seed {seed} the observation has the shape \(4, 7, 7\)"),
    (unseen, r"at step 3 of the episode of seed {seed} the observation holds nan"),
    (in_words, r"at step 3 of the episode of seed {seed} the observation is of type <U6; numbers are wanted"),
]


def break_episode(of: int, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every mouse fail at the third step of this episode; without a fault, at its beginning."""
    begin, step = MouseWorld.reset, MouseWorld.step
    begun: dict[int, int | None] = {}

    def reset(self: MouseWorld, *, seed: int | None = None, **more: Any) -> Any:
        begun[id(self)] = seed
        if fault is None and seed == of:
            raise OSError("the arena is closed")
        return begin(self, seed=seed, **more)

    def broken(self: MouseWorld, action: int) -> Any:
        fails = fault is not None and begun.get(id(self)) == of and self.taken == 2
        return fault(self, action) if fails else step(self, action)

    monkeypatch.setattr(MouseWorld, "reset", reset)
    monkeypatch.setattr(MouseWorld, "step", broken)


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("fault", "words"),
    [*JUDGING, (None, r"could not begin the episode of seed {seed}: OSError: the arena is closed")],
)
def test_a_world_that_breaks_while_it_is_judged_ends_the_run_in_words_and_nothing_is_lost(
    fault: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the second of the episodes that every epoch is judged by; mended, the run goes on to the last bit."""
    project = game(epochs=2)
    data = load(project.data)
    with monkeypatch.context() as patch:
        break_episode(1_000_001, fault, patch)
        model = train(project, tmp_path, data=data)
    assert model.state == "failed"
    assert model.failed is not None
    assert re.search(f"^judging after epoch 1: .*{words.format(seed=1_000_001)}", model.failed.words)
    assert read_state(tmp_path / "last").step == len(values(model)) == 25
    whole, resumed = train(project), train(project, tmp_path, resume=True)
    assert values(model) + values(resumed) == values(whole)
    assert [e.validation for e in resumed.epochs] == [e.validation for e in whole.epochs]


def test_an_episode_that_cannot_begin_is_begun_again_by_who_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, begin, count = game(data={"side": 5, "steps": 20}), MouseWorld.reset, [0]
    data = load(project.data)

    def reset(self: MouseWorld, **how: Any) -> Any:
        count[0] += 1
        if count[0] == 3:
            raise OSError("the arena is closed")
        return begin(self, **how)

    with monkeypatch.context() as patch:
        patch.setattr(MouseWorld, "reset", reset)
        model = train(project, tmp_path, data=data)
    assert model.failed is not None
    assert re.search(r"could not begin the episode of seed \d+: OSError: the arena", model.failed.words)
    whole, resumed = train(project), train(project, tmp_path, resume=True)
    assert values(model) + values(resumed) == values(whole)


@pytest.mark.wide
def test_what_diverges_names_the_node() -> None:
    model = train(game(lr=1e6, rounds=200, discount=1.0))
    if model.state == "failed":
        assert model.failed is not None
        assert model.failed.kind == "nonfinite"


# --- judged by play ----------------------------------------------------------------------------------------------------


def test_a_run_is_judged_by_other_episodes_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = game("cartpole", epochs=1)
    project_file.save(tmp_path / "game.vnet", project)
    run = tmp_path / "run"
    assert main(["train", str(tmp_path / "game.vnet"), "--run", str(run)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"epoch 1/1  loss \S+  reward \S+ \(validation \S+\)  episode_length", told)
    assert "not finite" not in told
    assert main(["evaluate", str(run), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["answers"]
    rows = found["rows"]
    assert len(rows) == 100
    assert all(row["reward"] == row["length"] for row in rows)  # +1 for each step
    mean = sum(row["reward"] for row in rows) / 100
    assert found["metrics"]["mean_reward"]["value"] == pytest.approx(mean)
    assert main(["evaluate", str(run)]) == 0
    told = capsys.readouterr().out
    assert f"Mean reward           {format_number(mean):>8}" in told
    assert "100 episodes · best weights" in told
