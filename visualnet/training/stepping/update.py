"""One step of the recipe's optimizer on the gradients of a pass, with what it knew before and after. Torch's own optimizer makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from visualnet.core.project import Recipe
from visualnet.layers.recipe.optimizers import OPTIMIZERS, OptimizerState
from visualnet.training.learners.learner import Learner
from visualnet.training.stepping.values import Array, Passes, Update


def make_step(learner: Learner, names: Mapping[int, str], passes: Passes, step: int) -> tuple[Update, ...]:
    """Hand the pass's gradients to the learner, have its guards change them and its optimizer make the step, and tell what became of each
    of its weights. ``names`` are those of the parameters, by their ids."""
    for parameter in learner.parameters:
        weight = passes.weights.get(names[id(parameter)])
        gradient = weight.gradient if weight is not None and parameter.requires_grad else None
        parameter.grad = _tensor(gradient, parameter) if gradient is not None else None
    raw = {id(p): p.grad.clone() for p in learner.parameters if p.grad is not None}
    for guard in learner.guards:
        guard(learner)
    optimizer, kept = learner.optimizer, list(OPTIMIZERS[learner.kind].keeps(learner.values))
    told = []
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                told.append((parameter, dict(group), parameter.detach().clone(), _state(optimizer, parameter, kept)))
    used = {id(p): p.grad.clone() for p, *_ in told if p.grad is not None}
    optimizer.step()
    updates = []
    for parameter, group, old, before in told:
        updates.append(
            Update(
                name=names[id(parameter)],
                old=_array(old),
                new=_array(parameter),
                gradient=_array(raw[id(parameter)]),
                used=_array(used[id(parameter)]),
                before=before,
                after=_state(optimizer, parameter, kept),
                values=_values(learner, group),
                step=step,
                optimizer=OPTIMIZERS[learner.kind],
            )
        )
        parameter.grad = None
    return tuple(updates)


def make_learner(recipe: Recipe, groups: Any, batches_per_epoch: int) -> Learner:
    """A learner as the run would have it, that makes a step with every batch."""
    learner = Learner(recipe, groups, torch.device("cpu"), batches_per_epoch)
    learner.begin_epoch(0)
    return learner


def _values(learner: Learner, group: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of this step: the recipe's, and what the group says and the schedule has made of the rate."""
    values = dict(learner.values)
    values |= {name: group[name] for name in OPTIMIZERS[learner.kind].params if name in group}
    if "betas" in group:
        values["beta1"], values["beta2"] = group["betas"]
    return values


def _state(optimizer: torch.optim.Optimizer, parameter: nn.Parameter, kept: list[OptimizerState]) -> dict[str, Array]:
    """What the optimizer keeps of a parameter, by the letters of its rule; before its first step what it begins with."""
    state = optimizer.state.get(parameter) or {}
    found = {}
    for one in kept:
        if one.letter:
            value = state.get(one.name)
            if not isinstance(value, Tensor):
                # Before its first step it keeps nothing yet; the rule begins with these.
                value = torch.full(parameter.shape if one.each else (), float(value or one.first))
            found[one.letter] = _array(value)
    return found


def _tensor(gradient: Array, like: Tensor) -> Tensor:
    return torch.from_numpy(gradient).to(like.dtype).reshape(like.shape).clone(memory_format=torch.preserve_format)


def _array(tensor: Tensor) -> Array:
    return np.array(tensor.detach().to("cpu", torch.float64).numpy())
