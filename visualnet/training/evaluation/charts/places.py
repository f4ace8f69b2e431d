"""Charts of classes at places: pixels of pictures and tokens of sequences."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import Bar, BarChart, HistogramChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.matrix import MOST_CLASSES, MatrixChart
from visualnet.training.evaluation.charts.numbers import histogram
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.intervals import LEAST_DRAWS, draw_weights
from visualnet.training.evaluation.metrics.classes import divide
from visualnet.training.evaluation.metrics.places import LONGEST, edit_distance, overlaps_of
from visualnet.training.evaluation.prediction_set import Array, PredictionSet

PICTURES = "pixels mask"


@evaluation_chart(
    "overlap",
    "Overlap per class",
    PICTURES,
    "For each class: how much of the answered and the true area is shared (IoU: by their union; Dice: by their sum). The line in a bar is "
    "its 95 % interval over pictures.",
)
def overlap(predictions: PredictionSet, view: str) -> BarChart:
    values = _overlap_scores(predictions, np.ones((1, predictions.size)))
    drawn = np.concatenate([_overlap_scores(predictions, w) for w in draw_weights(predictions.size, LEAST_DRAWS)], 1)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    order = np.argsort(values[0, 0], kind="stable")
    groups = tuple(
        (name, tuple(Bar(float(values[i, 0, k]), float(low[i, k]), float(high[i, k])) for k in order))
        for i, name in enumerate(("IoU", "Dice"))
    )
    return BarChart(tuple(predictions.classes[k] for k in order), groups, "share")


def _overlap_scores(predictions: PredictionSet, weights: Array) -> Array:
    right, said, true = overlaps_of(predictions, weights)
    return np.stack([divide(right, said + true - right), divide(2 * right, said + true)])


@evaluation_chart(
    "place_confusion",
    "Confusion",
    "pixels mask tokens",
    "A row for each true class, a column for each answer, over all places: right answers stand on the diagonal.",
    views=lambda predictions: ("Shares", "Counts"),
)
def place_confusion(predictions: PredictionSet, view: str) -> MatrixChart:
    count, truth, said = len(predictions.classes), predictions.arrays["truth"], predictions.arrays["said"]
    asked = truth >= 0
    codes, found = np.unique(truth[asked].astype(np.int64) * count + said[asked], return_counts=True)
    counts = {(int(c) // count, int(c) % count): int(n) for c, n in zip(codes, found, strict=True)}
    frequent = np.argsort(-np.bincount(truth[asked], minlength=count), kind="stable")
    shown = tuple(range(count)) if count <= MOST_CLASSES else tuple(int(k) for k in frequent[:MOST_CLASSES])
    unit = "token" if predictions.task == "tokens" else "pixel"
    return MatrixChart(predictions.classes, counts, {}, shown, view == "Shares", unit)


@evaluation_chart(
    "wrong_share",
    "Errors per picture",
    PICTURES,
    "How many pictures have so large a share of wrong pixels. Click a bar to see them.",
)
def wrong_share(predictions: PredictionSet, view: str) -> HistogramChart:
    return histogram(predictions, predictions.badness, "share of wrong pixels")


@evaluation_chart(
    "by_place",
    "By place",
    "tokens",
    "The share of right tokens at each place of the sequence: what is far from the beginning is often harder, or easier with more known.",
)
def by_place(predictions: PredictionSet, view: str) -> CurveChart:
    truth = predictions.arrays["truth"]
    asked = (truth >= 0).sum(0)
    right = ((predictions.arrays["said"] == truth) & (truth >= 0)).sum(0)
    places = np.flatnonzero(asked)
    shares = right[places] / asked[places]
    words = tuple(f"place {p + 1}: {right[p]:,} of {asked[p]:,} right" for p in places)
    x = tuple(float(p + 1) for p in places)
    curve = Curve("right", x, tuple(shares.tolist()), True, words)
    return CurveChart((curve,), "place in the sequence", "share right", (0.5, len(asked) + 0.5), square=False)


@evaluation_chart(
    "free_running",
    "Told and free",
    "tokens",
    "At each place the share of right tokens: where the network is told the right ones so far (teacher forcing, as in training), and where "
    "it goes on from its own (free running, as in use). The gap widens along a text where one mistake brings the next.",
    fits=lambda predictions: "free" in predictions.arrays,
)
def free_running(predictions: PredictionSet, view: str) -> CurveChart:
    truth = predictions.arrays["truth"]
    asked = (truth >= 0).sum(0)
    places = np.flatnonzero(asked)
    x = tuple(float(p + 1) for p in places)
    curves = []
    for name, said in (("told the right tokens", "said"), ("reads its own tokens", "free")):
        right = ((predictions.arrays[said] == truth) & (truth >= 0)).sum(0)
        words = tuple(f"{name}, place {p + 1}: {right[p]:,} of {asked[p]:,} right" for p in places)
        curves.append(Curve(name, x, tuple((right[places] / asked[places]).tolist()), True, words))
    ends = (0.5, len(asked) + 0.5)
    return CurveChart(tuple(curves), "place in the sequence", "share right", ends, square=False)


@evaluation_chart(
    "edits",
    "Edits per sequence",
    "tokens",
    "How many sequences need so many of their tokens mended. Click a bar to see them.",
    fits=lambda predictions: predictions.arrays["truth"].shape[1] <= LONGEST,
)
def edits(predictions: PredictionSet, view: str) -> HistogramChart:
    edit_distance(predictions, np.ones((1, predictions.size)))
    return histogram(predictions, predictions.kept["edits"], "share of tokens to mend")
