"""Batch normalization switched on and off in a deep network."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.experiments.declare import Claim, Experiment, ExperimentObservation, Variant
from visualnet.training.experiments.networks import Part, classifier, dense, ids


def network() -> Project:
    """Six hidden layers with batch normalization on digits of 8×8 pixels."""
    hidden: list[Part] = []
    for number in range(1, 7):
        linear, act = dense(f"hidden{number}", 32)
        hidden += [linear, Part("batch_norm1d", f"norm{number}"), act]
    parts = (Part("flatten", "flatten"), *hidden, *dense("logits", 10, ""))
    recipe = Recipe(optimizer="SGD", lr=0.02, batch_size=64, epochs=12)
    return classifier("Batch normalization", "image", parts, DataChoice(name="digits8x8"), recipe)


def without(project: Project) -> Project:
    """Every normalization hands its input on unchanged."""
    return edits.set_node(project, MAIN, ids(project, ["batch_norm1d"]), mode="mute")


EXPERIMENT = Experiment(
    "batch-norm",
    "Batch normalization on and off",
    "What does batch normalization do for a deep network?",
    network,
    (
        Variant("without", "The normalizations are muted.", without),
        Variant("batch norm", "Each hidden layer is normalized over the batch before its ReLU."),
    ),
    observations=(
        ExperimentObservation(
            "card_values", "Before the first step: without it the values shrink from layer to layer.", trained=False
        ),
        ExperimentObservation(
            "card_gradients", "Before the first step: and so do the gradients on their way back.", trained=False
        ),
    ),
    claims=(Claim("batch norm", "without", 0.3),),
    watch="In which epoch each passes 80 %. Both have the same weights to begin with, the same rate and the same samples.",
    why="Without it, PyTorch's usual first weights let the values shrink in every layer, and gradients with them; plain gradient descent "
    "then takes tiny steps. The normalization brings each unit back to mean 0 and variance 1 in every batch, whatever stands before it.",
    sources=("Ioffe and Szegedy, Batch normalization, 2015, arXiv:1502.03167",),
)
