"""What a flow is trained by and judged by: how likely it finds the samples."""

from __future__ import annotations

from typing import Any

from visualnet.layers.catalog.loss.classification import Loss
from visualnet.layers.catalog.loss.distributions import reduce
from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.layer import Layer, Shape, layer
from visualnet.layers.declaration.params import count

_DENSITY = "z: *, log_det: -> {}: !"


@layer(
    "flow_nll",
    family="loss",
    label="Flow likelihood",
    ports=_DENSITY.format("loss"),
    role="loss",
    density_of="z",
    keywords="normalizing flow negative log likelihood density change of variables",
)
class FlowNLL(Loss):
    """How unlikely a flow finds the samples, in nats: small where it maps them to where N(0, 1) is dense without squeezing them there.

    L = −log N(z; 0, 1) − log|det ∂z/∂x|, added up for each sample and averaged. log_det carries the second part from layer to layer.
    """

    paper = "Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2017"

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        z, log_det = refs
        return reduce(fn("torch.sub", fn("extra_modules.normal_nll_of", z), log_det), **reduction)


@layer(
    "bits_per_dim",
    family="loss",
    label="Bits per dimension",
    ports=_DENSITY.format("bits"),
    role="metric",
    density_of="z",
    keywords="normalizing flow likelihood compression density metric",
)
class BitsPerDim(Layer):
    """How many bits a number of a sample takes under the flow: comparable between sizes of images; log2(levels) is no better than guessing.

    L / (D·ln 2) + log2(levels − 1), with the loss L of Flow likelihood over D numbers that stood levels apart from 0 to 1.
    """

    better = "min"
    levels: int = count(256, "How many values a number could have.", low=2, high=65_536, card=True, phrase="{} levels")

    def shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return reduce(fn("extra_modules.bits_per_dim_of", *refs, self.levels))
