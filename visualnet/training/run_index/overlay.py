"""Curves of several runs over each other, and runs as lines through their settings: plain charts of what the index and the logs tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.charts.parallel.axis import make_axis
from visualnet.figures.charts.parallel.parallel import ParallelChart, ParallelLine
from visualnet.figures.charts.spread.bands import DASHES, Band, BandChart
from visualnet.training.runs.run_model import RunModel

Over = Literal["step", "epoch", "time"]
TITLES: Mapping[Over, str] = {"step": "step", "epoch": "epoch", "time": "seconds since it began"}
MOST_POINTS = 300
"""Of a longer curve so many points are drawn, at even distances."""
MOST_NAMES = 8
"""Of more curves the names are told by the table and the pointer."""
COLOURS = 8
SEEDS = ("seed", "data.seed")
Floats = NDArray[np.float64]


class ShownRun(NamedTuple):
    """A run whose curves are shown: its title, and of which group it is where groups are drawn as bands."""

    title: str
    model: RunModel
    group: str = ""


def list_curves(runs: Sequence[ShownRun]) -> list[tuple[str, str, str]]:
    """What can be drawn of these runs: name, part (``validation`` or ``train``), and a title; the loss first."""
    names: dict[str, None] = {"loss": None}
    for run in runs:
        names |= dict.fromkeys([*run.model.train, *run.model.validation])
    found = []
    for name in names:
        for part, words, of in (("validation", "validation", "validation"), ("train", "training", "train")):
            if any(name in getattr(run.model, of) or (part == "train" and name in run.model.steps) for run in runs):
                found.append((name, part, f"{words} {name}"))
    return found


def draw_overlay(
    runs: Sequence[ShownRun], name: str, part: str, over: Over = "epoch", smoothing: float = 0.0, bands: bool = False
) -> BandChart:
    """The curves of a value, one a run; with ``bands`` the runs of a group are one curve, their mean, in a band from lowest to highest."""
    drawn: list[Band] = []
    groups: dict[str, list[tuple[Floats, Floats]]] = {}
    for number, run in enumerate(runs):
        x, y = _points(run.model, name, part, over, smoothing)
        if not len(x):
            continue
        if bands:
            groups.setdefault(run.group, []).append((x, y))
        else:
            drawn.append(_band(run.title, x, y, y, y, number))
    for number, (title, curves) in enumerate(groups.items()):
        drawn.append(_spread(title, curves, number))
    words = f"{'training' if part == 'train' else 'validation'} {name}"
    return BandChart(tuple(drawn), TITLES[over], words, legend=len(drawn) <= MOST_NAMES)


def colour_of(number: int) -> tuple[int, int]:
    """The number of the colour and of the dash with which the curve of this number is drawn."""
    return number % COLOURS, number // COLOURS % len(DASHES)


def _band(title: str, x: Floats, middle: Floats, low: Floats, high: Floats, number: int) -> Band:
    colour, dash = colour_of(number)
    points, mean = tuple(x.tolist()), tuple(middle.tolist())
    lowest = mean if low is middle else tuple(low.tolist())
    return Band(title, points, mean, lowest, mean if high is middle else tuple(high.tolist()), colour, dash)


def _points(model: RunModel, name: str, part: str, over: Over, smoothing: float) -> tuple[Floats, Floats]:
    series = model.validation.get(name) if part == "validation" else model.steps.get(name) or model.train.get(name)
    if series is None or not len(series):
        return np.empty(0), np.empty(0)
    if smoothing:
        series = series.smoothed(smoothing)
    steps, values = series.steps.astype(np.float64), series.values
    known = np.isfinite(values)
    if over == "time":  # how long an epoch took is known when it has ended
        known &= steps <= (model.seconds.steps[-1] if len(model.seconds) else 0)
    steps, values = steps[known], values[known]
    if len(steps) > MOST_POINTS:
        at = np.unique(np.linspace(0, len(steps) - 1, MOST_POINTS).astype(np.int64))
        steps, values = steps[at], values[at]
    return _across(model, steps, over), values


def _across(model: RunModel, steps: Floats, over: Over) -> Floats:
    if over == "epoch":
        return np.asarray(model.scale.epoch(steps))
    if over == "time":
        # Seconds of training, so that pauses and a clock that was set do not count.
        ends, spent = np.append(0.0, model.seconds.steps), np.append(0.0, model.seconds.values)
        return np.asarray(np.interp(steps, ends, spent))
    return steps


def _spread(title: str, curves: Sequence[tuple[Floats, Floats]], number: int) -> Band:
    """The mean of some curves where all of them are known, with the lowest and the highest."""
    if len(curves) == 1:
        x, y = curves[0]
        return _band(title, x, y, y, y, number)
    low, high = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    inside = curves[0][0][(curves[0][0] >= low) & (curves[0][0] <= high)]
    grid = inside if len(inside) else np.array([low])
    values = np.stack([np.interp(grid, x, y) for x, y in curves])  # (runs, points)
    return _band(f"{title} ({len(curves)} runs)", grid, values.mean(0), values.min(0), values.max(0), number)


def name_groups(runs: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """The group of each run (its network's mark and its recipe, by id): those that differ in seeds alone are one. A group is named by the
    settings in which the groups differ."""
    keys = {
        run: (network, tuple(sorted((name, str(value)) for name, value in recipe.items() if name not in SEEDS)))
        for run, (network, recipe) in runs.items()
    }
    groups = list(dict.fromkeys(keys.values()))
    values = [dict(settings) for _, settings in groups]
    differing = [
        name for name in dict.fromkeys(n for one in values for n in one) if len({one.get(name) for one in values}) > 1
    ]
    names = [", ".join(f"{name} {one[name]}" for name in differing if name in one) for one in values]
    if len({network for network, _ in groups}) > 1:
        networks = list(dict.fromkeys(network for network, _ in groups))
        names = [
            f"network {networks.index(key[0]) + 1}{', ' if name else ''}{name}"
            for key, name in zip(groups, names, strict=True)
        ]
    return {run: names[groups.index(key)] or "all seeds" for run, key in keys.items()}


def draw_parallel(
    titles: Mapping[str, str], columns: Mapping[str, Mapping[str, Any]], names: Sequence[str], less_is_better: bool
) -> ParallelChart:
    """Runs (``titles`` by id) as lines through the axes ``names``; ``columns`` holds for each its values by id. The last axis is what was
    reached, and says how strong a line is."""
    axes = []
    for name in names:
        values = [value for run, value in columns[name].items() if run in titles]
        numbers = [value for value in values if isinstance(value, float)]
        log = len(numbers) == len(values) > 0 and min(numbers) > 0 and max(numbers) / min(numbers) >= 100
        axes.append(make_axis(name, values, log))
    lines = []
    for at, (run, title) in enumerate(titles.items()):
        values_of = tuple(columns[name].get(run) for name in names)
        share = axes[-1].share(values_of[-1]) if names and values_of[-1] is not None else None
        better = share if share is None or not less_is_better else 1.0 - share
        lines.append(ParallelLine(title, values_of, better, (at,)))
    return ParallelChart(tuple(axes), tuple(lines))
