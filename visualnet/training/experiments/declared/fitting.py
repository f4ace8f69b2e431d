"""Networks too small, right and too large for a few noisy points: under-fitting and over-fitting."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.experiments.curves import BOTH
from visualnet.training.experiments.declare import (
    Claim,
    ComparedFigure,
    Edit,
    Experiment,
    ExperimentObservation,
    Variant,
)
from visualnet.training.experiments.networks import classifier, dense, ids

TRAINING = ComparedFigure("loss", "train", "min")


def network() -> Project:
    """Two hidden layers on a ring and a disc that overlap; eighty points to learn from."""
    parts = (*dense("hidden1", 4, "tanh"), *dense("hidden2", 4, "tanh"), *dense("logits", 2, ""))
    data = DataChoice(name="points", options={"shape": "circles", "n": 400, "noise": 0.25}, split=(0.2, 0.8, 0.0))
    recipe = Recipe(lr=0.01, batch_size=20, epochs=120)
    return classifier("Fitting", "point", parts, data, recipe)


def of_width(width: int) -> Edit:
    """So many units in both hidden layers."""
    return lambda project: edits.set_params(
        project, MAIN, ids(project, names=("hidden1", "hidden2")), {"out_features": width}
    )


EXPERIMENT = Experiment(
    "over-and-under-fitting",
    "Under-fitting and over-fitting",
    "How large should a network be?",
    network,
    (
        Variant("1 unit", "One unit in each hidden layer: it can only bend one line.", of_width(1)),
        Variant("4 units", "Four units in each hidden layer.", of_width(4)),
        Variant(
            "200 units",
            "Two hundred units in each hidden layer: forty thousand weights for eighty points.",
            of_width(200),
        ),
    ),
    figure=ComparedFigure("loss", "validation", "min"),
    observations=(
        ExperimentObservation(
            "unit_regions",
            "The border between the classes: too stiff, a ring, or a shape that follows single points.",
            "logits",
        ),
    ),
    claims=(
        Claim("4 units", "1 unit", 0.15),
        Claim("4 units", "200 units", 0.05),
        Claim("200 units", "1 unit", 0.1, figure=TRAINING),
    ),
    watch="Training falls and falls with 200 units, while validation turns and rises: it learns by heart. With 1 unit both stay high: it "
    "cannot say more.",
    why="The points overlap, so no border is right for all of them. A large network draws one around each training point and is then "
    "wrong, and sure of it, about new ones. A tiny network cannot follow even the shape that is really there.",
    sources=(
        "Geman, Bienenstock and Doursat, Neural networks and the bias/variance dilemma, 1992",
        "Goodfellow, Bengio and Courville, Deep Learning, 2016, section 5.2",
    ),
    shown=("loss", BOTH),
)
