"""Metrics of several labels for each sample: any number of them may hold at once (multi-label)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.classes import MOST_CURVES, average_known, divide, pr_area, roc_area_of
from visualnet.training.evaluation.metrics.registry import average, metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]


def count_labels(predictions: PredictionSet, weights: Array) -> tuple[Array, Array, Array]:
    """For each row of weights and each label: in how many samples it is rightly answered, answered, and true."""
    asked, said, true = label_flags(predictions)
    return weights @ (said & true & asked), weights @ (said & asked), weights @ (true & asked)


def label_flags(predictions: PredictionSet) -> tuple[Array, Array, Array]:
    """For each sample and label: whether it is asked, answered (with more than one half), and true."""
    truth = predictions.arrays["truth"]
    return truth >= 0, predictions.arrays["sure"] > 0.5, truth == 1


def _macro(above: Array, below: Array, there: Array) -> Array:
    """The mean over the labels that occur or are answered."""
    return divide((divide(above, below) * there).sum(1), there.sum(1).astype(float))


@metric(
    "label_f1",
    "F1 (macro)",
    "labels",
    "max",
    "2·precision·recall / (precision + recall) of each label, then their mean: a rare label counts as much as a frequent one",
    "Precision and recall together come to {}, every label counting alike.",
)
def macro_f1(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_labels(predictions, weights)
    return _macro(2 * right, said + true, said + true > 0)


@metric(
    "label_micro_f1",
    "F1 (micro)",
    "labels",
    "max",
    "2·precision·recall / (precision + recall) over all labels of all samples at once: frequent labels count most",
    "Over all labels at once precision and recall together come to {}.",
)
def micro_f1(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = (counts.sum(1) for counts in count_labels(predictions, weights))
    return divide(2 * right, said + true)


@metric(
    "label_precision",
    "Precision (macro)",
    "labels",
    "max",
    "of the samples for which a label is answered, the share for which it holds; the mean over labels",
    "Where a label is answered, it holds in {} on average.",
)
def macro_precision(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_labels(predictions, weights)
    return _macro(right, said, said + true > 0)


@metric(
    "label_micro_precision",
    "Precision (micro)",
    "labels",
    "max",
    "of all labels that are answered, the share that holds",
    "Of the labels that are answered {} hold.",
)
def micro_precision(predictions: PredictionSet, weights: Array) -> Array:
    right, said, _ = (counts.sum(1) for counts in count_labels(predictions, weights))
    return divide(right, said)


@metric(
    "label_recall",
    "Recall (macro)",
    "labels",
    "max",
    "of the samples for which a label holds, the share for which it is answered; the mean over labels",
    "Of the samples with a label {} are found on average.",
)
def macro_recall(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = count_labels(predictions, weights)
    return _macro(right, true, said + true > 0)


@metric(
    "label_micro_recall",
    "Recall (micro)",
    "labels",
    "max",
    "of all labels that hold, the share that is answered",
    "Of the labels that hold {} are found.",
)
def micro_recall(predictions: PredictionSet, weights: Array) -> Array:
    right, _, true = (counts.sum(1) for counts in count_labels(predictions, weights))
    return divide(right, true)


@metric(
    "label_exact_match",
    "Exact match",
    "labels",
    "max",
    "the share of samples of which every label is right",
    "Of {} of the samples every label is right.",
)
def exact_match(predictions: PredictionSet, weights: Array) -> Array:
    asked, said, true = label_flags(predictions)
    return average(((said == true) | ~asked).all(1), weights)


@metric(
    "hamming_loss",
    "Hamming loss",
    "labels",
    "min",
    "the share of labels that are wrong, over all samples",
    "Of all labels of all samples {} are wrong.",
)
def hamming_loss(predictions: PredictionSet, weights: Array) -> Array:
    asked, said, true = label_flags(predictions)
    wrong = ((said != true) & asked).sum(1)
    return divide(weights @ wrong, weights @ asked.sum(1))


@metric(
    "label_roc_area",
    "ROC area (macro)",
    "labels",
    "max",
    "how often a sample with the label gets a higher score than one without it; the mean over labels",
    "Of two samples, one with a label and one without, the right one gets the higher score in {}.",
    fits=lambda predictions: len(predictions.classes) <= MOST_CURVES,
)
def roc_area(predictions: PredictionSet, weights: Array) -> Array:
    return _mean_area(predictions, weights, roc_area_of)


@metric(
    "label_average_precision",
    "Average precision (macro)",
    "labels",
    "max",
    "the area under the precision–recall curve of each label; the mean over labels",
    "From the surest yes on down, precision is {} on average.",
    fits=lambda predictions: len(predictions.classes) <= MOST_CURVES,
)
def average_precision(predictions: PredictionSet, weights: Array) -> Array:
    return _mean_area(predictions, weights, pr_area)


def _mean_area(predictions: PredictionSet, weights: Array, area: Any) -> Array:
    asked, _, true = label_flags(predictions)
    found = [
        area(predictions.arrays["sure"][rows, k], true[rows, k], weights[:, rows])
        for k, rows in enumerate(map(np.flatnonzero, asked.T))
        if len(rows)
    ]
    return average_known(found, len(weights))
