"""A training loop as one writes it in torch, to hold the session against to the bit; and a network and data small enough for many runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.training.nets import chain
from visualnet.analysis import infer
from visualnet.compiling.module import Model, compile_project
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.loading import load
from visualnet.data.tensors import Sampler, Tensors

EACH = 5
"""Steps of an epoch: 80 points, batches of 16."""
EPOCHS = 4
Make = Callable[[torch.optim.Optimizer], Any]


def tiny(**recipe: Any) -> Project:
    """2 → 8 → 2 on 100 points: an epoch has five steps."""
    rows = [("linear", {"out_features": 8}), ("tanh", {}), ("linear", {"out_features": 2})]
    recipe = {"epochs": EPOCHS, "batch_size": 16, "device": "cpu", **recipe}
    data = DataChoice(name="points", options={"n": 100})
    source = ("input", {"field": "point", "size": (2,)})
    return chain(rows, data, Recipe(**recipe), source, ("target", {}), "cross_entropy", "accuracy")


def matrix(**recipe: Any) -> Project:
    """Without biases, for an optimizer that trains matrices only."""
    rows = [
        ("linear", {"out_features": 8, "bias": False}),
        ("tanh", {}),
        ("linear", {"out_features": 2, "bias": False}),
    ]
    project = tiny(**recipe)
    source = ("input", {"field": "point", "size": (2,)})
    return chain(rows, project.data, project.recipe, source, ("target", {}), "cross_entropy", "accuracy")


class ByHand:
    """The objects of a hand-written loop, and the losses and rates of its steps."""

    def __init__(self, project: Project) -> None:
        recipe, self.data = project.recipe, load(project.data)
        torch.set_num_threads(1)
        self.model: Model = compile_project(project, infer(project, None, self.data.fields), seed=recipe.seed)
        self.tensors = Tensors(self.data, self.model.fields, torch.device("cpu"))
        self.sampler = Sampler(len(self.data.train), recipe.batch_size, recipe.seed)
        self.weights = [p for p in self.model.objective.parameters() if p.requires_grad]
        torch.manual_seed(recipe.seed)
        self.losses: list[float] = []
        self.rates: list[float] = []

    def batches(self) -> list[Any]:
        """One epoch's."""
        self.sampler.shuffle()
        order = torch.from_numpy(self.data.train)[self.sampler.order]
        size = self.sampler.batch_size
        return [self.tensors.batch(order[at : at + size]) for at in range(0, len(order), size)]

    def loss(self, batch: Any) -> Tensor:
        self.model.objective.train()
        loss: Tensor = self.model.objective(*batch)["loss"]
        return loss

    @torch.no_grad()
    def validate(self) -> float:
        """The mean loss of the validation set, as the session adds it up."""
        self.model.objective.eval()
        index = torch.from_numpy(self.data.validation)
        total, size = 0.0, 2 * self.sampler.batch_size
        for at in range(0, len(index), size):
            part = index[at : at + size]
            total += self.model.objective(*self.tensors.batch(part))["loss"].item() * len(part)
        return total / len(index)
