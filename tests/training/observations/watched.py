"""Networks to observe in tests, and looks at them by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch

from visualnet.compiling.module import Model, compile_project
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.data.loading import Loaded, load
from visualnet.data.tensors import Tensors
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode, plain_fields
from visualnet.training.observations.observation import (
    NETWORK,
    Observation,
    ObservationRequest,
    Result,
    Subject,
    make_observation,
)


class Watched(NamedTuple):
    """A network with its data and the context on it."""

    model: Model
    data: Loaded
    context: ObservationContext

    def look(
        self, name: str, subject: Subject = NETWORK, options: Mapping[str, Value] | None = None
    ) -> tuple[Observation, Result]:
        """Compute an observation as the probe does: at rest, where no gradients are kept."""
        made = make_observation(ObservationRequest(name, subject, tuple((options or {}).items())))
        with in_evaluation_mode(self.model), torch.no_grad():
            return made, made.compute(self.context, subject)


def watch(project: Project, sample: int = 0) -> Watched:
    """The network of a project, with weights of seed 0, looked at with this sample."""
    model, data = compile_project(project, seed=0), load(project.data)
    context = ObservationContext(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))
    context.aim(sample)
    return Watched(model, data, context)
