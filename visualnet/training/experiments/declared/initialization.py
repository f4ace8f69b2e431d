"""All weights zero at first, or drawn as He and others propose."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.graph import Init
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.experiments.declare import Claim, Edit, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.networks import Part, classifier, dense, ids


def network() -> Project:
    """Two hidden layers on digits of 8×8 pixels."""
    parts = (Part("flatten", "flatten"), *dense("hidden1", 64), *dense("hidden2", 64), *dense("logits", 10, ""))
    recipe = Recipe(optimizer="SGD", lr=0.1, momentum=0.9, batch_size=64, epochs=12)
    return classifier("Initialization", "image", parts, DataChoice(name="digits8x8"), recipe)


def begin_with(kind: str) -> Edit:
    """Begin all dense layers so."""
    return lambda project: edits.set_node(project, MAIN, ids(project, ["linear"]), init=Init(kind=kind))


EXPERIMENT = Experiment(
    "zero-or-he",
    "Zero against He initialization",
    "Does it matter with which weights a network begins?",
    network,
    (
        Variant("zeros", "Every weight and bias begins at 0.", begin_with("zeros")),
        Variant("He", "Weights begin at random with variance 2 / inputs.", begin_with("kaiming_normal")),
    ),
    observations=(
        ExperimentObservation(
            "card_gradients",
            "With zeros, no gradient reaches a hidden layer: only the last bias can learn.",
            trained=False,
        ),
        ExperimentObservation(
            "weight_matrix", "After training the zeros are still zeros; He's rows have become different.", "hidden1"
        ),
    ),
    claims=(Claim("He", "zeros", 0.7),),
    watch="The curve of zeros stays at guessing (one in ten), however long it is trained.",
    why="Units that begin alike compute alike and get the same gradient, so they stay alike. With zeros behind them it is even zero: the "
    "error is multiplied by the weights on its way back. He's variance 2 / inputs keeps the size of values and gradients through ReLU.",
    sources=("He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015, arXiv:1502.01852",),
)
