"""Runs of a project's history that are the folds of one cross-validation: which belong together, and what they reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from visualnet.core.project import Project, RunRef
from visualnet.training.folds.cross_validation import CrossValidation, choose_fold

KEY = "fold"
"""Where a line of the history says it."""
BEST = "validation_"
"""What the best values of a run on its validation samples begin with in its line."""


class Fold(NamedTuple):
    """Which fold a run is of: of how many, counted from 1, in the cross-validation of this name."""

    series: str
    number: int
    of: int


def mark_fold(run: RunRef, fold: Fold) -> RunRef:
    """The run's line, which says of which fold it is and is named after it."""
    name = f"Fold {fold.number} of {fold.of}"
    return replace(
        run, extra={**run.extra, "name": name, KEY: {"series": fold.series, "number": fold.number, "of": fold.of}}
    )


def fold_of(run: RunRef) -> Fold | None:
    """Which fold a run is of; None if of none. A file may say anything there."""
    said: Any = run.extra.get(KEY)
    if not isinstance(said, Mapping):
        return None
    series, number, of = said.get("series"), said.get("number"), said.get("of")
    if not isinstance(series, str) or type(number) is not int or type(of) is not int or not 1 <= number <= of:
        return None
    return Fold(series, number, of)


def project_of(project: Project, run: RunRef) -> Project:
    """The project as this run of it divides its data; itself where the run is of no fold."""
    fold = fold_of(run)
    return project if fold is None else replace(project, data=choose_fold(project.data, fold.of, fold.number))


def find_series(runs: Sequence[RunRef], run: RunRef) -> dict[int, RunRef]:
    """The runs of the cross-validation that a run belongs to, by fold; empty where it is of none."""
    wanted = fold_of(run)
    found: dict[int, RunRef] = {}
    for one in runs if wanted is not None else ():
        fold = fold_of(one)
        if fold is not None and wanted is not None and (fold.series, fold.of) == (wanted.series, wanted.of):
            found[fold.number] = one
    return found


def summarize_runs(series: Mapping[int, RunRef]) -> CrossValidation | None:
    """What the folds reached, once all are done."""
    runs = [series[number] for number in sorted(series)]
    if len(runs) < 2 or any(run.state != "done" for run in runs):
        return None
    fold = fold_of(runs[0])
    if fold is None or len(runs) < fold.of:
        return None
    return CrossValidation(
        tuple(
            {name[len(BEST) :]: value for name, value in run.summary.items() if name.startswith(BEST)} for run in runs
        )
    )
