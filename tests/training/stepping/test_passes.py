"""Each operation's gradients are those that autograd gives for the whole network; the update is torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.nets import lenet, line, points, small
from visualnet.compiling.module import Model, compile_project
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.resources import resource
from visualnet.training.observations.context import plain_fields
from visualnet.training.stepping.passes import run_passes
from visualnet.training.stepping.values import Passes


def batch_of(model: Model, samples: int) -> dict[str, torch.Tensor]:
    """Some samples as the network is given them."""
    data = load(model.project.data)
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    return tensors.named(tensors.indices(data.shown[:samples]))


def shipped(name: str) -> Project:
    """A template."""
    return project_file.load(resource("templates", f"{name}.vnet"))


def both(project: Project, samples: int) -> tuple[Model, dict[str, torch.Tensor], Passes]:
    """A network, a batch, and both passes."""
    model = compile_project(project, seed=0)
    batch = batch_of(model, samples)
    return model, batch, run_passes(model, batch)


@pytest.mark.parametrize(
    "project", [lenet(), line(), points(), small(dropout=0.0)], ids=["lenet", "line", "points", "small"]
)
@pytest.mark.parametrize("samples", [1, 5])
def test_every_gradient_is_that_of_autograd(project: Project, samples: int) -> None:
    model, batch, passes = both(project, samples)
    hold_against_autograd(model, batch, passes)


@pytest.mark.parametrize("name", ["transformer-small", "lstm-classifier-small", "resnet-small", "vae", "perceptron"])
def test_blocks_are_gone_through_and_every_gradient_is_that_of_autograd(name: str) -> None:
    project = shipped(name)
    model, batch, passes = both(project, 2)
    if any(node.kind in project.blocks for node in project.graph.nodes.values()):
        assert max(len(one.path) for one in passes.operations) > 1
    hold_against_autograd(model, batch, passes)


def hold_against_autograd(model: Model, batch: dict[str, torch.Tensor], passes: Passes) -> None:
    """Compare values, their gradients and those of the weights with one backward pass through the whole network."""
    places = [port for port, number in passes.places.items() if passes.values[number].readers]
    losses = [(step.id, weight) for step, weight in model.plan.losses]
    loss_ports = [((node,), "loss") for node, _ in losses]
    model.objective.eval()
    inputs = {name: t.clone().requires_grad_(t.is_floating_point()) for name, t in batch.items()}
    seen = model.view([*places, *loss_ports])(*(inputs.get(name) for name in model.fields))
    total = torch.stack([weight * value for (_, weight), value in zip(losses, seen[len(places) :], strict=True)]).sum()
    assert abs(passes.loss - total.item()) < 1e-6 * max(abs(total.item()), 1)
    asked = [value for value in seen[: len(places)] if value.requires_grad]
    parameters = dict(model.objective.named_parameters())
    wanted = torch.autograd.grad(total, [*asked, *parameters.values()], allow_unused=True)
    by_id = {id(value): gradient for value, gradient in zip(asked, wanted, strict=False)}
    compared, known = 0, set[int]()
    for place, value in zip(places, seen, strict=False):
        mine = passes.values[passes.places[place]]
        assert np.allclose(mine.value, value.detach().numpy(), atol=1e-6), place
        # What hands on its input (a draw at rest) gives the very same tensor: to autograd that is one, here they are two values.
        is_target = place[0] in {(step.id,) for step in model.plan.main.inputs if step.role == "target"}
        theirs = by_id.get(id(value)) if id(value) not in known and not is_target else None
        assert not is_target or mine.gradient is None or model.plan.fields[place[0][0]] in model.inputs
        known.add(id(value))
        if theirs is not None:
            assert mine.gradient is not None, place
            assert np.allclose(mine.gradient, theirs.numpy(), atol=1e-7, rtol=1e-5), place
            compared += 1
    assert compared >= 2
    for name, gradient in zip(parameters, wanted[len(asked) :], strict=True):
        assert np.allclose(passes.weights[name].gradient, gradient.numpy(), atol=1e-7, rtol=1e-5), name
        assert parameters[name].grad is None
