"""Metrics of classes at places: pixels of pictures (segmentation) and tokens of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.metrics.classes import divide
from visualnet.training.evaluation.metrics.registry import average, metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
LONGEST = 128
"""Of longer sequences the edit distance is not told: its cost grows with the square of the length."""
PICTURES = "pixels mask"


def overlaps_of(predictions: PredictionSet, weights: Array) -> tuple[Array, Array, Array]:
    """For each row of weights and each class: places that are right, answered and true, of all pictures together."""
    right, said, true = predictions.overlaps
    return weights @ right, weights @ said, weights @ true


def _mean_of_occurring(values: Array, occurs: Array) -> Array:
    return divide((values * occurs).sum(1), occurs.sum(1).astype(float))


@metric(
    "mean_iou",
    "Mean IoU",
    PICTURES,
    "max",
    "the overlap of answered and true pixels by their union, the mean over the classes that occur",
    "Answered and true areas share {} of what they cover together, on average over the classes.",
)
def mean_iou(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = overlaps_of(predictions, weights)
    union = said + true - right
    return _mean_of_occurring(divide(right, union), union > 0)


@metric(
    "mean_dice",
    "Mean Dice",
    PICTURES,
    "max",
    "twice the overlap by the sum of both areas, the mean over the classes that occur",
    "Answered and true areas agree to {} (Dice), on average over the classes.",
)
def mean_dice(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = overlaps_of(predictions, weights)
    return _mean_of_occurring(divide(2 * right, said + true), said + true > 0)


@metric(
    "pixel_accuracy",
    "Pixel accuracy",
    PICTURES,
    "max",
    "the share of pixels that are answered right; a large background makes it high",
    "{} of the pixels are answered right.",
)
def pixel_accuracy(predictions: PredictionSet, weights: Array) -> Array:
    right, _, true = overlaps_of(predictions, weights)
    return divide(right.sum(1), true.sum(1))


@metric(
    "token_accuracy",
    "Token accuracy",
    "tokens",
    "max",
    "the share of places at which the right token is answered",
    "{} of the tokens are answered right.",
)
def token_accuracy(predictions: PredictionSet, weights: Array) -> Array:
    right, _, true = overlaps_of(predictions, weights)
    return divide(right.sum(1), true.sum(1))


@metric(
    "exact_match",
    "Exact match",
    "tokens",
    "max",
    "the share of sequences in which every token is right",
    "{} of the sequences are right from end to end.",
)
def exact_match(predictions: PredictionSet, weights: Array) -> Array:
    truth = predictions.arrays["truth"]
    exact = ((predictions.arrays["said"] == truth) | (truth < 0)).all(1)
    return average(exact, weights)


def _is_written(predictions: PredictionSet) -> bool:
    """Whether it is known what the network writes without being told the right tokens so far."""
    return "free" in predictions.arrays


@metric(
    "free_exact_match",
    "Exact match, written freely",
    "tokens",
    "max",
    "the share of sequences that the network writes right from end to end where it reads its own tokens so far, not the true ones",
    "{} of the sequences are written right from end to end, with nobody telling the right tokens so far.",
    fits=_is_written,
)
def free_exact_match(predictions: PredictionSet, weights: Array) -> Array:
    truth = predictions.arrays["truth"]
    return average(((predictions.arrays["free"] == truth) | (truth < 0)).all(1), weights)


@metric(
    "free_token_accuracy",
    "Token accuracy, written freely",
    "tokens",
    "max",
    "the share of places at which the network writes the right token where it reads its own tokens so far, not the true ones",
    "{} of the tokens are right where the network goes on from what it has written itself.",
    fits=_is_written,
)
def free_token_accuracy(predictions: PredictionSet, weights: Array) -> Array:
    truth = predictions.arrays["truth"]
    asked = truth >= 0
    right = ((predictions.arrays["free"] == truth) & asked).sum(1).astype(np.float64)
    return divide(weights @ right, weights @ asked.sum(1).astype(np.float64))


@metric(
    "edit_distance",
    "Edit distance",
    "tokens",
    "min",
    "how many tokens must be put in, taken out or changed in a sequence, by its length (Levenshtein), on average",
    "To mend a sequence, {} of its tokens must be changed on average.",
    fits=lambda predictions: predictions.arrays["truth"].shape[1] <= LONGEST,
)
def edit_distance(predictions: PredictionSet, weights: Array) -> Array:
    if "edits" not in predictions.kept:
        predictions.kept["edits"] = edit_distances(predictions.arrays["said"], predictions.arrays["truth"])
    return average(predictions.kept["edits"], weights)


@metric(
    "token_loss",
    "Log-loss",
    "tokens pixels mask",
    "min",
    "−log of the probability that the right class was given, on average over all places that are asked",
    "The right class is given a probability of {odds} on (geometric) average.",
    percent=False,
    probabilities=True,
)
def token_loss(predictions: PredictionSet, weights: Array) -> Array:
    return divide(weights @ predictions.arrays["surprise"], weights @ predictions.arrays["asked"].astype(float))


def edit_distances(said: Array, truth: Array) -> Array:
    """The Levenshtein distance of each row by the length of the true one; places that are not asked are left out of both."""
    found = np.zeros(len(truth))
    asked = truth >= 0
    lengths = asked.sum(1)
    for length in np.unique(lengths[lengths > 0]):
        rows = np.flatnonzero(lengths == length)
        chosen = asked[rows]
        a, b = (values[rows][chosen].reshape(len(rows), length) for values in (said, truth))
        before = np.broadcast_to(np.arange(length + 1), (len(rows), length + 1)).astype(np.int64)
        for i in range(1, int(length) + 1):
            row = np.empty_like(before)
            row[:, 0] = i
            swapped = before[:, :-1] + (a[:, i - 1 : i] != b)
            cheapest = np.minimum(swapped, before[:, 1:] + 1)
            for j in range(1, int(length) + 1):
                row[:, j] = np.minimum(cheapest[:, j - 1], row[:, j - 1] + 1)
            before = row
        found[rows] = before[:, -1] / length
    return found
