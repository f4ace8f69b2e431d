"""The copy of a network that is stepped through: fresh or with the weights of a run, and stepped on by the recipe's optimizer.

Nothing that trains or is saved is touched: model, optimizer and gradients are of this copy alone.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from visualnet.analysis import Analysis
from visualnet.analysis.inference.learners import learner_parts
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.param_groups import param_groups
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.pytorch import need_torch
from visualnet.training import checkpoints
from visualnet.training.learners.learner import Learner
from visualnet.training.observations.context import plain_fields
from visualnet.training.observations.evaluation_mode import describe_evaluation_mode
from visualnet.training.optimizers import check_recipe
from visualnet.training.stepping.passes import run_passes
from visualnet.training.stepping.update import make_learner, make_step
from visualnet.training.stepping.values import Passes

MOST_NODES, MOST_NUMBERS = 120, 2_000_000
"""Larger networks are not stepped through: nobody follows so many operations, and their numbers are no use to anyone."""


class _Kept(NamedTuple):
    """Weights and optimizer's state as they were before the step that is looked at."""

    weights: dict[str, torch.Tensor]
    optimizers: dict[str, Any]


class SteppedNetwork:
    """A network that takes one step after another and tells each of its numbers.

    Raises:
        ValueError: it cannot be built, or is too large to be followed; the words say what to do.
    """

    def __init__(self, project: Project, analysis: Analysis, weights: Sequence[Path] = ()) -> None:
        need_torch()
        check_size(analysis)
        check_recipe(project.recipe)
        self.project, self.data = project, load(project.data)
        self.model = compile_project(project, analysis, seed=project.recipe.seed)
        self.trained = _restore(self.model, weights)
        self.tensors = Tensors(self.data, self.model.fields, self.model.device, plain_fields(self.model))
        self.names = {id(p): name for name, p in self.model.objective.named_parameters()}
        self.learners, self.losses = self._make_learners()
        self.step = 1
        self._kept: _Kept | None = None

    def _make_learners(self) -> tuple[dict[str, Learner], dict[str, tuple[str, ...] | None]]:
        """Each learner of the recipe by name, and the losses that it lowers; one without a name where the recipe is the only learner."""
        recipe, model = self.project.recipe, self.model
        batches = max(len(self.data.train) // recipe.batch_size, 1)
        if not recipe.learners:
            return {"": make_learner(recipe, param_groups(model), batches)}, {"": None}
        parts = learner_parts(model.analysis.main, recipe.learners)
        learners, losses = {}, dict[str, tuple[str, ...] | None]()
        for spec, part in zip(recipe.learners, parts, strict=True):
            groups = param_groups(model, part.trains)
            learners[spec.name] = make_learner(recipe.of_learner(spec), groups, batches * spec.steps)
            losses[spec.name] = tuple(part.losses)
        return learners, losses

    def look(self, sample: int, samples: int = 1, learner: str = "") -> Passes:
        """Both passes for these samples (from one of the validation set on), and the step that would follow. Asked again, it is the same
        step from the same weights; only `advance` goes on from what the step made."""
        if self._kept is not None:
            self._put_back(self._kept)
        name = learner if learner in self.learners else next(iter(self.learners))
        self._kept = self._keep()
        places = self.data.shown
        first = min(sample, len(places) - 1)
        batch = self.tensors.named(self.tensors.indices(places[first : first + samples]))
        passes = run_passes(self.model, batch, self.losses[name])
        updates = make_step(self.learners[name], self.names, passes, self.step)
        return replace(
            passes, updates=updates, step=self.step, trained=self.trained, notes=describe_evaluation_mode(self.model)
        )

    def advance(self) -> None:
        """Let the step count: the next look begins with the weights that it made."""
        if self._kept is not None:
            self._kept = None
            self.step += 1
            for learner in self.learners.values():
                if learner.rate.moves:
                    learner.rate.after_step()

    def _keep(self) -> _Kept:
        return _Kept(
            {name: tensor.detach().clone() for name, tensor in self.model.objective.state_dict().items()},
            {name: copy.deepcopy(one.optimizer.state_dict()) for name, one in self.learners.items()},
        )

    def _put_back(self, kept: _Kept) -> None:
        self.model.objective.load_state_dict(kept.weights)
        for name, learner in self.learners.items():
            learner.optimizer.load_state_dict(copy.deepcopy(kept.optimizers[name]))


def check_size(analysis: Analysis) -> None:
    """Refuse networks that nobody could follow.

    Raises:
        ValueError: it is too large; the words say which template is not.
    """
    nodes = sum(1 for _ in analysis.walk())
    if nodes > MOST_NODES:
        raise ValueError(
            f"this network has {nodes:,} nodes: nobody follows so many by hand. Open the template “XOR by hand”"
        )
    if analysis.main.parameters > MOST_NUMBERS:
        words = f"this network has {analysis.main.parameters:,} weights: too many to be read"
        raise ValueError(f"{words}. Open the template “XOR by hand”")


def _restore(model: Model, weights: Sequence[Path]) -> bool:
    """Take the newest weights that can be read and fit; whether there were any."""
    for path in weights:
        try:
            checkpoints.load_weights(path, model.net)
        except checkpoints.BadCheckpoint:
            continue
        return True
    return False
