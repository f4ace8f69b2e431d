"""Sigmoid against ReLU in a deep network of dense layers."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.graph import Init
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.experiments.declare import Claim, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.networks import Part, classifier, dense, ids, with_kind

DEPTH = 8


def network() -> Project:
    """Eight hidden layers with ReLU on digits of 8×8 pixels."""
    hidden = [part for number in range(1, DEPTH + 1) for part in dense(f"hidden{number}", 32)]
    parts = (Part("flatten", "flatten"), *hidden, *dense("logits", 10, ""))
    recipe = Recipe(optimizer="SGD", lr=0.02, momentum=0.9, batch_size=64, epochs=15)
    project = classifier("Deep network", "image", parts, DataChoice(name="digits8x8"), recipe)
    return edits.set_node(project, MAIN, ids(project, ["linear"]), init=Init(kind="kaiming_normal"))


def with_sigmoid(project: Project) -> Project:
    """Sigmoid in the place of every ReLU, and the initialization that suits it."""
    project = with_kind(project, "relu", "sigmoid")
    return edits.set_node(project, MAIN, ids(project, ["linear"]), init=Init(kind="xavier_normal"))


EXPERIMENT = Experiment(
    "sigmoid-or-relu",
    "Sigmoid against ReLU in a deep network",
    "Why did deep networks learn so badly before ReLU?",
    network,
    (
        Variant("sigmoid", "Eight layers with sigmoid, begun by Xavier's rule.", with_sigmoid),
        Variant("ReLU", "The same layers with ReLU, begun by He's rule."),
    ),
    observations=(
        ExperimentObservation(
            "card_gradients",
            "Before the first step: with sigmoid the gradient shrinks from layer to layer on its way back.",
            trained=False,
        ),
        ExperimentObservation(
            "card_values", "After training: behind many sigmoids the values hardly differ from sample to sample."
        ),
    ),
    claims=(Claim("ReLU", "sigmoid", 0.5),),
    watch="How early ReLU leaves guessing, and how long sigmoid stays there.",
    why="The slope of a sigmoid is at most 1/4. Through eight of them a gradient is multiplied by at most 4⁻⁸, about 1/65,000: the first "
    "layers get next to nothing. The slope of ReLU is 1 wherever it lets something through.",
    sources=(
        "Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, 1991",
        "Glorot, Bordes and Bengio, Deep sparse rectifier neural networks, 2011",
    ),
)
