"""Normalizing flows: networks that can be walked back, and so tell the density of what they are shown."""

from __future__ import annotations

from architectures.sheet import Sheet
from visualnet.core.graph import Port
from visualnet.core.project import Block, DataChoice, Project, Recipe

LEVELS = 17
"""So many greys have the small digits: 0 to 16."""


def _log_det(port: Port) -> Port:
    """Where a layer or a block of a flow hands its log-determinant on."""
    return Port(port.node, "log_det")


def _dense_network() -> Block:
    s = Sheet(scope={"hidden": 64, "changed": 1})
    x = s.add("input", "kept", size=(1,))
    for number in (1, 2):
        x = s.add("silu", f"silu{number}", s.add("linear", f"fc{number}", x, out_features="hidden"))
    s.add("output", "shift_and_scale", s.add("linear", "fc3", x, out_features="2 * changed"))
    return s.block("What is done to one half, told from the other half: shifts, then scales. Any network will do.")


def _conv_network() -> Block:
    s = Sheet(scope={"hidden": 48, "changed": 2})
    x = s.add("input", "kept", size=(2, 4, 4))
    x = s.add("relu", "relu1", s.conv("conv1", x, "hidden", 3, padding=1))
    x = s.add("relu", "relu2", s.conv("conv2", x, "hidden", 1))
    s.add("output", "shift_and_scale", s.conv("conv3", x, "2 * changed", 3, padding=1))
    return s.block("What is done to one half of the channels, told from the other half: shifts, then scales.")


def _coupling(network: Block) -> Block:
    s = Sheet({"network": network}, {"hidden": 64})
    x = s.add("input", "x", size=(2,))
    before = s.add("input", "log_det_x", size=())
    kept = s.add("split", "halves", x)
    net = s.add("block:network", "network", kept, hidden="hidden")
    changed = s.add("affine_coupling", "coupling", Port(kept.node, "y2"), net, before)
    s.add("output", "y", s.add("concatenate", "swapped", changed, kept))
    s.add("output", "log_det", _log_det(changed))
    return s.block("One half steers how the other is scaled and shifted; then they change places.")


def realnvp_points() -> Project:
    network = _dense_network()
    s = Sheet({"network": network, "coupling": _coupling(network)}, {"hidden": 64})
    x = s.add("act_norm", "norm", s.add("input", "point", field="point", size=(2,)))
    for number in range(1, 7):
        x = s.add("block:coupling", f"step{number}", x, _log_det(x), hidden="hidden")
    s.add("flow_nll", "surprise", x, _log_det(x))
    s.add("output", "z", x)
    return s.project(
        "RealNVP on points",
        "Six affine couplings bend two half moons into a round normal distribution, and every one of them can be undone (Dinh et al. "
        "2017). So the network tells how dense the points lie anywhere, and makes new ones by walking back.",
        DataChoice(name="points", options={"shape": "moons", "n": 2000, "noise": 0.07}, normalise=False),
        Recipe(optimizer="Adam", lr=0.005, schedule="cosine", batch_size=100, epochs=60),
    )


def _glow_step(network: Block) -> Block:
    s = Sheet({"network": network}, {"hidden": 48, "changed": 2})
    x = s.add("input", "x", size=(4, 4, 4))
    before = s.add("input", "log_det_x", size=())
    x = s.add("act_norm", "norm", x, before)
    x = s.add("invertible_conv", "mix", x, _log_det(x))
    kept = s.add("split", "halves", x)
    net = s.add("block:network", "network", kept, hidden="hidden", changed="changed")
    changed = s.add("affine_coupling", "coupling", Port(kept.node, "y2"), net, _log_det(x))
    s.add("output", "y", s.add("concatenate", "joined", kept, changed))
    s.add("output", "log_det", _log_det(changed))
    return s.block("One step of Glow: ActNorm, an invertible 1×1 convolution, an affine coupling.")


def _scale(network: Block, step: Block) -> Block:
    s = Sheet({"network": network, "step": step}, {"hidden": 48, "changed": 2})
    x = s.add("input", "x", size=(1, 8, 8))
    log_det = s.add("input", "log_det_x", size=())
    x = s.add("pixel_unshuffle", "squeeze", x)
    for number in range(1, 5):
        x = s.add("block:step", f"step{number}", x, log_det, hidden="hidden", changed="changed")
        log_det = _log_det(x)
    s.add("output", "y", x)
    s.add("output", "log_det", log_det)
    return s.block("Pixels become channels, then four steps of Glow.")


def glow_small() -> Project:
    network = _conv_network()
    step = _glow_step(network)
    s = Sheet({"network": network, "step": step, "scale": _scale(network, step)}, {"hidden": 48})
    image = s.add("input", "image", size=(1, 8, 8))
    spread = s.add("dequantize", "dequantize", image, levels=LEVELS)
    fine = s.add("block:scale", "fine", spread, _log_det(spread), hidden="hidden", changed=2)
    halves = s.add("split", "multi_scale", fine)
    coarse = s.add("block:scale", "coarse", Port(halves.node, "y2"), _log_det(fine), hidden="hidden", changed=4)
    z = s.add("concatenate", "latent", s.add("flatten", "fine_z", halves), s.add("flatten", "coarse_z", coarse))
    s.add("flow_nll", "surprise", z, _log_det(coarse))
    s.add("bits_per_dim", "bits", z, _log_det(coarse), levels=LEVELS)
    s.add("output", "z", z)
    return s.project(
        "Glow on small digits",
        "Eight steps of Glow in two scales (Kingma and Dhariwal 2018) turn 8×8 digits into 64 normal numbers and back. Half of the "
        "numbers leave after the first scale, so that the second sees coarser structure.",
        DataChoice(name="digits8x8", normalise=False),
        Recipe(optimizer="Adam", lr=0.002, schedule="cosine", batch_size=64, epochs=60),
    )


TEMPLATES = {"realnvp-points": realnvp_points, "glow-small": glow_small}
