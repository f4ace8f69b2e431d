"""Charts of several labels for each sample."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.training.evaluation.charts.classes import SHOWN_CURVES, pr_curve, roc_curve
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.intervals import LEAST_DRAWS, draw_weights
from visualnet.training.evaluation.metrics.classes import divide
from visualnet.training.evaluation.metrics.labels import count_labels, label_flags
from visualnet.training.evaluation.prediction_set import Array, PredictionSet

MOST_BARS = 60
"""Of more labels the hardest are shown."""


@evaluation_chart(
    "per_label",
    "Per label",
    "labels",
    "For each label: precision (of the samples for which it is answered, the share for which it holds), recall (of those for which it "
    "holds, the share that is found) and F1, the two together. The line in a bar is its 95 % interval. The hardest label first; click a "
    "bar to see what went wrong.",
)
def per_label(predictions: PredictionSet, view: str) -> BarChart:
    values = _scores(predictions, np.ones((1, predictions.size)))[:, 0]
    drawn = np.concatenate(
        [_scores(predictions, weights) for weights in draw_weights(predictions.size, LEAST_DRAWS)], 1
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    order = np.argsort(values[2], kind="stable")[:MOST_BARS]
    asked, said, true = label_flags(predictions)
    wrong = {"precision": said & ~true & asked, "recall": true & ~said & asked, "F1": (said != true) & asked}
    groups = tuple(
        (
            name,
            tuple(
                Bar(float(values[n, k]), float(low[n, k]), float(high[n, k]), _samples(predictions, rows[:, k]))
                for k in order
            ),
        )
        for n, (name, rows) in enumerate(wrong.items())
    )
    return BarChart(tuple(predictions.classes[k] for k in order), groups, "share")


def _scores(predictions: PredictionSet, weights: Array) -> Array:
    """Precision, recall and F1 of each label: (score, draw, label)."""
    right, said, true = count_labels(predictions, weights)
    return np.stack([divide(right, said), divide(right, true), divide(2 * right, said + true)])


def _samples(predictions: PredictionSet, rows: Array) -> tuple[int, ...]:
    return tuple(int(sample) for sample in predictions.samples[rows])


@evaluation_chart(
    "label_curves",
    "Curves per label",
    "labels",
    "As the threshold of a label falls. ROC: the share of the samples with the label that is found, over the share of others called so by "
    "mistake. Precision–recall: how many of those called so have it, over the share that is found. Of many labels those of most samples.",
    views=lambda predictions: ("ROC", "Precision–recall") if _labels_of_curves(predictions) else (),
)
def label_curves(predictions: PredictionSet, view: str) -> CurveChart:
    curves = tuple(_curve(predictions, label, view == "ROC") for label in _labels_of_curves(predictions))
    if view == "ROC":
        return CurveChart(curves, "called by mistake", "found", guide=((0.0, 0.0), (1.0, 1.0)))
    return CurveChart(curves, "recall", "precision")


def _curve(predictions: PredictionSet, label: int, is_roc: bool) -> Curve:
    asked, _, true = label_flags(predictions)
    rows = np.flatnonzero(asked[:, label])
    scores, positive = predictions.arrays["sure"][rows, label], true[rows, label]
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    make = roc_curve if is_roc else pr_curve
    return make(predictions.classes[label], np.cumsum(positive[order])[ends], np.cumsum(~positive[order])[ends])


def _labels_of_curves(predictions: PredictionSet) -> list[int]:
    """The labels that get a curve: those that some samples have and others have not; of many those of most samples."""
    asked, _, true = label_flags(predictions)
    yes, no = (true & asked).sum(0), (~true & asked).sum(0)
    there = [k for k in range(len(predictions.classes)) if yes[k] and no[k]]
    return sorted(sorted(there, key=lambda k: (-yes[k], k))[:SHOWN_CURVES])
