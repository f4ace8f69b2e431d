"""Transfer learning: frozen and fine-tuned against from scratch, with five samples of each class and more."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.systems.system import System, Wanted
from visualnet.core.text.format import format_number
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.registry import find_experiment
from visualnet.training.experiments.results import cell, check_claims
from visualnet.training.experiments.runner import StopControl, run_experiment

NAME = "transfer"


def measure(seed: int) -> Mapping[str, float]:
    """Every variant at every number of samples, with one seed."""
    experiment = replace(find_experiment(NAME), observations=())
    assert experiment.axis is not None
    with tempfile.TemporaryDirectory() as folder:
        model = ExperimentModel(experiment, (seed,), Path(folder))
        reason = run_experiment(experiment, (seed,), Path(folder) / "runs", StopControl(), model.consume)
    assert reason == "done", model.words
    found = {f"{claim.better} over {claim.worse} at 5": by for claim, by, _ in check_claims(model) if by is not None}
    for number, variant in enumerate(experiment.variants):
        for at, value in enumerate(experiment.axis.values):
            mean = cell(model, number, at).mean
            assert mean is not None
            found[f"{variant.name}, {format_number(value)} a class"] = mean
    return found


SYSTEM = System(
    NAME,
    "Transfer learning from MNIST to other digits",
    {
        "frozen over from scratch at 5": Wanted(0.0),
        "fine-tuned over from scratch at 5": Wanted(0.0),
        **{
            f"{variant}, {samples} a class": Wanted()
            for variant in ("frozen", "fine-tuned", "from scratch")
            for samples in (5, 10, 20, 50, 100)
        },
    },
    measure,
)
