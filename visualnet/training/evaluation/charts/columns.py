"""The error against what else is known of a sample: each input column, or its class."""

from __future__ import annotations

import numpy as np

from visualnet.core.text.format import format_number
from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.intervals import wilson
from visualnet.training.evaluation.prediction_set import Array, PredictionSet

PIECES = 6
MOST_GROUPS = 60
ERROR = {
    "classes": "share answered wrong",
    "binary": "share answered wrong",
    "labels": "surprise",
    "numbers": "mean absolute error",
}


def name_columns(predictions: PredictionSet) -> tuple[str, ...]:
    """The columns along which the error can be looked at."""
    own = predictions.task in ("classes", "binary")
    return tuple(name for name in predictions.columns if not (own and name == "class"))


@evaluation_chart(
    "by_column",
    "Error by input",
    "classes binary labels numbers pixels mask tokens boxes",
    "How wrong the answers are for each part of what comes in: numbers in pieces with about as many samples each, classes one by one. "
    "Where a bar is long, data are few or hard. The line in a bar is its 95 % interval; click a bar to see its samples.",
    views=name_columns,
)
def by_column(predictions: PredictionSet, view: str) -> BarChart:
    values = predictions.columns[view]
    groups = _classes(values) if values.dtype.kind == "U" else _pieces(values)
    error = (~predictions.right).astype(float) if predictions.task in ("classes", "binary") else predictions.badness
    shares = predictions.task in ("classes", "binary")
    bars = tuple(_bar(predictions, rows, error, shares) for _, rows in groups)
    title = ERROR.get(predictions.task, "share wrong")
    return BarChart(tuple(name for name, _ in groups), ((title, bars),), f"{title}, by {view}", None)


def _classes(values: Array) -> list[tuple[str, Array]]:
    names, counts = np.unique(values, return_counts=True)
    names = names[np.argsort(-counts, kind="stable")][:MOST_GROUPS]
    return [(str(name), np.flatnonzero(values == name)) for name in sorted(names)]


def _pieces(values: Array) -> list[tuple[str, Array]]:
    """Pieces of a column of numbers, with about as many samples each; what is missing is a piece of its own."""
    known = np.isfinite(values)
    found = []
    distinct = np.unique(values[known])
    if len(distinct) <= PIECES:
        found = [(format_number(float(v)), np.flatnonzero(values == v)) for v in distinct]
    else:
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, PIECES + 1)))
        codes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
        for i in range(len(edges) - 1):
            rows = np.flatnonzero(known & (codes == i))
            if len(rows):
                found.append((f"{format_number(float(edges[i]))} to {format_number(float(edges[i + 1]))}", rows))
    if not known.all():
        found.append(("missing", np.flatnonzero(~known)))
    return found


def _bar(predictions: PredictionSet, rows: Array, error: Array, shares: bool) -> Bar:
    values = error[rows]
    mean = float(values.mean())
    if shares:
        low, high = wilson(float(values.sum()), len(rows))
    else:
        half = 1.96 * float(values.std(ddof=1)) / len(rows) ** 0.5 if len(rows) > 1 else 0.0
        low, high = max(mean - half, 0.0), mean + half
    worst = rows[np.argsort(-values, kind="stable")]
    return Bar(mean, low, high, tuple(int(s) for s in predictions.samples[worst]))
