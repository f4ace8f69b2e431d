"""The curves of an experiment: each value of its runs over the epochs, or its figure over the axis, as means with bands."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from visualnet.figures.charts.spread.bands import Band, BandChart
from visualnet.training.experiments.declare import PARTS, Part
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.results import cell
from visualnet.training.experiments.trials import ExperimentTrial

BOTH = "both"
"""Training and validation in one picture: whole lines and broken ones."""
OVER_AXIS = "axis"


def list_curves(model: ExperimentModel) -> list[tuple[str, str, str]]:
    """What can be drawn: the value's name, the part (or `BOTH`, or `OVER_AXIS`), and a title. What an experiment shows first
    is the first."""
    experiment = model.experiment
    names = dict.fromkeys([experiment.figure.name, "loss"])
    for run in model.runs.values():
        names |= dict.fromkeys(name for epoch in run.epochs[:1] for name in epoch.train)
    found = [(experiment.figure.name, OVER_AXIS, f"{experiment.figure.title} at the end")] if experiment.axis else []
    for name in names:
        found += [(name, part, f"{words} {name}") for part, words in reversed(list(PARTS.items()))]
        found.append((name, BOTH, f"training and validation {name}"))
    first = (experiment.shown[0] or experiment.figure.name, experiment.shown[1])
    # The sort keeps the order of all others.
    return found if experiment.axis else sorted(found, key=lambda one: one[:2] != first)


def draw(model: ExperimentModel, name: str, part: str, at: int = 0) -> BandChart:
    """The curves of a value. Over the epochs they are of the runs at one value of the axis."""
    experiment = model.experiment
    if part == OVER_AXIS and experiment.axis is not None:
        bands = [_over_axis(model, number) for number in range(len(experiment.variants))]
        places = experiment.axis.values
        return BandChart(tuple(bands), experiment.axis.title, experiment.figure.title, places=places)
    both = part == BOTH
    bands = []
    for number, variant in enumerate(experiment.variants):
        runs = [ExperimentTrial(number, seed, at) for seed in model.seeds]
        parts: Sequence[Part] = ("train", "validation") if both else ("train" if part == "train" else "validation",)
        for one in parts:
            title = f"{variant.name}, {PARTS[one]}" if both else variant.name
            dash = (one == "validation") if both else number
            bands.append(_over_epochs(model, runs, name, one, title, number)._replace(dash=int(dash)))
    epochs = max((run.planned_epochs for run in model.runs.values()), default=0)
    words = name if both else f"{'training' if part == 'train' else 'validation'} {name}"
    return BandChart(tuple(bands), "epoch", words, (1.0, float(max(epochs, 2))))


def _over_epochs(
    model: ExperimentModel, trials: Sequence[ExperimentTrial], name: str, part: Part, title: str, number: int
) -> Band:
    """The epochs that at least one run has reached with finite numbers."""
    by_epoch: dict[int, list[float]] = {}
    for trial in trials:
        run = model.runs.get(trial)
        for epoch in run.epochs if run is not None else ():
            value = (epoch.train if part == "train" else epoch.validation).get(name)
            if value is not None and math.isfinite(value):
                by_epoch.setdefault(epoch.epoch, []).append(value)
    return _band(title, number, {float(epoch): values for epoch, values in sorted(by_epoch.items())})


def _over_axis(model: ExperimentModel, number: int) -> Band:
    axis, variant = model.experiment.axis, model.experiment.variants[number]
    assert axis is not None
    found = {value: list(cell(model, number, at).values.values()) for at, value in enumerate(axis.values)}
    return _band(variant.name, number, {value: values for value, values in found.items() if values})


def _band(name: str, number: int, values: dict[float, list[float]]) -> Band:
    middle = tuple(map(statistics.fmean, values.values()))
    return Band(
        name, tuple(values), middle, tuple(map(min, values.values())), tuple(map(max, values.values())), number, number
    )
