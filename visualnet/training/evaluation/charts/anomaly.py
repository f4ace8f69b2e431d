"""Charts of what was never trained on: the errors of usual and odd samples, a threshold between them, and its ROC curve."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.curves import CurveChart
from visualnet.figures.charts.observed.spread.threshold import ThresholdChart
from visualnet.training.evaluation.charts.classes import pr_curve, roc_curve
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.metrics.anomaly import errors_of, has_odd
from visualnet.training.evaluation.prediction_set import KIND, ODD, PredictionSet

BINS = 40


@evaluation_chart(
    "odd_errors",
    "Usual and odd",
    "numbers",
    "How often each error occurs among samples of classes that were trained on (usual) and of the one that was not (odd). What lies right "
    "of the threshold is called odd: move it, and see how much is found and how often that is right. Click a bar to see its samples. It "
    "begins where most is found for the fewest mistakes (Youden): on the validation part, if the test part is judged. On the samples that "
    "it was chosen on it looks a little too good.",
    fits=has_odd,
    dial="Threshold",
)
def odd_errors(predictions: PredictionSet, view: str, at: float | None = None) -> ThresholdChart:
    scores, odd = errors_of(predictions), predictions.columns[KIND] == ODD
    edges = np.linspace(float(scores.min()), float(scores.max()) or 1.0, BINS + 1)
    threshold, origin = choose_threshold(predictions)
    if at is not None:
        threshold, origin = float(edges[0] + at * (edges[-1] - edges[0])), "moved by hand"
    codes = np.clip(np.digitize(scores, edges) - 1, 0, BINS - 1)
    held = tuple(
        tuple(tuple(int(s) for s in predictions.samples[mask & (codes == i)]) for i in range(BINS))
        for mask in (~odd, odd)
    )
    called = scores > threshold
    hits, wrong = int((called & odd).sum()), int((called & ~odd).sum())
    return ThresholdChart(
        tuple(edges.tolist()),
        (("usual", held[0]), ("odd", held[1])),
        threshold,
        "error (root mean square)",
        hits / int(odd.sum()),
        hits / (hits + wrong) if hits + wrong else None,
        wrong / int((~odd).sum()),
        origin,
    )


def choose_threshold(predictions: PredictionSet) -> tuple[float, str]:
    """Where the threshold begins, and on what it was chosen, in words: on the validation part where the test part is judged."""
    chosen = predictions.elsewhere
    if chosen is not None and has_odd(chosen):
        return best_threshold(errors_of(chosen), chosen.columns[KIND] == ODD), "chosen on the validation part"
    return best_threshold(errors_of(predictions), predictions.columns[KIND] == ODD), "chosen on these very samples"


def best_threshold(scores: np.ndarray, odd: np.ndarray) -> float:
    """The error above which samples are called odd so that the share found less the share called so by mistake is largest (Youden)."""
    order = np.argsort(scores, kind="stable")
    # Called odd is what lies behind each place.
    found = 1 - np.cumsum(odd[order]) / odd.sum()
    mistaken = 1 - np.cumsum(~odd[order]) / (~odd).sum()
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return float(scores[order][ends[np.argmax((found - mistaken)[ends])]])


@evaluation_chart(
    "odd_roc",
    "ROC of odd",
    "numbers",
    "As the threshold of the error falls: the share of odd samples that is found, over the share of usual ones called so by mistake (ROC), "
    "or how many of those called odd are so, over the share that is found. The dashed line is guessing.",
    views=lambda predictions: ("ROC", "Precision–recall"),
    fits=has_odd,
)
def odd_roc(predictions: PredictionSet, view: str) -> CurveChart:
    scores, odd = errors_of(predictions), predictions.columns[KIND] == ODD
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found, wrong = np.cumsum(odd[order])[ends], np.cumsum(~odd[order])[ends]
    if view == "ROC":
        curve = roc_curve("odd", found, wrong)
        return CurveChart((curve,), "usual called odd", "odd found", guide=((0.0, 0.0), (1.0, 1.0)))
    return CurveChart((pr_curve("odd", found, wrong),), "recall", "precision")
