"""What came out of an experiment: a row for each variant with mean and spread over the seeds, and a verdict in words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number, format_quantity, format_spread
from visualnet.training.experiments.declare import Claim, ComparedFigure, Experiment
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.trials import ExperimentTrial


def plus_minus(mean: float, spread: float | None) -> str:
    """``0.93 ± 0.01``, to the thousandth of the mean at most; the mean alone of one run."""
    if spread is None:
        return format_number(mean)
    if 0 < spread < abs(mean) / 1000:
        return f"{format_number(mean)} ± {format_number(0)}"
    return format_spread(mean, spread)


class VariantResult(NamedTuple):
    """What the seeds of a variant reached at a value of the axis: by seed, and how many of its runs ended in infinite numbers."""

    values: dict[int, float]
    failed: int = 0

    @property
    def mean(self) -> float | None:
        """The mean of the runs that came to an end; None where there is none."""
        return statistics.fmean(self.values.values()) if self.values else None

    @property
    def spread(self) -> float | None:
        """The standard deviation between the seeds; None of fewer than two."""
        return statistics.stdev(self.values.values()) if len(self.values) > 1 else None

    def describe(self) -> str:
        """``0.93 ± 0.01``, with what failed; – where nothing is known yet."""
        mean, spread = self.mean, self.spread
        parts = []
        if mean is not None:
            parts.append(plus_minus(mean, spread))
        if self.failed:
            parts.append(f"{self.failed} diverged")
        return ", ".join(parts) or "–"


T_99 = (31.82, 6.96, 4.54, 3.75, 3.36, 3.14, 3.00, 2.90, 2.82, 2.76)
"""Student's t that one of a hundred draws exceeds, for 1, 2, 3 … degrees of freedom (the last for all more)."""


class Difference(NamedTuple):
    """By how much one variant is better than another, seed by seed: how often it is, and mean and spread of the differences.

    A run that ended in infinite numbers counts as worse than any other, by no number: in ``failures`` seeds only the worse one did, in
    ``own`` only the better one, in ``both`` both did. Mean and spread are of the other seeds.
    """

    better: str
    worse: str
    seeds: int
    won: int
    mean: float
    spread: float
    failures: int = 0
    own: int = 0
    both: int = 0

    @property
    def known(self) -> int:
        """In how many seeds both came to an end."""
        return self.seeds - self.failures - self.own - self.both

    @property
    def clear(self) -> bool:
        """Whether the seeds tell it from chance: the mean is further from zero than it would be in one of a hundred experiments by chance
        (Student's t, one-sided, since several variants are held against each other); or the other diverged again and again. Where it
        diverged itself, nothing is."""
        known = self.known
        if self.own:
            return False
        if self.failures >= 2 and self.won == self.seeds:
            return True
        if known < 2 or self.mean <= 0:
            return False
        error = self.spread / math.sqrt(known)
        return self.mean > T_99[min(known - 2, len(T_99) - 1)] * error

    def describe(self, what: str) -> str:
        """A sentence: who is better by how much, in how many of the seeds, or that they cannot be told apart."""
        by = plus_minus(self.mean, self.spread if self.known > 1 else None)
        seeds = format_quantity(self.seeds, "seed")
        if self.failures == self.seeds:
            return f"“{self.better}” learns; “{self.worse}” diverges to infinite numbers in all of {seeds}."
        if self.both == self.seeds:
            return f"“{self.better}” and “{self.worse}” both diverge to infinite numbers in all of {seeds}."
        if not self.known:
            return f"“{self.better}” and “{self.worse}”: no seed in which both come to an end{self._diverged()}."
        if not (self.mean or self.spread or self.failures or self.own):
            return f"“{self.better}” and “{self.worse}” end alike in {seeds}{self._diverged()}."
        if self.seeds < 2:
            return f"“{self.better}” is ahead of “{self.worse}” by {by}, with one seed: that may be chance{self._diverged()}."
        if not self.clear:
            return f"“{self.better}” and “{self.worse}”: no difference that {seeds} can tell from chance ({by}){self._diverged()}."
        return f"“{self.better}” beats “{self.worse}” in {self.won} of {seeds}, by {by} ({what}){self._diverged()}."

    def _diverged(self) -> str:
        """How many runs of which one diverged, and what becomes of them."""
        counts = (self.worse, self.failures + self.both), (self.better, self.own + self.both)
        found = [f"{count} of the runs of “{name}”" for name, count in counts if count]
        return f"; {' and '.join(found)} diverged, which counts as worse than any value" if found else ""


def cell(model: ExperimentModel, variant: int, at: int = 0, figure: ComparedFigure | None = None) -> VariantResult:
    """What the seeds of a variant reached."""
    trials = [ExperimentTrial(variant, seed, at) for seed in model.seeds]
    values = {trial.seed: value for trial in trials if (value := model.score(trial, figure)) is not None}
    return VariantResult({seed: v for seed, v in values.items() if math.isfinite(v)}, sum(map(model.failed, trials)))


def compare(
    model: ExperimentModel, first: int, second: int, at: int = 0, figure: ComparedFigure | None = None
) -> Difference | None:
    """The first variant held against the second, over the seeds of which both are known; None where there are none."""
    figure = figure or model.experiment.figure
    sign = 1 if figure.better == "max" else -1
    differences, won, seeds, failures, own, both = [], 0, 0, 0, 0, 0
    for seed in model.seeds:
        one, other = ExperimentTrial(first, seed, at), ExperimentTrial(second, seed, at)
        a, b = model.score(one, figure), model.score(other, figure)
        if a is not None and b is not None:
            differences.append(sign * (a - b))
            seeds, won = seeds + 1, won + (sign * (a - b) > 0)
        elif a is not None and model.failed(other):
            seeds, won, failures = seeds + 1, won + 1, failures + 1
        elif b is not None and model.failed(one):
            seeds, own = seeds + 1, own + 1
        elif model.failed(one) and model.failed(other):
            seeds, both = seeds + 1, both + 1
    if not seeds:
        return None
    mean = statistics.fmean(differences) if differences else 0.0
    spread = statistics.stdev(differences) if len(differences) > 1 else 0.0
    names = [variant.name for variant in model.experiment.variants]
    return Difference(names[first], names[second], seeds, won, mean, spread, failures, own, both)


def rank(model: ExperimentModel, at: int = 0) -> list[int]:
    """The variants of which something is known, the best first. A run that diverged is worse than any other: the fewer a variant has, the
    better it is, and only among those with as many the mean decides."""
    sign = -1 if model.experiment.figure.better == "max" else 1
    known = {number: cell(model, number, at) for number in range(len(model.experiment.variants))}

    def order(number: int) -> tuple[int, float]:
        mean = known[number].mean
        return (known[number].failed, sign * mean) if mean is not None else (1_000, 0.0)

    return sorted((n for n, one in known.items() if one.values or one.failed), key=order)


def verdicts(model: ExperimentModel) -> list[str]:
    """What came out, in sentences: the best variant against each other one; with an axis at its first and its last value."""
    experiment = model.experiment
    axis = experiment.axis
    places = [0] if axis is None else sorted({0, len(axis.values) - 1})
    found = []
    for at in places:
        order = rank(model, at)
        head = f"At {format_number(axis.values[at])} {axis.title}: " if axis is not None else ""
        for other in order[1:]:
            difference = compare(model, order[0], other, at)
            if difference is not None:
                found.append(head + difference.describe(experiment.figure.title))
    return found


def check_claims(model: ExperimentModel) -> list[tuple[Claim, float | None, bool]]:
    """For each claim the difference of the means (None while it is not known, or where a run diverged) and whether it holds.

    A run that diverged is worse than any other: a claim does not hold where one of the variant that is to be better did, and holds by any
    amount where only runs of the other one did.
    """
    found: list[tuple[Claim, float | None, bool]] = []
    names = [variant.name for variant in model.experiment.variants]
    for claim in model.experiment.claims:
        figure = claim.figure or model.experiment.figure
        axis = model.experiment.axis
        at = axis.values.index(claim.at) if axis is not None and claim.at is not None else 0
        a, b = (cell(model, names.index(name), at, figure) for name in (claim.better, claim.worse))
        if a.failed or b.failed:
            found.append((claim, None, a.mean is not None and not a.failed))
        elif a.mean is None or b.mean is None:
            found.append((claim, None, False))
        else:
            by = (a.mean - b.mean) * (1 if figure.better == "max" else -1)
            found.append((claim, by, by >= claim.least))
    return found


def table(model: ExperimentModel) -> list[list[str]]:
    """The result as a table with a head: a row for each variant, a column for each value of the axis."""
    axis = model.experiment.axis
    heads = (
        [model.experiment.figure.title] if axis is None else [f"{axis.title} {format_number(v)}" for v in axis.values]
    )
    rows = [
        [variant.name, *(cell(model, number, at).describe() for at in range(len(heads)))]
        for number, variant in enumerate(model.experiment.variants)
    ]
    return [["", *heads], *rows]


def records(model: ExperimentModel) -> Iterable[Sequence[Any]]:
    """Every run as a row for CSV, with a head."""
    experiment: Experiment = model.experiment
    head = [experiment.axis.title] if experiment.axis is not None else []
    yield ["variant", *head, "seed", "state", experiment.figure.title]
    for trial in model.trials:
        run = model.runs.get(trial)
        value = [experiment.axis.values[trial.at]] if experiment.axis is not None else []
        score = model.score(trial)
        state = run.state if run is not None else "waiting"
        yield [experiment.variants[trial.variant].name, *value, trial.seed, state, "" if score is None else score]


def as_json(model: ExperimentModel) -> dict[str, Any]:
    """All that came out, for programs."""
    head, *rows = records(model)
    return {
        "experiment": model.experiment.name,
        "state": model.state,
        "figure": model.experiment.figure.title,
        "runs": [dict(zip(map(str, head), row, strict=True)) for row in rows],
        "table": table(model),
        "verdicts": verdicts(model),
        "folder": str(model.folder) if model.folder is not None else None,
    }
