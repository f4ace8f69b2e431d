"""The runs that an experiment consists of: which, in which order, and the project of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.core.project import Project
from visualnet.core.text.format import format_number
from visualnet.training.experiments.declare import Experiment


class ExperimentTrial(NamedTuple):
    """One run: the number of its variant, its seed, and the number of the axis' value (0 where there is no axis)."""

    variant: int
    seed: int
    at: int = 0


def list_trials(experiment: Experiment, seeds: Sequence[int]) -> list[ExperimentTrial]:
    """All runs, in the order in which they are trained: every variant with one seed before the next, so that there is soon something to
    be compared."""
    values = range(len(experiment.axis.values)) if experiment.axis is not None else range(1)
    return [
        ExperimentTrial(variant, seed, at)
        for seed in seeds
        for at in values
        for variant in range(len(experiment.variants))
    ]


def project_of(experiment: Experiment, trial: ExperimentTrial, base: Project | None = None) -> Project:
    """The project that a run trains. Its seed draws the first weights, the order of the samples and their division.

    Raises:
        ValueError: the variant cannot be made of the project; the words say why.
    """
    project = experiment.project() if base is None else base
    if experiment.axis is not None:
        project = experiment.axis.edit(project, experiment.axis.values[trial.at])
    variant = experiment.variants[trial.variant]
    try:
        project = variant.edit(project)
    except ValueError as error:
        raise ValueError(f"the variant “{variant.name}” cannot be made: {error}") from None
    return replace(
        project,
        name=f"{experiment.title}: {variant.name}",
        recipe=replace(project.recipe, seed=trial.seed),
        data=replace(project.data, seed=trial.seed),
        runs=(),
        readonly="",
    )


def name_of(experiment: Experiment, trial: ExperimentTrial) -> str:
    """What the folder of a run is called: ``2-he-at-5-seed-0``."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", experiment.variants[trial.variant].name).strip("-").lower()[:40]
    at = f"-at-{trial.at + 1}" if experiment.axis is not None else ""
    return f"{trial.variant + 1}-{stem}{at}-seed-{trial.seed}"


def describe_trials(experiment: Experiment, trials: Sequence[ExperimentTrial]) -> str:
    """Runs with the same seed in words: ``zeros and He, seed 0``; empty for none."""
    if not trials:
        return ""
    *others, last = (experiment.variants[trial.variant].name for trial in trials)
    words = describe_trial(experiment, trials[-1])
    return f"{', '.join(others)} and {last}{words.removeprefix(last)}" if others else words


def describe_trial(experiment: Experiment, trial: ExperimentTrial) -> str:
    """A run in words: ``He, seed 0`` or ``from scratch, 5 samples of each class, seed 0``."""
    axis = experiment.axis
    at = f", {axis.title}: {format_number(axis.values[trial.at])}" if axis is not None else ""
    return f"{experiment.variants[trial.variant].name}{at}, seed {trial.seed}"
