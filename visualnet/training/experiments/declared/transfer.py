"""Transfer learning: a network of other digits as feature extractor, fine-tuned, or not used at all."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, PreparationStep, Project, Recipe
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.experiments.curves import OVER_AXIS
from visualnet.training.experiments.declare import Claim, Experiment, ExperimentObservation, Variant, VariedAxis
from visualnet.training.experiments.networks import ids

SOURCE = "lenet5"
BODY = ("conv1", "conv2", "fc1", "fc2")
STEPS, BATCH, CLASSES = 160, 25, 10
"""So many steps each run takes, however few samples there are. (After 80 those from scratch still learn, with any number of samples.)"""
SAMPLES = (5.0, 10.0, 20.0, 50.0, 100.0)
PREPARATION = (
    PreparationStep(kind="resize", options={"height": 20, "width": 20}),
    PreparationStep(kind="pad", options={"height": 28, "width": 28}),
)
"""Brings the small digits to the size that those of MNIST have, with the same margin."""


def network() -> Project:
    """LeNet-5 before digits that it has not seen: scanned elsewhere, of 8×8 pixels, enlarged. Its last layer is new, by a name of its own,
    so that nothing is taken over there."""
    project = project_file.load(resource("templates", f"{SOURCE}.vnet"))
    project = edits.rename(project, MAIN, ids(project, names=("logits",))[0], "new_logits")
    data = DataChoice(name="digits8x8", split=(0.6, 0.2, 0.2), preparation=PREPARATION)
    recipe = Recipe(optimizer="SGD", lr=0.02, momentum=0.9, batch_size=BATCH)
    return replace(project, data=data, recipe=recipe)


def with_samples(project: Project, samples: float) -> Project:
    """So many samples of each class to learn from, for the same number of steps."""
    project = edits.set_data(project, division="per_class", division_options={"samples": int(samples)})
    in_epoch = -(-int(samples) * CLASSES // BATCH)
    return edits.set_recipe(project, epochs=max(STEPS // in_epoch, 1))


def fine_tuned(project: Project) -> Project:
    """Begin with the weights that MNIST has taught; all are trained on."""
    return edits.set_recipe(project, start_from=f"trained/{SOURCE}")


def frozen(project: Project) -> Project:
    """Begin with them, and train only the last layer."""
    return edits.set_node(fine_tuned(project), MAIN, ids(project, names=BODY), trainable=False)


EXPERIMENT = Experiment(
    "transfer",
    "Transfer learning: frozen, fine-tuned, from scratch",
    "What is a network worth that has learned something similar?",
    network,
    (
        Variant("frozen", "LeNet-5 trained on MNIST as feature extractor: only a new last layer learns.", frozen),
        Variant("fine-tuned", "The same beginning, but all layers learn on.", fine_tuned),
        Variant("from scratch", "The same network with fresh weights."),
    ),
    axis=VariedAxis("samples of each class", SAMPLES, with_samples),
    observations=(
        ExperimentObservation(
            "filters",
            "The first filters: strokes from MNIST where they were taken over, near to noise where they were not.",
            "conv1",
        ),
        ExperimentObservation(
            "embedding_pca", "What the layer before the last makes of the digits: classes apart, or one cloud.", "fc2"
        ),
    ),
    claims=(Claim("frozen", "from scratch", 0.05, at=5.0), Claim("fine-tuned", "from scratch", 0.05, at=5.0)),
    watch="The left end: with five samples of each class. To the right the curves come together.",
    why="Features that were learned from many digits (strokes, bends, corners) fit other digits too, so few samples suffice to tell what "
    "they mean. With enough samples a network finds them by itself; then fine-tuning gains little, and freezing may hold it back.",
    sources=(
        "Yosinski, Clune, Bengio and Lipson, How transferable are features in deep neural networks?, 2014, arXiv:1411.1792",
    ),
    shown=("", OVER_AXIS),
)
