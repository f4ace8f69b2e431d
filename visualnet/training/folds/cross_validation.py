"""Cross-validation: a run for each fold, and the mean and spread of what they reach on the fold that they did not see."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, Project
from visualnet.core.text.format import format_quantity
from visualnet.training.runs.run_model import RunModel


class CrossValidation(NamedTuple):
    """What each fold reached in its best epoch on its validation samples: values by name, a mapping for each fold."""

    folds: tuple[Mapping[str, float], ...]

    @property
    def mean(self) -> dict[str, float]:
        """The mean over the folds, by name of the value."""
        return {name: statistics.fmean(values) for name, values in self._columns()}

    @property
    def spread(self) -> dict[str, float]:
        """The standard deviation between the folds, by name of the value."""
        return {name: statistics.stdev(values) for name, values in self._columns()}

    def describe(self) -> str:
        """A line for each value: ``accuracy 0.93 ± 0.01 over 5 folds (0.92, 0.94 …)``."""
        spread = self.spread
        lines = [
            f"{name} {mean:.4g} ± {spread[name]:.2g} over {format_quantity(len(self.folds), 'fold')} "
            f"({', '.join(f'{fold[name]:.4g}' for fold in self.folds)})"
            for name, mean in self.mean.items()
        ]
        return "\n".join(lines)

    def _columns(self) -> list[tuple[str, list[float]]]:
        names = [name for name in self.folds[0] if all(name in fold for fold in self.folds)]
        return [(name, [fold[name] for fold in self.folds]) for name in names]


def divide_in_folds(project: Project, folds: int) -> list[Project]:
    """The project once for each fold, which is then its validation part. Samples that a division by groups keeps together stay together.

    Raises:
        ValueError: there are fewer than two folds.
    """
    if folds < 2:
        raise ValueError(f"cross-validation wants two folds or more, not {folds}")
    return [replace(project, data=choose_fold(project.data, folds, fold)) for fold in range(1, folds + 1)]


def read_fold(run: RunModel) -> dict[str, float]:
    """What a run reached in its best epoch on its validation samples; values that are not finite are left out."""
    best = run.finished.best_epoch if run.finished is not None else 0
    epoch = next((one for one in run.epochs if one.epoch == best), run.epochs[-1])
    return {name: value for name, value in epoch.validation.items() if value is not None and math.isfinite(value)}


def summarize(runs: Sequence[RunModel]) -> CrossValidation:
    """What the runs of all folds reached."""
    return CrossValidation(tuple(map(read_fold, runs)))


def choose_fold(data: DataChoice, folds: int, fold: int) -> DataChoice:
    """The data divided in so many folds, of which this one, counted from 1, is validated on."""
    kept: dict[str, Value] = dict(data.division_options) if data.division == "folds" else {}
    if data.division == "group":
        kept = {"column": data.division_options.get("column", "")}
    if data.division == "shares" and data.split[2]:
        kept = {"test_share": data.split[2]}
    return replace(data, division="folds", division_options={**kept, "folds": folds, "fold": fold})
