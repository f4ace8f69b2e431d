"""Judgements of numbers: regression and reconstruction."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import HistogramChart
from visualnet.figures.charts.points import ScatterChart
from visualnet.training.evaluation.judged import Judged
from visualnet.training.evaluation.judgements.registry import judgement

BINS = 30
MOST_TARGETS = 16
"""A target of more numbers (an image, a long forecast) has no chart of each: its errors are told for all together."""


def name_targets(judged: Judged) -> tuple[str, ...]:
    """The numbers of a sample's target that are looked at one by one."""
    count = judged.errors.shape[1]
    if count > MOST_TARGETS:
        return ()
    return ("answer",) if count == 1 else tuple(f"number {i + 1}" for i in range(count))


def _column(judged: Judged, view: str) -> int:
    return name_targets(judged).index(view)


@judgement(
    "predicted_true",
    "Predicted and true",
    "numbers",
    "Each dot is a sample: what was answered over what is true. On the dashed line it is right; a cloud that lies flatter than the line is "
    "a network that does not dare. Click a dot to see the sample.",
    views=name_targets,
)
def predicted_true(judged: Judged, view: str) -> ScatterChart:
    at = _column(judged, view)
    true, said = (judged.arrays[name].reshape(judged.size, -1)[:, at] for name in ("truth", "said"))
    return ScatterChart(_floats(true), _floats(said), _samples(judged), "true", "answered")


@judgement(
    "residuals",
    "Residuals",
    "numbers",
    "What was answered less what is true, over the answer. A pattern (a bend, a funnel) is something that could still be learned; a band "
    "around 0 is noise.",
    views=name_targets,
)
def residuals(judged: Judged, view: str) -> ScatterChart:
    at = _column(judged, view)
    said = judged.arrays["said"].reshape(judged.size, -1)[:, at]
    return ScatterChart(_floats(said), _floats(judged.errors[:, at]), _samples(judged), "answered", "error", "zero")


@judgement(
    "errors",
    "Errors",
    "numbers",
    "How often each error occurs. A hill around 0 is what one wants; a long tail is a few samples that are answered very wrong. Click a "
    "bar to see its samples.",
)
def errors(judged: Judged, view: str) -> HistogramChart:
    each = judged.errors
    one = each.shape[1] == 1
    values = each[:, 0] if one else np.sqrt((each**2).mean(1))
    return histogram(judged, values, "error" if one else "error (root mean square)", 0.0 if one else None)


def histogram(judged: Judged, values: np.ndarray, title: str, mark: float | None = None) -> HistogramChart:
    """How often values of samples occur, each bar with its samples."""
    counts, edges = np.histogram(values, bins=min(BINS, max(int(np.sqrt(len(values)) * 2), 5)))
    codes = np.clip(np.digitize(values, edges) - 1, 0, len(counts) - 1)
    held = tuple(tuple(int(s) for s in judged.samples[codes == i]) for i in range(len(counts)))
    return HistogramChart(_floats(edges), tuple(int(c) for c in counts), title, "samples", held, mark)


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _samples(judged: Judged) -> tuple[int, ...]:
    return tuple(int(s) for s in judged.samples)
