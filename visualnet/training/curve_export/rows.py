"""The curves of a run as rows of a table: one for each value of each step and epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.series import Series

STEP, TRAINING, VALIDATION, AVERAGE = "step", "training", "validation", "average"


class ExportedRow(NamedTuple):
    """``part`` is ``step`` (a value of one training step, learning rates among them), or the mean of an epoch that ended at ``step``, in
    ``training``, ``validation``, or validation of the ``average`` of the weights. ``value`` is None where it was not finite."""

    part: str
    name: str
    step: int
    epoch: float
    """How many epochs were done then: 2.5 is in the middle of the third."""
    value: float | None


COLUMNS = ExportedRow._fields


def curve_rows(model: RunModel) -> Iterator[ExportedRow]:
    """All values of a run, curve by curve, each in order of steps. Of a long run those that its log holds."""
    scale = model.scale
    for part, name, series in curves_of(model):
        for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True):
            yield ExportedRow(
                part, name, step, float(scale.epoch(float(step))), value if math.isfinite(value) else None
            )


def curves_of(model: RunModel) -> Iterator[tuple[str, str, Series]]:
    """Each curve with its part and name."""
    groups: tuple[tuple[str, Mapping[str, Series]], ...] = (
        (STEP, model.steps),
        (STEP, {"learning rate": model.lr}),
        (STEP, {f"learning rate, {name}": series for name, series in model.rates.items()}),
        (TRAINING, model.train),
        (VALIDATION, model.validation),
        (AVERAGE, model.average),
    )
    for part, group in groups:
        for name, series in group.items():
            yield part, name, series
