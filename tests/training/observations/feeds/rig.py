"""A template's network at rest with its data, for tests of feeding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from visualnet.cli.common import open_project
from visualnet.compiling.module import Model, compile_project
from visualnet.data.loading import Loaded, load
from visualnet.data.tensors import Tensors
from visualnet.training.observations.context import ObservationContext, plain_fields
from visualnet.training.observations.feeds.fed_network import FedNetwork, FeedSources
from visualnet.training.observations.feeds.feed import Feed


class Rig:
    """A template's network at rest, with its data."""

    def __init__(self, template: str) -> None:
        project = open_project(template)
        self.data: Loaded = load(project.data)
        self.model: Model = compile_project(project, seed=0)
        self.model.objective.eval()
        self.tensors = Tensors(self.data, self.model.fields, self.model.device, plain_fields(self.model))
        self.net = FedNetwork(self.model, FeedSources(self.batches, self.sample))
        self.context = ObservationContext(self.model, self.data, self.tensors)
        self.analysis = self.model.analysis

    def batch(self, *samples: int) -> list[Tensor]:
        return self.tensors.batch(self.tensors.indices(self.data.validation[list(samples)]))

    def batches(self) -> Iterable[list[Tensor]]:
        return [self.batch(*range(0, 16)), self.batch(*range(16, 40))]

    def sample(self, number: int) -> list[Tensor]:
        return self.batch(number)

    def port(self, *names: str, out: str = "") -> Any:
        """The port of a node by the names from the main sheet down; “encoder#1” is the second repetition."""
        path: tuple[str, ...] = ()
        for name in names:
            plain, _, number = name.partition("#")
            inside = (
                self.analysis.at(tuple(p.partition("#")[0] for p in path)).inside[0] if path else self.analysis.main
            )
            found = next(node_id for node_id in inside.graph.nodes if inside.graph.nodes[node_id].name == plain)
            path = (*path, f"{found}#{number}" if number else found)
        return path, out or next(iter(self.analysis.find(path).leaving))  # type: ignore[union-attr]

    @torch.no_grad()
    def answer(self, *feeds: Feed, samples: tuple[int, ...] = (0, 1, 2), replace: Any = None) -> Tensor:
        (port,) = self.model.plan.answers.values()
        place = ((port.node,), port.port)
        return self.net.values([place], self.batch(*samples), feeds, replace)[place]
