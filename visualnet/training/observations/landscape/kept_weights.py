"""The weights of a run that can still be had: those that it began with, and those that its folder holds."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from visualnet.compiling.module import compile_project
from visualnet.training import checkpoints
from visualnet.training.observations.context import ObservationContext
from visualnet.training.transfer.initial_weights import start_from

FILES = (
    ("before last", f"{checkpoints.BEFORE}/weights.safetensors"),
    ("best", checkpoints.BEST),
    ("last", f"{checkpoints.LAST}/weights.safetensors"),
)


class LandscapeWeights(NamedTuple):
    """Weights by the parameters' names, and what they are."""

    name: str
    weights: dict[str, Tensor]


def parameters_of(context: ObservationContext) -> dict[str, torch.nn.Parameter]:
    """All parameters of the network, shared ones once."""
    return dict(context.model.objective.named_parameters())


def first_weights(context: ObservationContext) -> LandscapeWeights:
    """What a run of this project begins with: drawn anew from its seed, or taken from where the recipe says.

    Raises:
        BadCheckpoint: the weights that the recipe begins with are gone.
    """
    model = context.model
    project = model.project
    fresh = compile_project(project, model.analysis, seed=project.recipe.seed, given=model.plan.given)
    if project.recipe.start_from:
        start_from(project.recipe.start_from, fresh.net)
    return LandscapeWeights("beginning", _copied(dict(fresh.objective.named_parameters()), context))


def kept_path(context: ObservationContext) -> list[LandscapeWeights]:
    """The first weights, then those that the run's folder holds, as far as they fit this network and are neither each other nor the
    present ones."""
    present = LandscapeWeights("now", _copied(parameters_of(context), context))
    found = [first_weights(context)]
    if context.run is None:
        return found
    model = context.model
    for name, file in FILES:
        if not (context.run / file).is_file():
            continue
        other = compile_project(model.project, model.analysis, seed=0, given=model.plan.given)
        try:
            checkpoints.load_weights(context.run / file, other.net)
        except checkpoints.BadCheckpoint:
            continue
        kept = LandscapeWeights(name, _copied(dict(other.objective.named_parameters()), context))
        if not any(_same(kept, one) for one in (*found, present)):
            found.append(kept)
    return found


def _copied(parameters: dict[str, torch.nn.Parameter], context: ObservationContext) -> dict[str, Tensor]:
    return {name: parameter.detach().to(context.device) for name, parameter in parameters.items()}


def _same(a: LandscapeWeights, b: LandscapeWeights) -> bool:
    return all(torch.equal(tensor, b.weights[name]) for name, tensor in a.weights.items())
