"""The time of an epoch: measured on a few steps beforehand, and by formula, against what a run takes, for every template with data.

``python -m tests.benchmarks.bench_epoch [NAME …]`` prints these, or all.
"""

from __future__ import annotations

import sys
from statistics import median, quantiles

from visualnet.analysis import infer
from visualnet.analysis.cost.step_time import step_seconds
from visualnet.analysis.cost.totals import Costs
from visualnet.cli.common import open_project, template_names
from visualnet.core import edits
from visualnet.core.text.format import format_duration
from visualnet.data.loading import load
from visualnet.training import devices, events
from visualnet.training.estimates.epoch_test import measure_epoch
from visualnet.training.loop.session import Session
from visualnet.training.measure import machine_speed

Row = tuple[str, float, str, str]
LEAST_S, LONGEST_S, MOST_EPOCHS = 1.5, 12.0, 60
"""A run is so long, by as many epochs as that takes; templates whose epoch takes longer than the second are left out."""


def run(names: list[str] | None = None) -> list[Row]:
    """The rows of the table: name, value, unit, note."""
    devices.prepare()
    pace = machine_speed.measure(devices.place("cpu").device)
    rows: list[Row] = []
    costs: list[float] = []
    for name in names or template_names():
        project = edits.set_recipe(open_project(name), device="cpu")
        try:
            data = load(project.data)
            forecast = measure_epoch(project, data)
        except ValueError:
            continue  # no data come with the program, or they are not of this network
        if forecast.epoch_s > LONGEST_S:
            continue
        epochs = min(max(round(LEAST_S / forecast.epoch_s), 2), MOST_EPOCHS)
        took: list[float] = []
        project = edits.set_recipe(project, epochs=epochs, schedule="constant", options={})
        Session(project, data, lambda e, t=took: t.append(e.seconds) if isinstance(e, events.EpochDone) else None).run()  # type: ignore[misc]
        took_s = sum(took) / epochs
        note = f"forecast {format_duration(forecast.epoch_s, 2)}, took {format_duration(took_s, 2)} (mean of {epochs})"
        rows.append((f"{name}: an epoch, measured beforehand, error", 100 * (forecast.epoch_s / took_s - 1), "%", note))
        by_formula = (
            step_seconds(infer(project), pace)
            * forecast.steps
            * _with_validation(len(data.train), len(data.validation))
        )
        rows.append((f"{name}: an epoch, by formula, error", 100 * (by_formula / took_s - 1), "%", ""))
        peak = Costs(infer(project), forecast.batch_size).whole().training
        rows.append((f"{name}: memory by formula against measured, error", 100 * (peak / forecast.memory - 1), "%", ""))
        costs.append(forecast.took_s)
    if not costs:
        return rows
    told = f"median; the longest took {max(costs):.2g} s"
    return [*_summed(rows), (f"all {len(costs)}: measuring takes", median(costs), "s", told), *rows]


def _with_validation(train: int, validation: int) -> float:
    """An epoch with its validation, in training epochs: the way there is a third of a step."""
    return 1 + validation / train / 3


def _summed(rows: list[Row]) -> list[Row]:
    found: list[Row] = []
    for what in dict.fromkeys(row[0].partition(": ")[2] for row in rows):
        errors = [abs(row[1]) for row in rows if row[0].endswith(f": {what}")]
        if len(errors) > 1:
            tenths = quantiles(errors, n=10)
            note = f"median; nine of ten below {tenths[8]:.3g} %"
            found.append((f"all {len(errors)}: {what}, size", tenths[4], "%", note))
    return found


if __name__ == "__main__":
    for name, value, unit, note in run(sys.argv[1:]):
        print(f"{name:60} {value:8.2f} {unit}  {note}")
