"""Whether a generator has collapsed: it makes always the same, whatever the random numbers are, or only a few of the kinds that there are.

Goodfellow, NIPS 2016 tutorial: Generative adversarial networks, section 5.1.1 (mode collapse).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from visualnet.analysis.inference.sample_generators import SampleGenerator, find_sample_generators
from visualnet.compiling.module import Model
from visualnet.core.project import loss_of
from visualnet.core.text.format import format_number, format_percent
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Tensors
from visualnet.training import events
from visualnet.training.epoch_watchers.watcher import WatchedRun
from visualnet.training.learners.learners import Learners
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode

LOOKED_AT = 256
"""So many samples are made, and so many real ones held beside them."""
LEAST = 16
"""From fewer samples nothing is told."""
NEAR = 0.25
"""Samples that lie less than this share as far apart as real ones are taken for the same."""
LOOKS = 3
"""At the ends of so many epochs in a row it must be so: at first every generator makes nearly the same."""


class SampleSpread(NamedTuple):
    """How far samples lie from each other, in the mean, and to how many classes of the data they come near (0 of 0: there are none)."""

    made: float
    real: float
    met: int
    classes: int

    @property
    def share(self) -> float:
        """How far those that are made lie apart, of how far real ones do."""
        return self.made / self.real if self.real > 0 else 1.0

    @property
    def collapsed(self) -> bool:
        """Whether they are few."""
        return self.share < NEAR or 2 * self.met <= self.classes - 1

    @property
    def words(self) -> str:
        """What is seen."""
        told = (
            f"samples made of different random numbers lie {format_percent(self.share, 0)} as far apart as real ones "
            f"(a mean distance of {format_number(self.made)} against {format_number(self.real)})"
        )
        return (
            f"{told}, and come near to {self.met} of the {self.classes} classes of the data" if self.classes else told
        )


def measure_spread(made_ND: Tensor, real_ND: Tensor, labels_N: Tensor | None = None, classes: int = 0) -> SampleSpread:
    """Hold samples that were made against real ones, whose classes are ``labels_N``; a class is met if one of its samples is the nearest
    real one to one that was made."""
    made, real = (torch.pdist(points).mean().item() for points in (made_ND, real_ND))
    if labels_N is None:
        return SampleSpread(made, real, 0, 0)
    nearest = torch.cdist(made_ND, real_ND).argmin(1)
    return SampleSpread(made, real, len(torch.bincount(labels_N[nearest]).nonzero()), classes)


class CollapseWatch:
    """Looks at what a network makes at the end of each epoch of a run with several learners, and says it once where that has collapsed."""

    def __init__(self, maker: SampleGenerator, context: ObservationContext) -> None:
        self.maker, self.context = maker, context
        self.looks = 0
        self.told = False

    @classmethod
    def watch(cls, model: Model, data: Loaded, tensors: Tensors) -> CollapseWatch | None:
        """Of a network with several learners that makes what is held against real samples; None for any other."""
        if not model.project.recipe.learners:
            return None
        maker = next((m for m in find_sample_generators(model.analysis) if m.real), None)
        return cls(maker, ObservationContext(model, data, tensors)) if maker is not None else None

    def look(self, run: WatchedRun, values: Mapping[str, float | None]) -> SampleSpread | None:
        """Look, and tell it; ``values`` are the means of the epoch. None where there are too few samples, or none that are finite."""
        spread = self._measure(self.maker)
        if spread is None:
            return None
        self.looks = self.looks + 1 if spread.collapsed else 0
        self.told &= spread.collapsed
        if self.looks >= LOOKS and not self.told:
            self.told = True
            run.emit(events.Trouble(words=self._words(self.maker, spread, run.learners, values)))
        return spread

    def _measure(self, maker: SampleGenerator) -> SampleSpread | None:
        context = self.context
        places = context.places(LOOKED_AT, "train")
        if len(places) < LEAST:
            return None
        with in_evaluation_mode(context.model), torch.no_grad():
            batch = context.batch(places)
            made, real = context.values([maker.made], batch)[maker.made], batch[maker.real]
        made, real = (tensor.flatten(1).float().cpu() for tensor in (made, real))
        if not bool(made.isfinite().all()):
            return None
        label = next((n for n, f in context.data.fields.items() if f.dtype == "int" and not f.shape), "")
        if not label or not context.data.classes:
            return measure_spread(made, real)
        labels = torch.from_numpy(context.data.fetch(places, [label])[label].reshape(-1).astype(np.int64))
        return measure_spread(made, real, labels, len(torch.bincount(labels).nonzero()))

    def _words(
        self, maker: SampleGenerator, spread: SampleSpread, learners: Learners, values: Mapping[str, float | None]
    ) -> str:
        name = self.context.model.analysis.name_of(maker.made[0])
        beside = [part.name for part in learners.parts if all(path[0] != maker.made[0][0] for path in part.trains)]
        losses = [(other, values.get(loss_of(other))) for other in beside]
        against = "".join(
            f"; the loss of “{other}” is {format_number(loss)}" for other, loss in losses if loss is not None
        )
        return (
            f"“{name}” has collapsed (mode collapse): at the ends of {LOOKS} epochs in a row {spread.words}{against}. "
            "Give the learners smaller or other learning rates, or another seed, and begin anew"
        )
