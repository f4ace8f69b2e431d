"""How a run draws its training samples, and reads those that do not lie in memory."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from visualnet.data.balance import SAMPLING, training_labels
from visualnet.data.loading import Loaded
from visualnet.data.streaming.cache import CachedSamples
from visualnet.data.streaming.readable import LeftOut
from visualnet.data.tensors import Sampler
from visualnet.layers.recipe.technique import Values
from visualnet.training import events
from visualnet.training.loop.sinks import Sink


def arrange_reading(data: Loaded, values: Values, emit: Sink) -> LeftOut:
    """Set how many threads read and how much is kept; what a run does about samples that cannot be read."""
    if isinstance(data.samples, CachedSamples):
        data.samples.set_reading(values["data_workers"], values["data_cache"])
    stops = values["unreadable"] == "stop"
    return LeftOut(data.choice, stops=stops, tell=lambda words: emit(events.Trouble(words=words)))


def make_sampler(data: Loaded, batch_size: int, seed: int) -> Sampler:
    """Who draws the training samples of this data.

    Raises:
        ValueError: classes are to be drawn alike, and the samples have none.
    """
    weights = None
    if data.choice.balance == SAMPLING:
        labels = training_labels(data)
        weights = torch.from_numpy(1.0 / np.bincount(labels)[labels])
    return Sampler(len(data.train), batch_size, seed, weights)


def order_fits(sampler: Sampler, order: Tensor) -> bool:
    """Whether this can be the order of an epoch: each sample once; or, where they are drawn, any that there are."""
    if sampler.weights is None:
        return torch.equal(order.sort().values, torch.arange(sampler.size))
    return bool(((order >= 0) & (order < sampler.size)).all())
