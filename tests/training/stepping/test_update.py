"""The step is torch's own, for every optimizer; the rule with its figures gives the same number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from safetensors.torch import load_file

from tests.training.gan import D, G, gan
from tests.training.nets import points
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.project import MAIN, Project, Recipe
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.resources import resource
from visualnet.training import optimizers
from visualnet.training.idle_probe import weights_of
from visualnet.training.loop.session import Session
from visualnet.training.recipe.settings import settings
from visualnet.training.stepping.network import SteppedNetwork
from visualnet.training.stepping.update_rule import rule_lines

STEPS = 7
"""RAdam begins to trust its mean of squares in the sixth."""
VARIANTS: list[tuple[str, Mapping[str, Any]]] = [
    *((name, {}) for name in OPTIMIZERS),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adagrad", {"lr_decay": 0.5, "initial_accumulator_value": 0.2, "weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {"amsgrad": True}),
    ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.2}),
    ("RAdam", {"weight_decay": 0.1, "beta2": 0.9}),
    ("Muon", {"nesterov": False}),
]


def recipe_of(name: str, said: Mapping[str, Any]) -> Recipe:
    """A recipe with this optimizer and these settings."""
    own = {key: value for key, value in said.items() if key in ("momentum", "nesterov", "weight_decay")}
    usual = {
        key: p.default for key, p in OPTIMIZERS[name].params.items() if key in ("momentum", "nesterov", "weight_decay")
    }
    options = {key: value for key, value in said.items() if key not in own}
    return Recipe(optimizer=name, lr=0.05, options=options, **{**usual, **own})


def project_of(name: str, said: Mapping[str, Any]) -> Project:
    """Points through one hidden layer; without biases where the optimizer trains matrices only."""
    project = replace(points(), recipe=recipe_of(name, said))
    if OPTIMIZERS[name].matrices:
        linear = [node.id for node in project.graph.nodes.values() if node.kind == "linear"]
        project = edits.set_params(project, MAIN, linear, {"bias": False})
    return project


@pytest.mark.few(4)
@pytest.mark.parametrize(("name", "said"), VARIANTS, ids=[f"{name}-{','.join(said)}" for name, said in VARIANTS])
def test_the_step_is_that_of_torch_and_the_rule_gives_its_figures(name: str, said: Mapping[str, Any]) -> None:
    project = project_of(name, said)
    network = SteppedNetwork(project, infer(project))
    parameters = {n: torch.nn.Parameter(p.detach().clone()) for n, p in network.model.objective.named_parameters()}
    kind = OPTIMIZERS[name]
    arguments = optimizers.arguments(kind, settings(project.recipe))
    theirs = optimizers.torch_class(kind)(list(parameters.values()), **arguments)
    for step in range(1, STEPS + 1):
        passes = network.look(3 * step, 4)
        assert passes.step == step and {u.name for u in passes.updates} == set(parameters)
        for update in passes.updates:
            for letter, kept in update.before.items():
                assert kept.shape == update.after[letter].shape, "also before the first step"
            assert np.allclose(update.old, parameters[update.name].detach().numpy(), atol=2e-6)
            parameters[update.name].grad = torch.from_numpy(update.used).float()
        theirs.step()
        for update in passes.updates:
            assert np.allclose(update.new, parameters[update.name].detach().numpy(), atol=2e-6), (step, update.name)
            at = tuple(extent // 2 for extent in update.new.shape)
            lines = {line.lead: line.value for line in rule_lines(update, at)}
            if lines["w_new"] is None:
                assert kind.matrices, "only what mixes a whole matrix cannot be done for one number"
            else:
                assert lines["w_new"] == pytest.approx(float(update.new[at]), abs=2e-6)
            for letter, kept in update.after.items():
                if f"{letter}_new" in lines and np.ndim(kept):
                    assert lines[f"{letter}_new"] == pytest.approx(float(kept[at]), rel=1e-4, abs=1e-8), letter
        network.advance()


def test_looking_again_is_the_same_step_and_only_advancing_goes_on() -> None:
    project = project_of("Adam", {})
    network = SteppedNetwork(project, infer(project))
    first, again = network.look(0, 4), network.look(0, 4)
    other = network.look(9, 4)
    assert other.loss != first.loss
    for one, two, three in zip(first.updates, again.updates, other.updates, strict=True):
        assert np.array_equal(one.new, two.new) and np.array_equal(one.old, three.old)
    network.look(0, 4)
    network.advance()
    later = network.look(0, 4)
    assert later.step == 2
    for one, two in zip(first.updates, later.updates, strict=True):
        assert np.array_equal(one.new, two.old)
    assert np.abs(later.updates[0].before["m"]).max() > 0 and not first.updates[0].before["m"].any()


def test_clipping_is_told_between_the_gradient_and_the_step() -> None:
    project = replace(points(), recipe=Recipe(optimizer="SGD", lr=0.1, options={"clip_norm": 0.01}))
    passes = SteppedNetwork(project, infer(project)).look(0, 4)
    norm = np.sqrt(sum((update.gradient**2).sum() for update in passes.updates))
    assert norm > 0.01
    for update in passes.updates:
        assert np.allclose(update.used, update.gradient * 0.01 / norm, rtol=1e-3)
        assert np.allclose(update.new, update.old - 0.1 * update.used, atol=1e-7)


def test_large_networks_are_refused_with_a_way_out() -> None:
    project = project_file.load(resource("templates", "resnet-152.vnet"))
    with pytest.raises(ValueError, match="Open the template"):
        SteppedNetwork(project, infer(project))


def test_each_of_several_learners_steps_its_own_weights_down_its_own_loss() -> None:
    project = gan()
    network = SteppedNetwork(project, infer(project))
    assert list(network.learners) == [D, G]
    seen = {name: network.look(0, 4, name) for name in (D, G)}
    moved = {name: {update.name for update in passes.updates} for name, passes in seen.items()}
    assert moved[D] and moved[G] and not moved[D] & moved[G]
    assert seen[D].loss != seen[G].loss
    network.look(0, 4, G)
    network.advance()
    after = network.look(0, 4, D)
    for update in after.updates:
        assert not any(np.abs(kept).max() for kept in update.before.values()), "the other learner has made no step yet"


def test_a_run_lends_its_weights_and_nothing_of_torch_is_drawn(tmp_path: Path) -> None:
    project = points(epochs=1)
    Session(project, load(project.data), lambda event: None, folder=tmp_path / "run").run()
    chance = torch.get_rng_state()
    network = SteppedNetwork(project, infer(project), weights_of(tmp_path / "run"))
    passes = network.look(3, 2)
    assert passes.trained and torch.equal(torch.get_rng_state(), chance)
    kept = load_file(tmp_path / "run" / "last" / "weights.safetensors")
    assert {name for name in kept} == set(passes.weights)
    for name, tensor in kept.items():
        assert np.array_equal(passes.weights[name].value, tensor.double().numpy())
    assert all(parameter.grad is None for parameter in network.model.objective.parameters())
