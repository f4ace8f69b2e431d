"""Metrics of numbers: regression and reconstruction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.registry import average, metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]


@metric(
    "rmse",
    "RMSE",
    "numbers",
    "min",
    "the root of the mean squared error, in the target's own unit: large errors count most",
    "The answers are off by {} (root mean square).",
    percent=False,
)
def rmse(predictions: PredictionSet, weights: Array) -> Array:
    squares = (predictions.errors**2).mean(1)
    return np.asarray(np.sqrt(average(squares, weights)))


@metric(
    "mean_absolute_error",
    "MAE",
    "numbers",
    "min",
    "the mean absolute error, in the target's own unit",
    "The answers are off by {} on average.",
    percent=False,
)
def mean_absolute_error(predictions: PredictionSet, weights: Array) -> Array:
    return average(np.abs(predictions.errors).mean(1), weights)


@metric(
    "r2",
    "R²",
    "numbers",
    "max",
    "the share of the target's variance that is explained: 1 is perfect, 0 is always answering the mean",
    "{} of how the targets differ is explained (1 is all, 0 is always answering their mean).",
    percent=False,
    fits=lambda predictions: predictions.size > 1 and predictions.errors.shape[1] <= 64,
)
def r2(predictions: PredictionSet, weights: Array) -> Array:
    truth = predictions.arrays["truth"].astype(np.float64).reshape(predictions.size, -1)
    truth = truth - truth.mean(0)  # the sums of squares below would lose their digits far from 0
    total = weights.sum(1)[:, None]
    residual = weights @ predictions.errors**2
    spread = weights @ truth**2 - (weights @ truth) ** 2 / total
    each = 1 - np.divide(residual, spread, out=np.full(residual.shape, np.nan), where=spread > 0)
    return np.asarray(each.mean(1))


@metric(
    "bias",
    "Mean error",
    "numbers",
    "min",
    "answered less true, on average: whether the answers are too large or too small",
    "On average the answers are {} too large (less than 0: too small).",
    percent=False,
)
def bias(predictions: PredictionSet, weights: Array) -> Array:
    return average(predictions.errors.mean(1), weights)
