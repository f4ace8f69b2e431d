"""Metrics of one class for each sample, and of yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.registry import average, metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
BINS = 15
MOST_CURVES = 50
"""Of more classes no curve of each is drawn, and no mean of their areas told: it would take minutes."""
BOTH = "classes binary"


def divide(a: Array, b: Array) -> Array:
    """a / b, and 0 where b is 0."""
    return np.asarray(np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b != 0))


def average_known(values: Sequence[Array], rows: int) -> Array:
    """The mean over classes of each row, of the classes for which a row has a value; NaN where it has none, as in a draw of few samples
    that are all of one class."""
    every = np.asarray(values, np.float64).reshape(-1, rows)
    known = np.isfinite(every)
    count = known.sum(0)
    return np.where(count > 0, divide(np.where(known, every, 0.0).sum(0), count), np.nan)


def weigh_groups(codes: Array, count: int, weights: Array) -> Array:
    """The weights of each group, added up in each row: (row, group)."""
    rows = len(weights)
    flat = (codes[None, :] + count * np.arange(rows)[:, None]).ravel()
    return np.bincount(flat, weights.ravel(), rows * count).reshape(rows, count)


def count_classes(predictions: PredictionSet, weights: Array) -> tuple[Array, Array, Array]:
    """For each row of weights and each class: how many are right, answered and true."""
    count, truth = len(predictions.classes), predictions.arrays["truth"]
    right = weigh_groups(truth, count, weights * predictions.right)
    return right, weigh_groups(predictions.answered, count, weights), weigh_groups(truth, count, weights)


def _mean_over(values: Array, chosen: Array) -> Array:
    return divide((values * chosen).sum(1), chosen.sum(1).astype(float))


@metric(
    "accuracy",
    "Accuracy",
    BOTH,
    "max",
    "the share of samples that are answered right",
    "{} of samples like these are answered right.",
)
def accuracy(predictions: PredictionSet, weights: Array) -> Array:
    return average(predictions.right, weights)


@metric(
    "balanced_accuracy",
    "Balanced accuracy",
    BOTH,
    "max",
    "the mean of each class's recall: every class counts alike, however rare",
    "On average {} of a class are found, rare classes counting as much as frequent ones.",
)
def balanced_accuracy(predictions: PredictionSet, weights: Array) -> Array:
    right, _, true = count_classes(predictions, weights)
    return _mean_over(divide(right, true), true > 0)


@metric(
    "f1",
    "F1 (macro)",
    "classes",
    "max",
    "2·precision·recall / (precision + recall) of each class, then their mean",
    "Precision and recall together come to {}, every class counting alike.",
)
def macro_f1(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_classes(predictions, weights)
    return _mean_over(divide(2 * right, said + true), said + true > 0)


@metric(
    "precision",
    "Precision (macro)",
    "classes",
    "max",
    "of what is answered as a class, the share that is; the mean over classes",
    "Where a class is answered, it is right in {} on average.",
)
def macro_precision(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_classes(predictions, weights)
    return _mean_over(divide(right, said), said + true > 0)


@metric(
    "recall",
    "Recall (macro)",
    "classes",
    "max",
    "of what is a class, the share that is found; the mean over classes",
    "Of a class {} are found on average.",
)
def macro_recall(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_classes(predictions, weights)
    return _mean_over(divide(right, true), said + true > 0)


@metric(
    "micro_f1",
    "F1 (micro)",
    "classes",
    "max",
    "precision and recall over all samples at once: where each sample has one class, both and F1 are the accuracy",
    "Over all samples at once precision, recall and F1 are {}.",
)
def micro_f1(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = (counts.sum(1) for counts in count_classes(predictions, weights))
    return divide(2 * right, said + true)


@metric(
    "yes_precision",
    "Precision",
    "binary",
    "max",
    "of those answered yes, the share that is",
    "Where it says yes, {} are.",
)
def yes_precision(predictions: PredictionSet, weights: Array) -> Array:
    right, said, _ = count_classes(predictions, weights)
    return divide(right[:, 1], said[:, 1])


@metric(
    "yes_recall", "Recall", "binary", "max", "of those that are, the share answered yes", "Of the yes {} are found."
)
def yes_recall(predictions: PredictionSet, weights: Array) -> Array:
    right, _, true = count_classes(predictions, weights)
    return divide(right[:, 1], true[:, 1])


@metric(
    "yes_f1",
    "F1",
    "binary",
    "max",
    "2·precision·recall / (precision + recall) of yes",
    "Precision and recall of yes together come to {}.",
)
def yes_f1(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_classes(predictions, weights)
    return divide(2 * right[:, 1], said[:, 1] + true[:, 1])


def guesses(predictions: PredictionSet) -> int:
    """How many guesses count in the top-k accuracy of so many classes; 0 where that says nothing."""
    return 5 if len(predictions.classes) >= 10 else 2 if len(predictions.classes) >= 4 else 0


@metric(
    "top_k",
    "Top-k accuracy",
    "classes",
    "max",
    "the share of samples whose class is among the most probable: of the first 5, or of the first 2 where there are few classes",
    "In {} the right class is among the most probable ones.",
    fits=lambda predictions: guesses(predictions) > 0,
)
def top_k(predictions: PredictionSet, weights: Array) -> Array:
    shares, rows = predictions.arrays["probabilities"], np.arange(predictions.size)
    own = shares[rows, predictions.arrays["truth"]]
    found = (shares > own[:, None]).sum(1) < guesses(predictions)
    return average(found, weights)


@metric(
    "log_loss",
    "Log-loss",
    BOTH,
    "min",
    "−log of the probability that the right class was given, on average: wrong and sure costs most",
    "The right class is given a probability of {odds} on (geometric) average.",
    percent=False,
    probabilities=True,
)
def log_loss(predictions: PredictionSet, weights: Array) -> Array:
    return average(predictions.surprise, weights)


@metric(
    "roc_area",
    "ROC area",
    BOTH,
    "max",
    "how often a sample of the class gets a higher score than one that is not; of several classes the mean over them",
    "Of two samples, one of a class and one not, the right one gets the higher score in {}.",
    fits=lambda predictions: len(predictions.classes) <= MOST_CURVES,
)
def roc_area(predictions: PredictionSet, weights: Array) -> Array:
    chosen = (1,) if predictions.task == "binary" else range(len(predictions.classes))
    areas = [
        roc_area_of(predictions.arrays["probabilities"][:, k], predictions.arrays["truth"] == k, weights)
        for k in chosen
    ]
    return average_known(areas, len(weights))


@metric(
    "average_precision",
    "Average precision",
    BOTH,
    "max",
    "the area under the precision–recall curve; of several classes the mean over them",
    "From the surest yes on down, precision is {} on average.",
    fits=lambda predictions: len(predictions.classes) <= MOST_CURVES,
)
def average_precision(predictions: PredictionSet, weights: Array) -> Array:
    chosen = (1,) if predictions.task == "binary" else range(len(predictions.classes))
    areas = [
        pr_area(predictions.arrays["probabilities"][:, k], predictions.arrays["truth"] == k, weights) for k in chosen
    ]
    return average_known(areas, len(weights))


@metric(
    "calibration_error",
    "Calibration error",
    BOTH,
    "min",
    "by how much the probability of the answer differs from how often it is right, on average over 15 bins (ECE)",
    "When it says how sure it is, it is off by {} on average.",
    probabilities=True,
)
def calibration_error(predictions: PredictionSet, weights: Array) -> Array:
    bins = np.clip(np.digitize(predictions.sureness, np.linspace(0, 1, BINS + 1)) - 1, 0, BINS - 1)
    gap = weigh_groups(bins, BINS, weights * (predictions.right - predictions.sureness.astype(np.float64)))
    return np.asarray(np.abs(gap).sum(1) / weights.sum(1))


def _by_score(scores: Array, positive: Array, weights: Array) -> tuple[Array, Array]:
    """The weights of yes and of no at each score that occurs, from the lowest on: (row, score)."""
    values, codes = np.unique(scores, return_inverse=True)
    codes = codes.reshape(-1)
    yes = weigh_groups(codes, len(values), weights * positive)
    return yes, weigh_groups(codes, len(values), weights * ~positive)


def roc_area_of(scores: Array, positive: Array, weights: Array) -> Array:
    """The area under the ROC curve of a yes or no, for each row of weights; NaN where all are one or the other."""
    yes, no = _by_score(scores, positive, weights)
    below = np.cumsum(no, 1) - no
    total = yes.sum(1) * no.sum(1)
    area = (yes * (below + no / 2)).sum(1)
    return np.asarray(np.divide(area, total, out=np.full(len(weights), np.nan), where=total > 0))


def pr_area(scores: Array, positive: Array, weights: Array) -> Array:
    """The area under the precision–recall curve of a yes or no, for each row of weights; NaN where none is yes."""
    yes, no = (values[:, ::-1] for values in _by_score(scores, positive, weights))
    found, wrong = np.cumsum(yes, 1), np.cumsum(no, 1)
    total = yes.sum(1)
    area = (yes * divide(found, found + wrong)).sum(1)
    return np.asarray(np.divide(area, total, out=np.full(len(weights), np.nan), where=total > 0))
