"""The declared experiments on techniques: which variant wins by how much, with each seed alone.

The first variant of each claim is held against the second one, in the figure that the claim names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.systems.system import System, Wanted
from visualnet.training.experiments.declare import Claim
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.registry import find_experiments
from visualnet.training.experiments.results import check_claims
from visualnet.training.experiments.runner import StopControl, run_experiment

TECHNIQUES = ("zero-or-he", "sigmoid-or-relu", "batch-norm", "dropout", "over-and-under-fitting", "learning-rates")


def called(experiment: str, claim: Claim) -> str:
    """How a claim is named in the table."""
    at = f" at {claim.at:g}" if claim.at is not None else ""
    figure = (claim.figure or find_experiments()[experiment].figure).title
    return f"{experiment}: {claim.better} over {claim.worse}{at}, {figure}"


def measure_experiment(name: str, seed: int) -> dict[str, float]:
    """Train an experiment with one seed: by how much each claim holds."""
    experiment = replace(find_experiments()[name], observations=())
    with tempfile.TemporaryDirectory() as folder:
        model = ExperimentModel(experiment, (seed,), Path(folder))
        reason = run_experiment(experiment, (seed,), Path(folder) / "runs", StopControl(), model.consume)
    assert reason == "done", model.words
    found = {}
    for claim, by, _ in check_claims(model):
        assert by is not None, f"{claim.worse} diverged"
        found[called(name, claim)] = by
    return found


def wanted_of(name: str) -> dict[str, Wanted]:
    """What the claims of an experiment ask for."""
    return {called(name, claim): Wanted(claim.least, seeds=4) for claim in find_experiments()[name].claims}


def measure(seed: int) -> Mapping[str, float]:
    """All of them, one after the other."""
    found: dict[str, float] = {}
    for name in TECHNIQUES:
        found |= measure_experiment(name, seed)
    return found


SYSTEM = System(
    "techniques",
    "Training techniques side by side",
    {key: wanted for name in TECHNIQUES for key, wanted in wanted_of(name).items()},
    measure,
)
