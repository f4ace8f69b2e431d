"""Layers of normalizing flows: each can be undone exactly and tells by how much it stretches volumes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import (
    LOG_DET,
    UNARY,
    Expr,
    InverseRule,
    Known,
    ModuleCall,
    OwnModule,
    add_log_det,
    fn,
)
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.initial_moments import InitialState, Moments, after_normalization
from visualnet.layers.declaration.layer import Fault, Layer, Shape, Sized, layer, sized
from visualnet.layers.declaration.params import choice, count, real

_FLOW = "x: C *, log_det?: -> y: C *, log_det:"
_PRODUCTS = parse("C*C*places")


class _ModuleOfFlow(Layer):
    """What modules of flows share: forward gives y and the own log-determinant, and ``inverse=True`` turns it round."""

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return {"y": shapes[0], LOG_DET: ()}

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(refs[0])
        return {"y": made[0], LOG_DET: add_log_det(refs[1], made[1])}

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": m(known["y"], inverse=True)[0]}


@layer(
    "affine_coupling",
    family="normalization",
    label="Affine coupling",
    ports="x: C *, net: C2 *, log_det?: -> y: C *, log_det:",
    keywords="normalizing flow realnvp glow invertible scale shift density",
)
class AffineCoupling(Layer):
    """Scale and shift one half of the numbers by what a network says of the other half: easily undone, whatever the network.

    y = x·e^s + t, where the network gives t and s one behind the other along the channels; log|det ∂y/∂x| = Σ s is added to log_det. Draw
    it so: Split, the first part through any network into net, the second part into x, then Concatenate.
    """

    paper = "Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2017"
    bound: float = real(
        3.0,
        "The scale s stays between −bound and bound: bound·tanh(s / bound).",
        low=0.01,
        high=20,
        card=True,
        phrase="|s| < {}",
    )

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        x, net = shapes[0], shapes[1]
        wanted = (2 * x[0], *x[1:])
        if tuple(net) != wanted:
            words = (
                f"shift and scale of {text(x)} need the same size each: the network must give {text(wanted)} "
                f"({wanted[0]} channels), and gives {text(net)}"
            )
            yield Fault(words, "net", formula=f"{text(net)} ≠ {text(wanted)}")

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return {"y": shapes[0], LOG_DET: ()}

    def example(self) -> tuple[Shape, ...]:
        return ((3, 2, 2), (6, 2, 2), ())

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = fn("extra_modules.affine_coupling", refs[0], refs[1], self.bound)
        return {"y": made[0], LOG_DET: add_log_det(refs[2], made[1])}

    def undoing(self) -> InverseRule:
        return InverseRule(("y", "net"), ("x",))

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": fn("extra_modules.undo_affine_coupling", known["y"], known["net"], self.bound)}


@layer(
    "act_norm",
    family="normalization",
    label="ActNorm",
    ports=_FLOW,
    rare=True,
    keywords="normalizing flow glow activation normalization invertible",
)
class ActNorm(_ModuleOfFlow):
    """Scale and shift each channel as learned; the first batch in training sets both, so that mean is 0 and deviation 1.

    y = (x + bias)·e^log_scale, log|det ∂y/∂x| = places·Σ log_scale. Unlike batch normalization it treats each sample by itself.
    """

    paper = "Kingma and Dhariwal, Glow: generative flow with invertible 1×1 convolutions, 2018"

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        one = sized(channels=shapes[0][0])
        return {"bias": one, "log_scale": one}

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        return {"initialised": sized()}

    def begins(self, start: InitialState) -> Moments | None:
        return after_normalization(start)

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.ActNorm", int(shapes[0][0]))


@layer(
    "invertible_conv",
    family="convolution",
    label="Invertible 1×1 convolution",
    ports=_FLOW,
    rare=True,
    keywords="normalizing flow glow mix channels rotation",
)
class InvertibleConv(_ModuleOfFlow):
    """Mix the channels of each place by one square matrix that can be inverted: a permutation that is learned.

    y = W·x, log|det ∂y/∂x| = places·log|det W|. W begins as a random rotation. For points in the plane, W turns and shears the plane.
    """

    paper = "Kingma and Dhariwal, Glow: generative flow with invertible 1×1 convolutions, 2018"

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(out_channels=shapes[0][0], in_channels=shapes[0][0])}

    def macs(self, *shapes: Shape) -> int:
        return derive(_PRODUCTS, {"C": shapes[0][0], "places": prod(shapes[0][1:])})

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.InvertibleConv", int(shapes[0][0]))


@layer(
    "permutation",
    family="shape",
    ports="x: C * -> y: C *",
    keywords="normalizing flow shuffle reverse channels reorder",
    holds="same",
)
class Permutation(Layer):
    """Put the channels in another order that stays, so that couplings change other ones next time. Volumes stay: log|det| = 0."""

    order: str = choice(
        "reversed",
        "The new order.",
        {"reversed": "the last channel first", "dealt": "dealt out by the seed"},
        card=True,
    )
    seed: int = count(0, "Another seed, another order, where they are dealt out.", low=0, high=100_000, more=True)

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        return {"order": sized(channels=shapes[0][0])}

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall(
            "extra_modules.Permutation", int(shapes[0][0]), *([self.seed] if self.order == "dealt" else [])
        )

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": m(known["y"], inverse=True)}


@layer(
    "dequantize",
    family="normalization",
    label="Dequantize",
    ports="x: *, log_det?: -> y: *, log_det:",
    random=True,
    rare=True,
    keywords="normalizing flow noise bits levels continuous pixels",
)
class Dequantize(_ModuleOfFlow):
    """Spread numbers of few levels (pixels from 0 to 1) over the whole range, so that a density of them makes sense.

    y = (x·(levels − 1) + u) / levels. u is drawn from [0, 1) while training and ½ afterwards. Without it a flow would put ever sharper
    peaks on the levels, and its likelihood would grow without end.
    """

    paper = "Theis, van den Oord and Bethge, A note on the evaluation of generative models, 2016"
    levels: int = count(256, "How many values a number can have.", low=2, high=65_536, card=True, phrase="{} levels")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.Dequantize", self.levels)
