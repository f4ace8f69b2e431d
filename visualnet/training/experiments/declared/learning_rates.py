"""Learning rates too small, right and too large."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.training.experiments.declare import Claim, Edit, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.networks import Part, classifier, dense


def network() -> Project:
    """One hidden layer on digits of 8×8 pixels, by plain gradient descent."""
    parts = (Part("flatten", "flatten"), *dense("hidden", 64), *dense("logits", 10, ""))
    recipe = Recipe(optimizer="SGD", lr=0.1, batch_size=64, epochs=12)
    return classifier("Learning rate", "image", parts, DataChoice(name="digits8x8"), recipe)


def at(rate: float) -> Edit:
    """Learn at this rate."""
    return lambda project: edits.set_recipe(project, lr=rate)


EXPERIMENT = Experiment(
    "learning-rates",
    "Learning rates: too small, right, too large",
    "How long should the steps be?",
    network,
    (
        Variant("0.001", "A hundredth of the right one.", at(0.001)),
        Variant("0.1", "A good one.", at(0.1)),
        Variant("10", "A hundred times as much.", at(10.0)),
    ),
    observations=(
        ExperimentObservation(
            "loss_line",
            "The loss on the straight way from the first weights to the last: 0.001 has gone a small part of the slope, 0.1 is down in a "
            "valley, 10 ends higher than it began.",
            options=(("beyond", 0.0),),
        ),
        ExperimentObservation(
            "card_values",
            "Steps that are too long throw the hidden values to hundreds and thousands; if all are below zero, ReLU lets nothing through.",
        ),
    ),
    claims=(Claim("0.1", "0.001", 0.1), Claim("0.1", "10", 0.3)),
    watch="The accuracy over the epochs: hardly moving, rising at once, staying at guessing.",
    why="A step follows the slope as it is at one place. Short steps are safe and slow; where a step is longer than the valley is wide, it "
    "ends higher on the other side, and the next one higher still.",
    sources=("Goodfellow, Bengio and Courville, Deep Learning, 2016, section 11.4.1",),
)
