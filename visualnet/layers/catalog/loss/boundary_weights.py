"""Weights of pixels by how near they are to another class: what a boundary-weighted loss weighs them with."""

from __future__ import annotations

from typing import Any

from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.layer import Layer, Shape, layer
from visualnet.layers.declaration.params import real


@layer(
    "boundary_weights",
    family="loss",
    label="Boundary weights",
    ports="mask: H W @int -> weights: H W",
    rare=True,
    keywords="unet border edge distance weight map segmentation boundary-weighted",
)
class BoundaryWeights(Layer):
    """Weigh each pixel of a mask by how near it is to another class, for the sample_weight of a loss: borders count most.

    w = 1 + border_weight·e^(−d² / 2σ²), where d is the distance in pixels to the nearest pixel of another class (1 at a border), up to 4σ.
    The paper takes 10 and σ = 5, and the sum of the distances to the two nearest cells, which a mask of classes does not tell apart.
    """

    paper = "Ronneberger, Fischer and Brox, U-Net: convolutional networks for biomedical image segmentation, 2015"
    border_weight: float = real(
        10.0, "How much more a pixel at a border counts.", low=0, high=1e4, card=True, phrase="+{} at a border"
    )
    sigma: float = real(
        5.0, "How far from a border that reaches.", low=0.1, high=100, unit="px", card=True, phrase="σ {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("extra_modules.boundary_weights_of", *refs, self.border_weight, self.sigma)
