"""What a search found, as charts of plain values: the best so far, parallel coordinates, slices, importances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from visualnet.core.project import SearchEntry, SearchSpec
from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.parallel.axis import SettingAxis, make_axis, write_value
from visualnet.figures.charts.parallel.parallel import ParallelChart, ParallelLine
from visualnet.figures.charts.parallel.slices import RunLine, SliceChart
from visualnet.training.experiments.declare import ComparedFigure

if TYPE_CHECKING:
    from visualnet.training.search.study import TrialView


class TrialOutcome(NamedTuple):
    """What is drawn: how was searched, what is compared, the trials, and the importances of the settings."""

    spec: SearchSpec
    figure: ComparedFigure
    trials: Sequence[TrialView]
    importances: Mapping[str, float]

    @property
    def done(self) -> list[TrialView]:
        """Those that were trained to their end."""
        return [trial for trial in self.trials if trial.state == "done" and trial.value is not None]


def draw_best(outcome: TrialOutcome) -> Chart | None:
    """What each trial reached, and the best up to it; None while there is none."""
    done = outcome.done
    if not done:
        return None
    better = max if outcome.figure.better == "max" else min
    best: list[float] = []
    for trial in done:
        assert trial.value is not None
        best.append(better(best[-1], trial.value) if best else trial.value)
    numbers = [float(trial.number) for trial in done]
    steps_x, steps_y = [numbers[0]], [best[0]]
    for before, x, y in zip(best, numbers[1:], best[1:], strict=False):
        steps_x += [x, x] if y != before else [x]
        steps_y += [before, y] if y != before else [before]
    words = tuple(f"{describe_trial(trial)} — click to open it" for trial in done)
    curves = (
        Curve("best so far", tuple(steps_x), tuple(steps_y)),
        Curve(
            "trials",
            tuple(numbers),
            tuple(trial.value or 0.0 for trial in done),
            True,
            words,
            tuple((t.number,) for t in done),
            False,
        ),
    )
    return CurveChart(curves, "trial", outcome.figure.title, None, None, square=False)


def draw_parallel(outcome: TrialOutcome) -> Chart | None:
    """A line for each trial through its values to what it reached; None while there is none."""
    done = outcome.done
    if not done:
        return None
    axes = [*_axes(outcome), make_axis(outcome.figure.title, [trial.value for trial in done])]
    shares = _shares(outcome)
    lines = [
        ParallelLine(
            f"Trial {trial.number}",
            (*(trial.values.get(entry.address) for entry in outcome.spec.entries), trial.value),
            shares[trial.number],
            (trial.number,),
        )
        for trial in done
    ]
    return ParallelChart(tuple(axes), tuple(lines))


def draw_slices(outcome: TrialOutcome) -> Chart | None:
    """What was reached over each setting; None while there is none."""
    done = outcome.done
    if not done:
        return None
    shares = _shares(outcome)
    runs = [
        RunLine(
            f"Trial {trial.number}",
            tuple(trial.values.get(entry.address) for entry in outcome.spec.entries),
            trial.value or 0.0,
            shares[trial.number] == 1.0,
            (trial.number,),
        )
        for trial in done
    ]
    reached = make_axis(outcome.figure.title, [trial.value for trial in done])
    return SliceChart(tuple(_axes(outcome)), reached, tuple(runs))


def draw_importances(outcome: TrialOutcome) -> Chart | None:
    """A bar for each setting; None while nothing can be said."""
    if not outcome.importances:
        return None
    names = tuple(outcome.importances)
    bars = tuple(Bar(outcome.importances[name]) for name in names)
    return BarChart(names, (("", bars),), "share of what tells good trials from the others")


def describe_trial(trial: TrialView) -> str:
    """``Trial 7: lr 0.01, optimizer Adam: 0.93``."""
    reached = f": {write_value(trial.value)}" if trial.value is not None else ""
    return f"Trial {trial.number}: {describe_values(trial)}{reached}"


def describe_best(trial: TrialView, figure: ComparedFigure) -> str:
    """``Best: validation accuracy 0.93 with lr 0.01, optimizer Adam (trial 7)``."""
    reached = f"{figure.title} {write_value(trial.value)}" if trial.value is not None else figure.title
    return f"Best: {reached} with {describe_values(trial)} (trial {trial.number})"


def describe_values(trial: TrialView) -> str:
    """``lr 0.01, optimizer Adam``."""
    return ", ".join(f"{address} {write_value(value)}" for address, value in trial.values.items()) or "not chosen yet"


def _axes(outcome: TrialOutcome) -> list[SettingAxis]:
    found = []
    for entry in outcome.spec.entries:
        if entry.low is None or entry.high is None:
            axis = make_axis(entry.address, entry.choices, log=False)
            if not axis.names:  # numbers that were chosen one by one stand apart by their order
                axis = SettingAxis(entry.address, names=tuple(map(write_value, entry.choices)))
            found.append(axis)
        else:
            found.append(_range_axis(outcome, entry, float(entry.low), float(entry.high)))
    return found


def _range_axis(outcome: TrialOutcome, entry: SearchEntry, low: float, high: float) -> SettingAxis:
    whole = all(isinstance(trial.values.get(entry.address, 0), int) for trial in outcome.trials)
    return SettingAxis(entry.address, low, high, entry.log, whole=whole)


def _shares(outcome: TrialOutcome) -> dict[int, float]:
    """How good each trial is: 1 for the best, 0 for the worst."""
    values = {trial.number: trial.value for trial in outcome.done if trial.value is not None}
    low, high = min(values.values()), max(values.values())
    if low == high:
        return dict.fromkeys(values, 1.0)
    share = {number: (value - low) / (high - low) for number, value in values.items()}
    return share if outcome.figure.better == "max" else {number: 1.0 - one for number, one in share.items()}


__all__ = [
    "TrialOutcome",
    "describe_best",
    "describe_trial",
    "describe_values",
    "draw_best",
    "draw_importances",
    "draw_parallel",
    "draw_slices",
]
