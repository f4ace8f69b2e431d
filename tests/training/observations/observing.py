"""Looks through the context in tests."""

from __future__ import annotations

from typing import Any

import torch

from tests.contract.observed_networks import Observed, observed
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode, plain_fields
from visualnet.training.observations.observation import ObservationRequest, Result, Subject, find_observations
from visualnet.training.observations.schedule import observe


def look(found: Observed, name: str, subject: Subject, sample: int = 1, **options: Any) -> Result | str:
    """What one observation gives."""
    find_observations()
    with in_evaluation_mode(found.model), torch.no_grad():
        found.context.aim(sample)
        return observe(found.context, ObservationRequest(name, subject, tuple(sorted(options.items()))))


def see(found: Observed, name: str, subject: Subject, sample: int = 1, **options: Any) -> Result:
    """What one observation gives, that has something to give."""
    result = look(found, name, subject, sample, **options)
    assert isinstance(result, Result), result
    return result


def subjects(found: Observed, name: str) -> list[Subject]:
    """What an observation can be about in this network."""
    return find_observations()[name].subjects(found.analysis)


def values(found: Observed, subject: Subject, sample: int = 1) -> torch.Tensor:
    """What flows at a port for one sample, straight through the model."""
    with in_evaluation_mode(found.model), torch.no_grad():
        found.context.aim(sample)
        fields = found.context.batch()
        (value,) = found.model.view([subject])(*(fields[name] for name in found.model.fields))
    return value[0]


def compiled(project: Project) -> Observed:
    """A project with all that it is looked at with."""
    data, model = load(project.data), compile_project(project, seed=0)
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    return Observed(project, model.analysis, model, data, tensors, ObservationContext(model, data, tensors))


__all__ = ["Observed", "compiled", "look", "observed", "see", "subjects", "values"]
