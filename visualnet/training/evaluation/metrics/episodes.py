"""Metrics of episodes that were played."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.registry import average, metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]


def knows_best(predictions: PredictionSet) -> bool:
    """Whether of every episode it is known how much could be had, and that is something."""
    best = predictions.arrays["best"]
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
def mean_reward(predictions: PredictionSet, weights: Array) -> Array:
    return average(predictions.arrays["reward"], weights)


@metric(
    "of_best",
    "Of the best possible",
    "episodes",
    "max",
    "the rewards of all episodes, as a share of the most that could be had in them",
    "Of all that could be had in these episodes the network gets {}.",
    fits=knows_best,
)
def of_best(predictions: PredictionSet, weights: Array) -> Array:
    got, there = weights @ predictions.arrays["reward"], weights @ predictions.arrays["best"]
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
def mean_length(predictions: PredictionSet, weights: Array) -> Array:
    return average(predictions.arrays["length"].astype(np.float64), weights)
