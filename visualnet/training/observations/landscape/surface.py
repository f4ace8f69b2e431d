"""Losses at places around the present weights. The weights themselves are put back to the bit, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.context import ObservationContext
from visualnet.training.observations.landscape.directions import Weights
from visualnet.training.observations.landscape.kept_weights import parameters_of


class LossMeter:
    """The loss over the same samples, at any weights. Dropout and batch statistics are at rest: running means stay as they are."""

    def __init__(self, context: ObservationContext, samples: int, part: str) -> None:
        self.context, self.places = context, context.places(samples, part)
        self.parameters = parameters_of(context)
        self.center = {name: parameter.detach().clone() for name, parameter in self.parameters.items()}

    @torch.no_grad()
    def measure(self) -> float:
        """The loss with the weights as they are now: the mean over the samples, or their sum where a loss is one."""
        total, count = 0.0, 0
        for batch in self.context.chunks(self.places):
            size = len(next(iter(batch.values())))
            loss = float(self.context.loss(batch))
            total += loss if self.context.model.sums else loss * size
            count += size
        return total if self.context.model.sums else total / max(count, 1)

    def grid(
        self, first: Weights, second: Weights, across: Sequence[float], up: Sequence[float]
    ) -> NDArray[np.float64]:
        """The loss at each place of a grid: a row for each share of the second direction, a column for each of the first."""
        found = np.zeros((len(up), len(across)))
        with self.kept():
            for row, b in enumerate(up):
                for column, a in enumerate(across):
                    self.context.check((row * len(across) + column) / found.size)
                    self.move({name: a * first[name] + b * second[name] for name in self.center})
                    found[row, column] = self.measure()
        return found

    def line(self, start: Weights, shares: Sequence[float]) -> NDArray[np.float64]:
        """The loss on the straight line from other weights (0) to the present ones (1), and beyond both."""
        found = np.zeros(len(shares))
        with self.kept():
            for at, share in enumerate(shares):
                self.context.check(at / len(shares))
                self.move({name: (1 - share) * (start[name] - weight) for name, weight in self.center.items()})
                found[at] = self.measure()
        return found

    @torch.no_grad()
    def move(self, by: Mapping[str, Tensor]) -> None:
        """Stand so far from the present weights."""
        for name, parameter in self.parameters.items():
            parameter.copy_(self.center[name] + by[name])

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Have the weights at the end as they were."""
        try:
            yield
        finally:
            with torch.no_grad():
                for name, parameter in self.parameters.items():
                    parameter.copy_(self.center[name])
