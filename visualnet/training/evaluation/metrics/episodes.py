"""Metrics of episodes that were played."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.judged import Judged
from visualnet.training.evaluation.metrics.registry import average, metric

Array = NDArray[Any]


def knows_best(judged: Judged) -> bool:
    """Whether of every episode it is known how much could be had, and that is something."""
    best = judged.arrays["best"]
    return bool(np.isfinite(best).all() and (best > 0).any())


@metric(
    "mean_reward",
    "Mean reward",
    "episodes",
    "max",
    "the reward of an episode, averaged over episodes that were played with the actions that the network holds worth most",
    "The network gets {} in an episode on average.",
    percent=False,
)
def mean_reward(judged: Judged, weights: Array) -> Array:
    return average(judged.arrays["reward"], weights)


@metric(
    "of_best",
    "Of the best possible",
    "episodes",
    "max",
    "the rewards of all episodes, as a share of the most that could be had in them",
    "Of all that could be had in these episodes the network gets {}.",
    fits=knows_best,
)
def of_best(judged: Judged, weights: Array) -> Array:
    got, there = weights @ judged.arrays["reward"], weights @ judged.arrays["best"]
    return np.asarray(np.divide(got, there, out=np.full(len(weights), np.nan), where=there != 0))


@metric(
    "mean_length",
    "Mean length",
    "episodes",
    "",
    "the steps of an episode on average; whether many are good or bad depends on the environment",
    "An episode takes {} steps on average.",
    percent=False,
)
def mean_length(judged: Judged, weights: Array) -> Array:
    return average(judged.arrays["length"].astype(np.float64), weights)
