"""Settings of play that are changed while it is learned by play: they act between two rounds, and a resumed run goes on to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.live import train
from tests.training.procedures.test_deep_q import game
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training.recipe.live_settings import Setting, find_param, set_values
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.runs.run_model import RunModel, create_run

AT = 17
CASES: dict[str, dict[Setting, Value]] = {
    "epsilon": {Setting("epsilon_end"): 0.9, Setting("epsilon_steps"): 5},
    "epsilon rises": {Setting("epsilon_start"): 0.0, Setting("epsilon_end"): 0.6},
    "discount": {Setting("discount"): 0.3},
    "target network": {Setting("target_every"): 2, Setting("target_rate"): 0.3, Setting("double_q"): False},
    "rewards and judging": {Setting("clip_reward"): 0.2, Setting("test_epsilon"): 0.5, Setting("episodes"): 3},
    "batch": {Setting("batch_size"): 5},
}


def mouse() -> Project:
    return game(data={"side": 5, "steps": 15}, epochs=2)


def state(model: RunModel) -> dict[str, Any]:
    weights = {name: tensor.flatten().tolist() for name, tensor in model.net.state_dict().items()}  # type: ignore[attr-defined]
    return {**weights, "last": [model.epochs[-1].validation, model.epochs[-1].train]}


@pytest.mark.few(2)
@pytest.mark.parametrize("name", CASES)
def test_changed_before_the_first_step_it_is_a_run_that_began_so(name: str) -> None:
    data = load(mouse().data)
    changed = train(mouse(), {0: CASES[name]}, data=data)
    begun = train(set_values(mouse(), CASES[name]), data=data)
    assert changed.troubles == []
    assert state(changed) == state(begun)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", CASES)
def test_it_acts_at_its_step_and_a_stopped_or_killed_run_goes_on_to_the_bit(name: str, tmp_path: Path) -> None:
    project = mouse()
    data = load(project.data)
    plain, whole = train(project, data=data), train(project, {AT: CASES[name]}, data=data)
    (changed,) = whole.changes
    late = 25 if name == "batch" else AT
    assert changed.step == late
    assert whole.steps["loss"].values.tolist()[:late] == plain.steps["loss"].values.tolist()[:late]
    assert state(whole) != state(plain)
    for stop, save in ((AT + 3, -1), (30, AT + 1)):
        if save >= 0 and late > save:
            continue
        folder = create_run(project, tmp_path / f"{stop} {save}")
        train(project, {AT: CASES[name]}, folder, stop_at=stop, save_at=save, data=data)
        rest = train(project, folder=folder, resume=True, data=data)
        assert rest.troubles == []
        assert state(rest) == state(whole)
        at = save if save >= 0 else stop
        for key, series in whole.steps.items():
            assert rest.steps[key].values.tolist() == series.values.tolist()[at:], (stop, save, key)


def test_the_share_of_random_steps_is_told_as_it_was_changed() -> None:
    model = train(mouse(), {AT: {Setting("epsilon_start"): 0.4, Setting("epsilon_end"): 0.4}})
    shares = model.steps["epsilon"].values.tolist()
    assert shares[AT - 1] > 0.4
    assert set(shares[AT:]) == {0.4}


def test_what_a_buffer_holds_and_how_long_an_epoch_is_stays() -> None:
    for name, param in PROCEDURES["deep_q"].params.items():
        fixed = name in ("rounds", "play_steps", "buffer", "learning_starts")
        assert bool(param.live) != fixed, name
    with pytest.raises(ValueError, match="buffer cannot be changed while a run goes on"):
        find_param(mouse(), Setting("buffer"))
    supervised = replace(mouse(), recipe=replace(mouse().recipe, procedure="supervised"))
    with pytest.raises(ValueError, match="cannot be changed while a run goes on"):
        find_param(supervised, Setting("epsilon_end"))
