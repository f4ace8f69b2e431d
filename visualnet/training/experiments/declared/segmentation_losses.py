"""A U-Net trained with three losses: cross-entropy, the same with borders weighed, and the overlap itself (Dice)."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.graph import Port, Value
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.experiments.curves import BOTH
from visualnet.training.experiments.declare import Claim, ComparedFigure, Experiment, ExperimentObservation, Variant

DICE = ComparedFigure("dice", "validation", "max")


def network() -> Project:
    """The small U-Net on digits among boxes, with its loss that weighs borders; three epochs tell the losses apart."""
    drawn = project_file.load(resource("templates", "unet-boundary.vnet"))
    return edits.set_recipe(drawn, epochs=3)


def without_weights(project: Project) -> Project:
    """All pixels count alike."""
    return edits.set_constants(project, {**project.constants, "w0": 0.0})


def with_overlap(project: Project) -> Project:
    """The probability of a digit's ink is held against the mask by their overlap."""
    named = {node.name: node.id for node in project.graph}
    made = edits.remove(project, MAIN, [named["loss"], named["weights"]])
    x, y = project.graph.places[named["loss"]]
    source = Port(named["scores"], "features")
    parts: tuple[tuple[str, dict[str, Value]], ...] = (
        ("softmax", {"dim": 1}),
        ("select", {"dim": 1, "index": 1}),
        ("dice_loss", {}),
    )
    for number, (kind, params) in enumerate(parts):
        id = edits.new_id(made.graph)
        made = edits.add_node(made, MAIN, kind, at=(x + 256.0 * number, y), id=id, name=f"{kind}_of_ink", params=params)
        made = edits.connect(made, MAIN, source, Port(id, "probability" if kind == "dice_loss" else "x"))
        source = Port(id, "y")
    return edits.connect(made, MAIN, Port(named["mask"], "y"), Port(source.node, "target"))


EXPERIMENT = Experiment(
    "segmentation-losses",
    "Losses of segmentation",
    "Which loss finds the mask first: pixel by pixel, borders weighed, or by the overlap?",
    network,
    (
        Variant("cross-entropy", "Every pixel counts alike.", without_weights),
        Variant("boundary-weighted", "Pixels count the more the nearer they are to a border."),
        Variant("Dice", "What is lowered is one minus the overlap of answer and mask.", with_overlap),
    ),
    figure=DICE,
    observations=(
        ExperimentObservation(
            "masks", "Colour outside the white line was found where nothing is, a line without colour was missed."
        ),
    ),
    claims=(Claim("Dice", "cross-entropy", 0.02), Claim("boundary-weighted", "cross-entropy", 0.02)),
    watch="The Dice on held-out pictures, epoch by epoch: pixel by pixel the first mask is found epochs later than with the others. "
    "Trained for longer the three come to the same (25 epochs: 0.91 each).",
    why="Nearly all pixels are background, so that a mean over pixels is small long before the ink is found. Weights raise what matters, "
    "the overlap does not count the background at all.",
    sources=(
        "Ronneberger, Fischer and Brox, U-Net, 2015",
        "Milletari, Navab and Ahmadi, V-Net, 2016",
    ),
    shown=("dice", BOTH),
)
