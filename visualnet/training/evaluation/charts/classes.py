"""Charts of one class for each sample, and of yes or no."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_percent, format_quantity
from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.matrix import MOST_CLASSES, MatrixChart
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.intervals import LEAST_DRAWS, draw_weights
from visualnet.training.evaluation.metrics.classes import BINS, MOST_CURVES, count_classes, divide
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
SHOWN_CURVES = 8
BOTH = "classes binary"
Groups = tuple[tuple[str, tuple[Bar, ...]], ...]


@evaluation_chart(
    "confusion",
    "Confusion",
    BOTH,
    "A row for each true class, a column for each answer: right answers stand on the diagonal. Click a cell to see its samples.",
    views=lambda predictions: ("Counts", "Shares"),
)
def confusion(predictions: PredictionSet, view: str) -> MatrixChart:
    count, truth = len(predictions.classes), predictions.arrays["truth"]
    codes = truth * count + predictions.answered
    order = np.argsort(codes, kind="stable")
    values, starts = np.unique(codes[order], return_index=True)
    counts: dict[tuple[int, int], int] = {}
    samples: dict[tuple[int, int], tuple[int, ...]] = {}
    for value, rows in zip(values, np.split(order, starts[1:]), strict=True):
        cell = int(value) // count, int(value) % count
        counts[cell], samples[cell] = len(rows), tuple(int(s) for s in predictions.samples[rows])
    occurring = {kind for cell in counts for kind in cell}
    shown = tuple(sorted(occurring)) or tuple(range(count))
    if len(shown) > MOST_CLASSES:
        wrong = np.bincount(truth[~predictions.right], minlength=count) + np.bincount(
            predictions.answered[~predictions.right], minlength=count
        )
        shown = tuple(int(k) for k in np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
    return MatrixChart(predictions.classes, counts, samples, shown, view == "Shares")


@evaluation_chart(
    "per_class",
    "Per class",
    BOTH,
    "For each class: precision (of what is answered so, the share that is), recall (of what is so, the share that is found) and F1, "
    "the two together. The line in a bar is its 95 % interval. The hardest class first; click a bar to see what went wrong.",
)
def per_class(predictions: PredictionSet, view: str) -> BarChart:
    ones = np.ones((1, predictions.size))
    values = _scores(predictions, ones)
    drawn = np.concatenate(
        [_scores(predictions, weights) for weights in draw_weights(predictions.size, LEAST_DRAWS)], 1
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    order = np.argsort(values[2, 0], kind="stable")
    truth, said = predictions.arrays["truth"], predictions.answered
    groups = []
    for number, (name, codes) in enumerate((("precision", said), ("recall", truth), ("F1", truth))):
        bars = tuple(
            Bar(
                float(values[number, 0, k]),
                float(low[number, k]),
                float(high[number, k]),
                _wrong(predictions, codes, k),
            )
            for k in order
        )
        groups.append((name, bars))
    return BarChart(tuple(predictions.classes[k] for k in order), tuple(groups), "share")


def _scores(predictions: PredictionSet, weights: Array) -> Array:
    """Precision, recall and F1 of each class: (score, draw, class)."""
    right, said, true = count_classes(predictions, weights)
    return np.stack([divide(right, said), divide(right, true), divide(2 * right, said + true)])


def _wrong(predictions: PredictionSet, codes: Array, kind: int) -> tuple[int, ...]:
    return tuple(int(s) for s in predictions.samples[(codes == kind) & ~predictions.right])


def _classes_of_curves(predictions: PredictionSet) -> list[int]:
    """The classes that get a curve: yes; or all, and of many the ones with most samples."""
    if predictions.task == "binary":
        return [1]
    counts = np.bincount(predictions.arrays["truth"], minlength=len(predictions.classes))
    if len(predictions.classes) == 2:
        return [1] if counts[1] else [0]
    there = [k for k in range(len(predictions.classes)) if 0 < counts[k] < predictions.size]
    return sorted(sorted(there, key=lambda k: (-counts[k], k))[:SHOWN_CURVES])


def _curves(predictions: PredictionSet, make: Any) -> tuple[Curve, ...]:
    found = []
    for k in _classes_of_curves(predictions):
        positive = predictions.arrays["truth"] == k
        scores = predictions.arrays["probabilities"][:, k]
        order = np.argsort(-scores, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
        found.append(make(predictions.classes[k], np.cumsum(positive[order])[ends], np.cumsum(~positive[order])[ends]))
    return tuple(found)


def _has_curves(predictions: PredictionSet) -> bool:
    return len(predictions.classes) <= MOST_CURVES and len(np.unique(predictions.arrays["truth"])) > 1


@evaluation_chart(
    "roc",
    "ROC",
    BOTH,
    "As the threshold falls: the share of the class that is found, over the share of others called so by mistake. The nearer to the upper "
    "left the better; the dashed line is guessing.",
    fits=_has_curves,
)
def roc(predictions: PredictionSet, view: str) -> CurveChart:
    return CurveChart(_curves(predictions, roc_curve), "called by mistake", "found", guide=((0.0, 0.0), (1.0, 1.0)))


def roc_curve(name: str, found: Array, wrong: Array) -> Curve:
    """A ROC curve from how many are found, and how many called so by mistake, at each threshold."""
    x = np.concatenate([[0.0], wrong / max(wrong[-1], 1)])
    y = np.concatenate([[0.0], found / max(found[-1], 1)])
    area = float(((y[1:] + y[:-1]) / 2 * np.diff(x)).sum())
    return Curve(f"{name} · area {area:.3f}", tuple(x.tolist()), tuple(y.tolist()))


@evaluation_chart(
    "precision_recall",
    "Precision–recall",
    BOTH,
    "As the threshold falls: how many of those called so are right (precision), over the share that is found (recall). More telling than "
    "ROC where a class is rare.",
    fits=_has_curves,
)
def precision_recall(predictions: PredictionSet, view: str) -> CurveChart:
    return CurveChart(_curves(predictions, pr_curve), "recall", "precision")


def pr_curve(name: str, found: Array, wrong: Array) -> Curve:
    """A precision–recall curve from how many are found, and how many called so by mistake, at each threshold."""
    recall = np.concatenate([[0.0], found / max(found[-1], 1)])
    precision = found / np.maximum(found + wrong, 1)
    area = float((np.diff(recall) * precision).sum())
    y = np.concatenate([precision[:1], precision])
    return Curve(f"{name} · area {area:.3f}", tuple(recall.tolist()), tuple(y.tolist()))


@evaluation_chart(
    "calibration",
    "Calibration",
    BOTH,
    "Where it says “90 % sure”, is it right in 90 %? Each dot is the samples with about that probability; below the dashed line the "
    "network is surer than it should be. Click a dot to see its samples.",
    probabilities=True,
)
def calibration(predictions: PredictionSet, view: str) -> CurveChart:
    edges = np.linspace(0, 1, BINS + 1)
    bins = np.clip(np.digitize(predictions.sureness, edges) - 1, 0, BINS - 1)
    x, y, words, samples = [], [], [], []
    for k in np.unique(bins):
        rows = np.flatnonzero(bins == k)
        sure, right = float(predictions.sureness[rows].mean()), float(predictions.right[rows].mean())
        x.append(sure)
        y.append(right)
        told = f"{format_percent(sure)} sure on average, {format_percent(right)} right"
        words.append(f"{format_quantity(len(rows), 'sample')}: {told}")
        samples.append(tuple(int(s) for s in predictions.samples[rows]))
    curve = Curve("right", tuple(x), tuple(y), True, tuple(words), tuple(samples))
    return CurveChart((curve,), "how sure it says it is", "how often it is right", guide=((0.0, 0.0), (1.0, 1.0)))
