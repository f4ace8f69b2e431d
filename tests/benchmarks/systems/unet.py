"""U-Net on digits among boxes: the Dice on held-out pictures, by the loss that it is trained with."""

from __future__ import annotations

from tests.benchmarks import held_out
from tests.benchmarks.systems.system import System, Wanted
from visualnet.api.graph import Graph
from visualnet.core import edits
from visualnet.core.project import MAIN, Project


def measure(seed: int) -> dict[str, float]:
    """Train the template as it is (its loss weighs borders), and with two other losses, for as many epochs."""
    drawn = held_out.template("unet-boundary", seed)
    plain = edits.set_constants(drawn, {**drawn.constants, "w0": 0.0})
    losses = {"boundary-weighted": drawn, "cross-entropy": plain, "Dice": with_dice_loss(drawn)}
    return {f"Dice with the loss {name}": held_out.judge(project)[0]["dice"] for name, project in losses.items()}


def with_dice_loss(drawn: Project) -> Project:
    """The same network whose probability of the digits is held against the mask by their overlap."""
    ids = {node.name: node.id for node in drawn.graph}
    net = Graph(project=edits.remove(drawn, MAIN, [ids["loss"], ids["weights"]]))
    probability = net.select(net.softmax(net["scores"], dim=1), dim=1, index=1)
    net.dice_loss(probability, net["mask"])
    return net.project


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
