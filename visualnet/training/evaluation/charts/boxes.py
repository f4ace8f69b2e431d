"""Charts of boxes."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import HistogramChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.training.evaluation.charts.numbers import histogram
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.metrics.boxes import precision_curve
from visualnet.training.evaluation.prediction_set import PredictionSet

SHOWN = 8


@evaluation_chart(
    "box_precision",
    "Precision–recall",
    "boxes",
    "From the surest box on down: how many of those answered share half their area with a true one (precision), over the share of true "
    "boxes that is found (recall).",
)
def box_precision(predictions: PredictionSet, view: str) -> CurveChart:
    kinds = np.unique(predictions.arrays["true_labels"][predictions.arrays["true_there"]])[:SHOWN]
    curves = []
    for kind in kinds:
        recall, precision = precision_curve(predictions, 0.5, int(kind), np.ones((1, predictions.size)))
        curves.append(Curve(predictions.classes[int(kind)], tuple(recall[0].tolist()), tuple(precision[0].tolist())))
    return CurveChart(tuple(curves), "recall", "precision")


@evaluation_chart(
    "missed_boxes",
    "Missed per picture",
    "boxes",
    "In how many pictures so large a share of the true boxes is missed. Click a bar to see them.",
)
def missed_boxes(predictions: PredictionSet, view: str) -> HistogramChart:
    return histogram(predictions, predictions.badness, "share of boxes missed")
