"""Networks that answer with an image: segmentation, and reconstruction through a narrow code."""

from __future__ import annotations

import msgspec

from architectures.sheet import Sheet, image_input
from visualnet.core import edits
from visualnet.core.graph import Init, Port, Value
from visualnet.core.project import Block, DataChoice, Project, Recipe

DIGITS = DataChoice(normalise=False)
"""Digits as they are, from 0 to 1: what goes in is also what should come out."""
RECIPE = Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=20)


# --- segmentation ------------------------------------------------------------------------------------------------------------------


def _double(padding: int) -> Block:
    s = Sheet(scope={"channels": 64})
    x = s.add("input", "x", size=(64, 64, 64))
    pad: dict[str, Value] = {"padding": padding} if padding else {}
    for number in (1, 2):
        x = s.add("relu", f"relu{number}", s.conv(f"conv{number}", x, "channels", 3, **pad))
    s.add("output", "y", x)
    return s.block("Two 3×3 convolutions" + ("." if padding else ": each takes one pixel off every side."))


def _crop() -> Block:
    s = Sheet(scope={"margin": 4})
    x = s.add("input", "x", size=(512, 64, 64))
    for name, dim in (("rows", 2), ("columns", 3)):
        x = s.add("slice", name, x, dim=dim, start="margin", stop="-margin")
    s.add("output", "y", x)
    return s.block("The middle of an image: margin pixels are taken off every side.")


def _unet(padded: bool, base: int = 64, boundary: bool = False) -> Project:
    """With ``base`` channels at the top; ``boundary``: the loss weighs pixels by how near they are to a border."""
    blocks = {"two_convolutions": _double(1 if padded else 0), **({} if padded else {"crop": _crop()})}
    sizes: dict[str, float] = {"classes": 2, "size": 572 if not padded else 256 if base == 64 else 64}
    s = Sheet(blocks, {**sizes, "w0": 5.0} if boundary else sizes)
    x = image_input(s, 1)
    beside: list[Port] = []
    for level in range(1, 5):
        x = s.add("block:two_convolutions", f"down{level}", x, channels=base * 2 ** (level - 1))
        beside.append(x)
        x = s.add("max_pool2d", f"pool{level}", x)
    x = s.add("block:two_convolutions", "bottom", x, channels=16 * base)
    for level, margin in ((4, 4), (3, 16), (2, 40), (1, 88)):
        x = s.add("conv_transpose2d", f"up{level}", x, out_channels=base * 2 ** (level - 1))
        skip = beside[level - 1]
        if not padded:
            skip = s.add("block:crop", f"crop{level}", skip, margin=margin)
        x = s.add(
            "block:two_convolutions",
            f"join{level}",
            s.add("concatenate", f"beside{level}", skip, x),
            channels=base * 2 ** (level - 1),
        )
    logits = s.conv("scores", x, "classes", 1)
    side = "size" if padded else "size - 184"
    mask = s.add("target", "mask", field="mask", size=(side, side))
    if boundary:
        weights = s.add("boundary_weights", "weights", mask, border_weight="w0", sigma=2.0)
        s.add("cross_entropy", "loss", logits, mask, weights, sample_weights=True)
    else:
        s.add("cross_entropy", "loss", logits, mask)
    # Most pixels are background, so that answering nothing would be right nearly everywhere: what counts is what is looked for.
    s.add("iou", "iou", logits, mask, only_class=1)
    s.add("dice", "dice", logits, mask, only_class=1)
    s.add("output", "answer", logits)
    what = (
        "Its convolutions are padded, so that the mask is as large as the image and nothing must be cropped"
        if padded
        else "Without padding 572×572 becomes 388×388, and what crosses over is cropped"
    )
    note = (
        "Down to see what it is, up again to say where, with shortcuts across at every size (Ronneberger et al. 2015). "
    )
    if boundary:
        made = s.project(
            "U-Net, boundary-weighted",
            f"{note}Its loss weighs every pixel by how near it is to a border, where masks go wrong. A sixteenth as wide as the paper's.",
            DataChoice(name="digit_masks"),
            Recipe(lr=0.003, batch_size=8, epochs=25, best_by="iou"),
        )
        # Without normalization a deep network cannot learn from smaller weights (He et al. 2015); the logits begin small.
        for sheet, graph in made.sheets():
            for init, found in (("kaiming_normal", True), ("normal", False)):
                nodes = [n.id for n in graph if n.kind == "conv2d" and (n.name != "scores") is found]
                made = edits.set_node(made, sheet, nodes, init=Init(kind=init)) if nodes else made
    else:
        made = s.project(
            "U-Net, padded" if padded else "U-Net",
            f"{note}{what}. 31,030,658 parameters.",
            DataChoice(name="masks"),
            Recipe(optimizer="SGD", lr=0.001, momentum=0.99, batch_size=1, epochs=50, best_by="iou"),
        )
    places = {i: _in_the_u(node.name, padded, boundary) for i, node in made.graph.nodes.items()}
    return msgspec.structs.replace(made, graph=msgspec.structs.replace(made.graph, places=places))


def _in_the_u(name: str, padded: bool, boundary: bool) -> tuple[float, float]:
    """Where a card stands, so that the network looks like its name: each size on a row of its own, the shortcuts straight across.

    The cards stand as close as wires between them allow, for the whole U is one long row in the window.
    """
    wide, narrow, row = 256.0, 200.0, 120.0
    # A concatenation has its upper input 16 above the middle: what comes from the left leaves at that height.
    raised, lowered = (0.0, 16.0) if padded else (-16.0, 0.0)
    bottom = narrow + 4 * (wide + narrow)
    end = bottom + wide + 4 * (2 * wide + narrow)
    last = end + (480 if boundary else 216)
    ends = {
        "image": (0.0, 0.0),
        "bottom": (bottom, 8 * row),
        "scores": (end, lowered),
        "mask": (end, lowered + row),
        "weights": (end + 216, lowered + row),
        "answer": (end + 216, lowered - row),
        "loss": (last, lowered),
        "iou": (last, lowered + row),
        "dice": (last, lowered + 2 * row),
    }
    if name in ends:
        return ends[name]
    kind, level = name[:-1], int(name[-1])
    left = narrow + (level - 1) * (wide + narrow)
    right = bottom + wide + (4 - level) * (2 * wide + narrow)
    top = 2 * (level - 1) * row
    return {
        "down": (left, top),
        "crop": (left + wide, top + raised),
        "pool": (left + wide, top + row),
        "up": (right, top + row),
        "beside": (right + wide, top + lowered),
        "join": (right + wide + narrow, top + lowered),
    }[kind]


# --- reconstruction ----------------------------------------------------------------------------------------------------------------


def _decoded(s: Sheet, code: Port) -> Port:
    """From the code back to 28×28 shades between 0 and 1."""
    return _redrawn(s, s.add("linear", "decode2", s.dense("decode1", code, 128), out_features=784))


def _redrawn(s: Sheet, pixels: Port) -> Port:
    """The answer: a picture of the logits of its 784 pixels."""
    image = s.add("reshape", "picture", s.add("sigmoid", "shades", pixels), size=(1, 28, 28))
    s.add("output", "reconstruction", image)
    return image


def _truth(s: Sheet) -> Port:
    return s.add("target", "truth", field="image", size=(1, 28, 28), dtype="float")


def autoencoder() -> Project:
    s = Sheet(scope={"code": 32})
    x = s.dense("encode1", s.add("flatten", "pixels", s.add("input", "image")), 128)
    image = _decoded(s, s.dense("encode2", x, "code"))
    s.add("bce", "loss", image, _truth(s))
    return s.project(
        "Autoencoder",
        "The digit must pass through 32 numbers and come out again, so those must say what matters (Hinton and Salakhutdinov 2006). "
        "What it cannot redraw is unlike all that it has seen: an anomaly.",
        DIGITS,
        RECIPE,
        wrap=1160,
    )


def denoising_autoencoder() -> Project:
    s = Sheet(scope={"code": 64})
    noisy = s.add("input", "noisy", field="noisy", size=(1, 28, 28))
    x = s.dense("encode1", s.add("flatten", "pixels", noisy), 256)
    image = _decoded(s, s.dense("encode2", x, "code"))
    s.add("bce", "loss", image, _truth(s))
    return s.project(
        "Denoising autoencoder",
        "It is shown digits with noise on them and must draw them without, so it has to learn what digits look like (Vincent et al. 2008).",
        DataChoice(name="noisy_digits", normalise=False),
        RECIPE,
        wrap=1160,
    )


def vae() -> Project:
    s = Sheet(scope={"code": 5, "beta": 1.0})
    x = s.dense("encode1", s.add("flatten", "pixels", s.add("input", "image")), 256)
    x = s.dense("encode2", x, 128)
    mean = s.add("linear", "mean", x, out_features="code")
    log_var = s.add("linear", "log_var", x, out_features="code")
    x = s.dense("decode1", s.add("gaussian_sample", "drawn", mean, log_var), 128)
    image = _redrawn(s, s.add("linear", "decode3", s.dense("decode2", x, 256), out_features=784))
    s.add("bce", "redrawn", image, _truth(s), reduction="batchmean")
    s.add("kl_normal", "divergence", mean, log_var, weight="beta")
    return s.project(
        "Variational autoencoder",
        "The code is drawn from a normal distribution whose mean and variance are learned, so that every code means a digit (Kingma and "
        "Welling 2013). The divergence keeps the codes together. Both losses are in nats for each picture: their sum is −ELBO.",
        DIGITS,
        Recipe(optimizer="Adam", lr=0.002, schedule="cosine", batch_size=64, epochs=30),
        wrap=100_000,
    )


def anomaly() -> Project:
    s = Sheet(scope={"code": 32})
    x = s.dense("encode1", s.add("flatten", "pixels", s.add("input", "image")), 128)
    image = _decoded(s, s.dense("encode2", x, "code"))
    s.add("bce", "loss", image, _truth(s))
    return s.project(
        "Anomaly detection",
        "An autoencoder that never sees a zero: of nine digits it learns to redraw what is usual, and what it redraws badly is odd. "
        "Evaluate shows the errors of both, a threshold between them, and how well they are told apart (ROC).",
        DataChoice(normalise=False, split=(0.7, 0.15, 0.15), division="odd_class", division_options={"odd": 0}),
        RECIPE,
        wrap=1160,
    )


TEMPLATES = {
    "unet": lambda: _unet(False),
    "unet-padded": lambda: _unet(True),
    "unet-boundary": lambda: _unet(True, 4, boundary=True),
    "autoencoder": autoencoder,
    "denoising-autoencoder": denoising_autoencoder,
    "anomaly": anomaly,
    "vae": vae,
}
