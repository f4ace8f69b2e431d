"""Judgements of several labels for each sample."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.training.evaluation.intervals import LEAST_DRAWS, draw_weights
from visualnet.training.evaluation.judged import Array, Judged
from visualnet.training.evaluation.judgements.classes import SHOWN_CURVES, pr_curve, roc_curve
from visualnet.training.evaluation.judgements.registry import judgement
from visualnet.training.evaluation.metrics.classes import divide
from visualnet.training.evaluation.metrics.labels import count_labels, label_flags

MOST_BARS = 60
"""Of more labels the hardest are shown."""


@judgement(
    "per_label",
    "Per label",
    "labels",
    "For each label: precision (of the samples for which it is answered, the share for which it holds), recall (of those for which it "
    "holds, the share that is found) and F1, the two together. The line in a bar is its 95 % interval. The hardest label first; click a "
    "bar to see what went wrong.",
)
def per_label(judged: Judged, view: str) -> BarChart:
    values = _scores(judged, np.ones((1, judged.size)))[:, 0]
    drawn = np.concatenate([_scores(judged, weights) for weights in draw_weights(judged.size, LEAST_DRAWS)], 1)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    order = np.argsort(values[2], kind="stable")[:MOST_BARS]
    asked, said, true = label_flags(judged)
    wrong = {"precision": said & ~true & asked, "recall": true & ~said & asked, "F1": (said != true) & asked}
    groups = tuple(
        (
            name,
            tuple(
                Bar(float(values[n, k]), float(low[n, k]), float(high[n, k]), _samples(judged, rows[:, k]))
                for k in order
            ),
        )
        for n, (name, rows) in enumerate(wrong.items())
    )
    return BarChart(tuple(judged.classes[k] for k in order), groups, "share")


def _scores(judged: Judged, weights: Array) -> Array:
    """Precision, recall and F1 of each label: (score, draw, label)."""
    right, said, true = count_labels(judged, weights)
    return np.stack([divide(right, said), divide(right, true), divide(2 * right, said + true)])


def _samples(judged: Judged, rows: Array) -> tuple[int, ...]:
    return tuple(int(sample) for sample in judged.samples[rows])


@judgement(
    "label_curves",
    "Curves per label",
    "labels",
    "As the threshold of a label falls. ROC: the share of the samples with the label that is found, over the share of others called so by "
    "mistake. Precision–recall: how many of those called so have it, over the share that is found. Of many labels those of most samples.",
    views=lambda judged: ("ROC", "Precision–recall") if _labels_of_curves(judged) else (),
)
def label_curves(judged: Judged, view: str) -> CurveChart:
    curves = tuple(_curve(judged, label, view == "ROC") for label in _labels_of_curves(judged))
    if view == "ROC":
        return CurveChart(curves, "called by mistake", "found", guide=((0.0, 0.0), (1.0, 1.0)))
    return CurveChart(curves, "recall", "precision")


def _curve(judged: Judged, label: int, is_roc: bool) -> Curve:
    asked, _, true = label_flags(judged)
    rows = np.flatnonzero(asked[:, label])
    scores, positive = judged.arrays["sure"][rows, label], true[rows, label]
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    make = roc_curve if is_roc else pr_curve
    return make(judged.classes[label], np.cumsum(positive[order])[ends], np.cumsum(~positive[order])[ends])


def _labels_of_curves(judged: Judged) -> list[int]:
    """The labels that get a curve: those that some samples have and others have not; of many those of most samples."""
    asked, _, true = label_flags(judged)
    yes, no = (true & asked).sum(0), (~true & asked).sum(0)
    there = [k for k in range(len(judged.classes)) if yes[k] and no[k]]
    return sorted(sorted(there, key=lambda k: (-yes[k], k))[:SHOWN_CURVES])
