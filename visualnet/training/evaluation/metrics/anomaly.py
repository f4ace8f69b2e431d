"""How well samples of a class that was never trained on are told by their error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.registry import metric
from visualnet.training.evaluation.prediction_set import KIND, ODD, PredictionSet

Array = NDArray[Any]


def has_odd(predictions: PredictionSet) -> bool:
    """Whether there are samples of classes that were trained on, and of others."""
    kinds = predictions.columns.get(KIND)
    return kinds is not None and 0 < int((kinds == ODD).sum()) < predictions.size


def errors_of(predictions: PredictionSet) -> Array:
    """The error of each sample: the root of its mean squared error."""
    return np.asarray(np.sqrt((predictions.errors**2).mean(1)))


@metric(
    "odd_auc",
    "AUC of odd samples",
    "numbers",
    "max",
    "how often an odd sample (of a class that was never trained on) has a larger error than a usual one: the area under the ROC curve",
    "An odd sample has a larger error than a usual one in {} of such pairs (50 % is guessing).",
    fits=has_odd,
)
def odd_auc(predictions: PredictionSet, weights: Array) -> Array:
    odd = predictions.columns[KIND] == ODD
    _, place = np.unique(errors_of(predictions), return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    # Sums of the weights of usual and odd samples at each error: of two with the same error a half counts.
    usual, rare = (np.add.reduceat((weights * mask)[:, order], starts, axis=1) for mask in (~odd, odd))
    below = np.cumsum(usual, 1) - usual / 2
    total = usual.sum(1) * rare.sum(1)
    return np.asarray(np.divide((below * rare).sum(1), total, out=np.full(len(weights), np.nan), where=total > 0))
