"""Charts of numbers: regression and reconstruction."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import HistogramChart
from visualnet.figures.charts.points import ScatterChart
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.prediction_set import PredictionSet

BINS = 30
MOST_TARGETS = 16
"""A target of more numbers (an image, a long forecast) has no chart of each: its errors are told for all together."""


def name_targets(predictions: PredictionSet) -> tuple[str, ...]:
    """The numbers of a sample's target that are looked at one by one."""
    count = predictions.errors.shape[1]
    if count > MOST_TARGETS:
        return ()
    return ("answer",) if count == 1 else tuple(f"number {i + 1}" for i in range(count))


def _column(predictions: PredictionSet, view: str) -> int:
    return name_targets(predictions).index(view)


@evaluation_chart(
    "predicted_true",
    "Predicted and true",
    "numbers",
    "Each dot is a sample: what was answered over what is true. On the dashed line it is right; a cloud that lies flatter than the line is "
    "a network that does not dare. Click a dot to see the sample.",
    views=name_targets,
)
def predicted_true(predictions: PredictionSet, view: str) -> ScatterChart:
    at = _column(predictions, view)
    true, said = (predictions.arrays[name].reshape(predictions.size, -1)[:, at] for name in ("truth", "said"))
    return ScatterChart(_floats(true), _floats(said), _samples(predictions), "true", "answered")


@evaluation_chart(
    "residuals",
    "Residuals",
    "numbers",
    "What was answered less what is true, over the answer. A pattern (a bend, a funnel) is something that could still be learned; a band "
    "around 0 is noise.",
    views=name_targets,
)
def residuals(predictions: PredictionSet, view: str) -> ScatterChart:
    at = _column(predictions, view)
    said = predictions.arrays["said"].reshape(predictions.size, -1)[:, at]
    return ScatterChart(
        _floats(said), _floats(predictions.errors[:, at]), _samples(predictions), "answered", "error", "zero"
    )


@evaluation_chart(
    "errors",
    "Errors",
    "numbers",
    "How often each error occurs. A hill around 0 is what one wants; a long tail is a few samples that are answered very wrong. Click a "
    "bar to see its samples.",
)
def errors(predictions: PredictionSet, view: str) -> HistogramChart:
    each = predictions.errors
    one = each.shape[1] == 1
    values = each[:, 0] if one else np.sqrt((each**2).mean(1))
    return histogram(predictions, values, "error" if one else "error (root mean square)", 0.0 if one else None)


def histogram(predictions: PredictionSet, values: np.ndarray, title: str, mark: float | None = None) -> HistogramChart:
    """How often values of samples occur, each bar with its samples."""
    counts, edges = np.histogram(values, bins=min(BINS, max(int(np.sqrt(len(values)) * 2), 5)))
    codes = np.clip(np.digitize(values, edges) - 1, 0, len(counts) - 1)
    held = tuple(tuple(int(s) for s in predictions.samples[codes == i]) for i in range(len(counts)))
    return HistogramChart(_floats(edges), tuple(int(c) for c in counts), title, "samples", held, mark)


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _samples(predictions: PredictionSet) -> tuple[int, ...]:
    return tuple(int(s) for s in predictions.samples)
