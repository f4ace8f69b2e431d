"""U-Net on digits among boxes: the Dice on held-out pictures, by the loss that it is trained with."""

from __future__ import annotations

import visualnet as vn
from tests.benchmarks.systems.system import System, Wanted
from visualnet.api.graph import Graph
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.events import EpochDone


def measure(seed: int) -> dict[str, float]:
    """Train the template as it is (its loss weighs borders), and with two other losses, for as many epochs."""
    drawn = project_file.load(resource("templates", "unet-boundary.vnet"))
    plain = edits.set_constants(drawn, {**drawn.constants, "w0": 0.0})
    losses = {"boundary-weighted": drawn, "cross-entropy": plain, "Dice": with_dice_loss(drawn)}
    return {f"Dice with the loss {name}": train(project, seed) for name, project in losses.items()}


def with_dice_loss(drawn: Project) -> Project:
    """The same network whose probability of the digits is held against the mask by their overlap."""
    ids = {node.name: node.id for node in drawn.graph}
    net = Graph(project=edits.remove(drawn, MAIN, [ids["loss"], ids["weights"]]))
    probability = net.select(net.softmax(net["scores"], dim=1), dim=1, index=1)
    net.dice_loss(probability, net["mask"])
    return net.project


def train(project: Project, seed: int) -> float:
    """The Dice on the validation set at the best epoch."""
    dice = 0.0
    best = -1.0
    for event in vn.train(project, seed=seed):
        if isinstance(event, EpochDone) and (event.validation["iou"] or 0.0) > best:
            best, dice = event.validation["iou"] or 0.0, event.validation["dice"] or 0.0
    return dice


SYSTEM = System(
    "unet",
    "U-Net",
    {
        "Dice with the loss boundary-weighted": Wanted(least=0.9),
        "Dice with the loss cross-entropy": Wanted(),
        "Dice with the loss Dice": Wanted(),
    },
    measure,
)
