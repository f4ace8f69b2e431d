"""An evaluation as plain data for programs, and as text for a terminal."""

from __future__ import annotations

from typing import Any

from visualnet.training.evaluation.evaluation import Evaluation, describe
from visualnet.training.evaluation.metrics import METRICS
from visualnet.training.evaluation.paired_comparison import PairedComparison
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import TASKS
from visualnet.training.evaluation.uses_of_test_part import describe_uses


def as_data(evaluation: Evaluation) -> dict[str, Any]:
    """What was found, as JSON has it."""
    answers = []
    for predictions, figures in zip(evaluation.predictions, evaluation.figures, strict=True):
        metrics = {name: {"value": v.value, "low": v.low, "high": v.high} for name, v in figures.items()}
        found = {"name": predictions.name, "task": predictions.task, "samples": predictions.size, "metrics": metrics}
        answers.append(found if TASKS[predictions.task].of_samples else {**found, "rows": _rows(predictions)})
    return {
        "run": evaluation.run,
        "part": evaluation.part,
        "weights": evaluation.weights,
        "epoch": evaluation.epoch,
        "samples": evaluation.size,
        "data_fingerprint": evaluation.data,
        "weights_sha256": evaluation.digest,
        "test_openings": evaluation.opened,
        "note": evaluation.note,
        "answers": answers,
    }


def _rows(predictions: PredictionSet) -> list[dict[str, Any]]:
    """What was judged, row by row: what is no number is None."""
    names, columns = list(predictions.arrays), [values.tolist() for values in predictions.arrays.values()]
    rows = zip(predictions.samples.tolist(), *columns, strict=True)
    return [
        dict(zip(("seed", *names), (None if value != value else value for value in row), strict=True)) for row in rows
    ]


def pairing_as_data(name: str, pairing: PairedComparison) -> dict[str, Any]:
    """How another run compares, as JSON has it."""
    return {
        "run": name,
        "metric": pairing.metric.name,
        "first": pairing.first,
        "second": pairing.second,
        "difference": pairing.difference._asdict(),
        "p": pairing.p,
        "test": pairing.test,
        "more_than_chance": pairing.decided,
    }


def as_text(evaluation: Evaluation) -> str:
    """What was found, as a table."""
    lines = [describe(evaluation)]
    if evaluation.note:
        lines.append(evaluation.note)
    for number, (predictions, figures) in enumerate(zip(evaluation.predictions, evaluation.figures, strict=True)):
        metric, value = evaluation.headline(number)
        lines += ["", f"{predictions.name}: {metric.explain(value.value)}"]
        wide = max(len(METRICS[name].title) for name in figures)
        for name, v in figures.items():
            one = METRICS[name]
            ends = f"({one.format(v.low)} to {one.format(v.high)})"
            lines.append(f"  {one.title:<{wide}}  {one.format(v.value):>8}  {ends}")
    lines += ["", "In brackets: 95 % intervals (bootstrap).", describe_uses(evaluation.opened)]
    return "\n".join(lines)
