"""Metrics of boxes: the mean average precision, with no suppression of its own: every answered box counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.regions.box_geometry import box_overlaps
from visualnet.training.evaluation.metrics.classes import average_known
from visualnet.training.evaluation.metrics.registry import metric
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
RECALLS = np.linspace(0, 1, 101)
STRICT = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


def match_boxes(said: Array, scores: Array, true: Array, threshold: float) -> Array:
    """Whether each answered box of a picture finds a true one, the surest first; each true box is found once (as COCO counts)."""
    found = np.zeros(len(said), bool)
    if not len(true) or not len(said):
        return found
    overlap = box_overlaps(said, true)
    for at in np.argsort(-scores, kind="stable"):
        best = int(overlap[at].argmax())
        if overlap[at, best] >= threshold:
            found[at] = True
            overlap[:, best] = -1
    return found


def _matches(predictions: PredictionSet, threshold: float, kind: int) -> tuple[Array, Array, Array, Array]:
    """Of a class: picture, score and hit of each answered box, the surest first; and how many are true in each picture."""
    pictures, scores, hits = [], [], []
    totals = np.zeros(predictions.size)
    a = predictions.arrays
    for row in range(predictions.size):
        mine = (a["said_labels"][row] == kind) & a["said_there"][row]
        true = (a["true_labels"][row] == kind) & a["true_there"][row]
        totals[row] = true.sum()
        found = match_boxes(a["said"][row][mine], a["sure"][row][mine], a["truth"][row][true], threshold)
        pictures.append(np.full(len(found), row))
        scores.append(a["sure"][row][mine])
        hits.append(found)
    score = np.concatenate(scores) if scores else np.zeros(0)
    order = np.argsort(-score, kind="stable")
    return np.concatenate(pictures)[order], score[order], np.concatenate(hits)[order], totals


def precision_curve(predictions: PredictionSet, threshold: float, kind: int, weights: Array) -> tuple[Array, Array]:
    """Recall and precision after each answered box of a class, the surest first, for each row of weights."""
    pictures, _, hits, totals = _kept_matches(predictions, threshold, kind)
    each = weights[:, pictures]
    found = np.cumsum(each * hits, 1)
    every = np.cumsum(each, 1)
    total = (weights @ totals)[:, None]
    recall = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
    return recall, np.divide(found, every, out=np.zeros_like(found), where=every > 0)


def _kept_matches(predictions: PredictionSet, threshold: float, kind: int) -> tuple[Array, Array, Array, Array]:
    key = "boxes", threshold, kind
    if key not in predictions.kept:
        predictions.kept[key] = _matches(predictions, threshold, kind)
    found: tuple[Array, Array, Array, Array] = predictions.kept[key]
    return found


def mean_average_precision(predictions: PredictionSet, weights: Array, thresholds: Sequence[float]) -> Array:
    """The area under the precision–recall curve at 101 recalls, the mean over thresholds and over the classes that are truly there."""
    kinds = np.unique(predictions.arrays["true_labels"][predictions.arrays["true_there"]])
    areas = []
    for threshold in thresholds:
        for kind in kinds:
            recall, precision = precision_curve(predictions, threshold, int(kind), weights)
            best = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
            area = np.zeros(len(weights))
            for row in range(len(weights) if recall.shape[1] else 0):
                at = np.searchsorted(recall[row], RECALLS - 1e-12)
                reached = at < recall.shape[1]
                area[row] = best[row][at[reached]].sum() / len(RECALLS)
            there = weights @ _kept_matches(predictions, threshold, int(kind))[3] > 0
            areas.append(np.where(there, area, np.nan))
    return average_known(areas, len(weights))


@metric(
    "map_50",
    "mAP at IoU 0.5",
    "boxes",
    "max",
    "the mean over classes of the average precision of boxes that share half their area with a true one",
    "From the surest box on down, {} find a true one, on average over the classes.",
)
def map_50(predictions: PredictionSet, weights: Array) -> Array:
    return mean_average_precision(predictions, weights, (0.5,))


@metric(
    "map",
    "mAP at IoU 0.5 to 0.95",
    "boxes",
    "max",
    "the same over ten demands on the shared area, from 0.5 to 0.95 (as COCO has it)",
    "The same, with ever closer fits asked for, comes to {}.",
)
def map_strict(predictions: PredictionSet, weights: Array) -> Array:
    return mean_average_precision(predictions, weights, STRICT)
