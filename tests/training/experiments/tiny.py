"""An experiment that is trained in a moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from visualnet.core import edits
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.training.experiments.declare import Claim, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.networks import classifier, dense
from visualnet.training.experiments.runner import ExperimentMessage, StopControl, run_experiment


def network() -> Project:
    """One hidden layer on sixty points."""
    data = DataChoice(name="points", options={"shape": "blobs", "n": 60})
    return classifier(
        "Tiny", "point", (*dense("hidden", 4), *dense("logits", 2, "")), data, Recipe(epochs=4, lr=0.05, batch_size=8)
    )


def at(rate: float) -> Callable[[Project], Project]:
    """Learn at this rate."""
    return lambda project: edits.set_recipe(project, lr=rate)


TINY = Experiment(
    "tiny",
    "Tiny",
    "Two rates.",
    network,
    (Variant("slow", "", at(1e-7)), Variant("fast", "", at(0.1))),
    observations=(ExperimentObservation("card_gradients", "", trained=False),),
    claims=(Claim("fast", "slow", 0.1),),
    seeds=(0, 1),
)


def train(
    experiment: Experiment,
    folder: Path,
    seeds: tuple[int, ...] | None = None,
    hear: Callable[[ExperimentMessage, StopControl], Any] = lambda message, stop_control: None,
    own: Any = None,
) -> ExperimentModel:
    """Train an experiment, and what it told."""
    model, stop_control = ExperimentModel(experiment, seeds or experiment.seeds, folder), StopControl()

    def put(message: ExperimentMessage) -> None:
        model.consume(message)
        hear(message, stop_control)

    run_experiment(experiment, model.seeds, folder, stop_control, put, own)
    return model
