"""Dropout on and off, where there are few samples to learn from."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.experiments.curves import BOTH
from visualnet.training.experiments.declare import Claim, ComparedFigure, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.networks import Part, classifier, dense, ids

LOSS = ComparedFigure("loss", "validation", "min")


def network() -> Project:
    """Two wide hidden layers with dropout, and only eighty points of half moons that overlap."""
    parts = (
        *dense("hidden1", 200),
        Part("dropout", "dropout1"),
        *dense("hidden2", 200),
        Part("dropout", "dropout2"),
        *dense("logits", 2, ""),
    )
    data = DataChoice(name="points", options={"shape": "moons", "n": 400, "noise": 0.35}, split=(0.2, 0.8, 0.0))
    recipe = Recipe(lr=0.005, batch_size=20, epochs=100)
    return classifier("Dropout", "point", parts, data, recipe)


def without(project: Project) -> Project:
    """No unit is dropped."""
    return edits.set_node(project, MAIN, ids(project, ["dropout"]), mode="mute")


EXPERIMENT = Experiment(
    "dropout",
    "Dropout on and off",
    "Does it help to leave out units at random?",
    network,
    (
        Variant("without", "All units work in every step.", without),
        Variant("dropout", "In every step each hidden unit is left out with probability 1/2."),
    ),
    figure=LOSS,
    observations=(
        ExperimentObservation(
            "knock_out",
            "One unit switched off after the other: with dropout the network leans less on single units.",
            "hidden2_act",
        ),
        ExperimentObservation(
            "unit_regions",
            "What each class is said to be over the plane: with dropout the border is smoother.",
            "logits",
        ),
    ),
    claims=(Claim("dropout", "without", 0.1),),
    watch="Training and validation in one picture: with dropout the two stay nearer to each other, and validation ends lower.",
    why="A unit that may be missing cannot be relied on, so several have to know the same thing; the answer becomes that of many thinned "
    "networks. It learns more slowly, and learns less by heart.",
    sources=("Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout, 2014",),
    shown=("loss", BOTH),
)
