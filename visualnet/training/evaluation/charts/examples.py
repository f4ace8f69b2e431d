"""Lists of samples: the most wrong and the most unsure ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_percent, format_quantity
from visualnet.figures.charts.examples import Example, ExampleList
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.prediction_set import PredictionSet

MOST = 100
SHOWN_NUMBERS = 4
SCORES = {
    "classes": "surprise",
    "binary": "surprise",
    "labels": "surprise",
    "numbers": "mean error",
    "boxes": "share missed",
}


def describe_answer(predictions: PredictionSet, row: int) -> str:
    """What is true of a sample and what was answered, in a line."""
    arrays = predictions.arrays
    if predictions.task in ("classes", "binary"):
        true, said = predictions.classes[int(arrays["truth"][row])], predictions.classes[int(predictions.answered[row])]
        sure = f" ({format_percent(float(predictions.sureness[row]))} sure)" if predictions.has_probabilities else ""
        mark = "✓" if predictions.right[row] else "✗"
        return f"{mark} true “{true}”, answered “{said}”{sure}"
    if predictions.task == "labels":
        truth, said = arrays["truth"][row], arrays["sure"][row] > 0.5
        mark = "✓" if ((said == (truth == 1)) | (truth < 0)).all() else "✗"
        return f"{mark} true {_labels(predictions, truth == 1)}, answered {_labels(predictions, said & (truth >= 0))}"
    if predictions.task == "numbers":
        true, said = (_numbers(arrays[name][row].reshape(-1)) for name in ("truth", "said"))
        return f"true {true}, answered {said}"
    if predictions.task == "boxes":
        count = format_quantity(int(arrays["true_there"][row].sum()), "box", "boxes")
        return f"{count}, {format_percent(float(arrays['badness'][row]), 0)} of them missed"
    right, said, true = (values[row] for values in predictions.overlaps)
    if predictions.task == "tokens":
        return f"{int(right.sum())} of {format_quantity(int(true.sum()), 'token')} right"
    union = said + true - right
    each = [
        f"“{predictions.classes[k]}” {format_percent(float(right[k] / union[k]), 0)}"
        for k in np.flatnonzero(union > 0)[:SHOWN_NUMBERS]
    ]
    return f"overlap (IoU): {', '.join(each)}"


def _labels(predictions: PredictionSet, flags: NDArray[Any]) -> str:
    names = [f"“{predictions.classes[k]}”" for k in np.flatnonzero(flags)]
    return (", ".join(names[:SHOWN_NUMBERS]) + (" …" if len(names) > SHOWN_NUMBERS else "")) or "none"


def _numbers(values: NDArray[Any]) -> str:
    shown = ", ".join(format_number(float(value)) for value in values[:SHOWN_NUMBERS])
    return shown + (" …" if len(values) > SHOWN_NUMBERS else "")


@evaluation_chart(
    "most_wrong",
    "Most wrong",
    "classes binary labels numbers pixels mask tokens boxes",
    "The samples that are answered worst, the worst first. Look at them: some are mislabelled, others show what the network has not "
    "learned. Open one to see it.",
    is_list=True,
)
def most_wrong(predictions: PredictionSet, view: str) -> ExampleList:
    badness = predictions.badness
    rows = np.argsort(-badness, kind="stable")[:MOST]
    if predictions.task in ("classes", "binary"):
        rows = np.array([row for row in rows if not predictions.right[row]], np.int64)
    rows = rows[badness[rows] > 0]
    return _list(predictions, rows, badness, SCORES.get(predictions.task, "share wrong"))


@evaluation_chart(
    "most_unsure",
    "Most unsure",
    "classes binary",
    "The samples whose two most probable classes are nearest to each other, right or wrong. What lies on the border is worth a look, and "
    "worth more data.",
    probabilities=True,
    is_list=True,
)
def most_unsure(predictions: PredictionSet, view: str) -> ExampleList:
    two = np.partition(predictions.arrays["probabilities"], -2, 1)[:, -2:]
    margin = two[:, 1] - two[:, 0]
    rows = np.argsort(margin, kind="stable")[:MOST]
    return _list(predictions, rows, margin, "lead of the first")


def _list(predictions: PredictionSet, rows: NDArray[Any], scores: NDArray[Any], title: str) -> ExampleList:
    return ExampleList(
        tuple(
            Example(int(predictions.samples[row]), describe_answer(predictions, row), float(scores[row]))
            for row in rows
        ),
        title,
    )
