"""Which curves a run has, for two plots: loss and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from visualnet.analysis import Analysis
from visualnet.core.project import LAST_EPOCH, loss_of
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.series import Series

Better = Literal["min", "max"]


class RunCurve(NamedTuple):
    """A series under its name in the legend. ``best`` says which of its points is the best one, where that is to be marked."""

    name: str
    series: Series
    color_index: int
    dashed: bool = False
    best: Better | None = None


def assign_colors(before: Mapping[str, int], runs: Sequence[str]) -> dict[str, int]:
    """A colour index for each of the runs that are shown, by id: each keeps the one it had, others get the first that is free. A run
    that is shown alone has the first."""
    if len(runs) < 2:
        return dict.fromkeys(runs, 0)
    found = {run: before[run] for run in runs if run in before}
    for run in runs:
        if run not in found:
            found[run] = next(index for index in range(len(runs)) if index not in found.values())
    return found


def color_by_run(curves: Sequence[RunCurve], colors: Mapping[str, int], run: str) -> list[RunCurve]:
    """The curves of a run where several runs are shown: training and validation in the colour of the run, what else there is in others."""
    rest = max(colors.values(), default=0) - 1
    return [
        curve._replace(color_index=colors[run] if curve.color_index < 2 else rest + curve.color_index)
        for curve in curves
    ]


def earlier_curves(model: RunModel, name: str) -> list[RunCurve]:
    """A loss or metric of a run that is shown beneath another: training by steps, as in the run in front, where its log has them."""
    steps = model.steps.get(name, Series())
    found = [RunCurve("training", steps if len(steps) else model.train.get(name, Series()), 0)]
    if (series := model.validation.get(name)) is not None:
        found.append(RunCurve("validation", series, 1, dashed=True))
    return [curve for curve in found if len(curve.series)]


@cache
def told_aside() -> frozenset[str]:
    """What procedures tell that is neither better nor worse."""
    return frozenset(name for kind in PROCEDURES.values() for name, told in kind.tells.items() if not told.better)


def metric_names(model: RunModel | None, analysis: Analysis) -> tuple[str, ...]:
    """The metrics of the run; where there is none yet, those of the network. What a procedure tells besides, of which neither more nor less
    is better (a length, a share of chance), is of other sizes and would hide them."""
    if model is not None and model.started is not None:
        return tuple(name for name in model.started.metrics if name not in told_aside())
    return tuple(facts.node.name for facts in analysis.main.sinks("metric"))


def loss_curves(model: RunModel) -> list[RunCurve]:
    """The loss, and where there are several, each of them: of several learners what each lowers, and of what that is the sum."""
    losses = model.started.losses if model.started is not None and len(model.started.losses) > 1 else ()
    if model.started is not None and model.started.lowers:
        lowers = model.started.lowers
        parts = [loss for several in lowers.values() if len(several) > 1 for loss in several]
        losses = (*(loss_of(name) for name in lowers), *parts)
    return _curves(model, ("loss", *losses), "min")


def metric_curves(model: RunModel, names: Sequence[str]) -> list[RunCurve]:
    """The metrics of these names."""
    return _curves(model, names, "min" if model.started is not None and model.started.best_is == "min" else "max")


def _curves(model: RunModel, names: Sequence[str], better: Better) -> list[RunCurve]:
    best_by = model.started.best_by if model.started is not None else ""
    found = []
    for index, name in enumerate(names):
        train, validation = ("training", "validation") if len(names) == 1 else (name, f"{name}, validation")
        found.append(RunCurve(train, model.steps.get(name, Series()), 2 * index))
        if (series := model.validation.get(name)) is not None:
            marked = name == best_by or (best_by not in (*model.validation, LAST_EPOCH) and index == 0)
            found.append(RunCurve(validation, series, 2 * index + 1, dashed=True, best=better if marked else None))
        if (series := model.average.get(name)) is not None:
            found.append(
                RunCurve(
                    "average" if len(names) == 1 else f"{name}, average", series, 2 * (len(names) + index), dashed=True
                )
            )
    return found
