"""The penalty on the gradient of a critic, and the points at which that gradient is taken."""

from __future__ import annotations

from typing import Any

from visualnet.layers.catalog.loss.classification import Loss
from visualnet.layers.catalog.loss.distributions import reduce
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, fn
from visualnet.layers.declaration.initial_moments import InitialState, Moments
from visualnet.layers.declaration.layer import Layer, Shape, ShapeError, layer
from visualnet.layers.declaration.params import real

_GULRAJANI = "Gulrajani et al., Improved training of Wasserstein GANs, 2017"
_NO_GRADIENT = "no gradient is kept here, and the penalty would be 0: lead the points through “Random interpolate” before the critic"
_OTHERS = ("", "probabilities", "fractions", "nonnegative", "logarithms")


@layer(
    "random_interpolate",
    family="shape",
    label="Random interpolate",
    ports="x1: *, x2: * -> y: *",
    random=True,
    rare=True,
    holds="watched",
    keywords="wgan gp gan critic mix between real fake epsilon lerp",
)
class RandomInterpolate(Layer):
    """Choose for each sample a random point on the line from one tensor to the other: where a gradient penalty looks.

    y = ε·x1 + (1 − ε)·x2 with ε from 0 to 1, one for each sample, while training; afterwards the middle. No gradient goes back through
    it: the gradient of what is computed from y begins at y.
    """

    paper = _GULRAJANI
    detaches = True

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0] != shapes[1]:
            raise ShapeError(f"x1 is {text(shapes[0])} and x2 is {text(shapes[1])}: both need the same size", "x2")
        return shapes[0]

    def begins(self, start: InitialState) -> Moments | None:
        return None

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.RandomInterpolate")


@layer(
    "gradient_penalty",
    family="loss",
    label="Gradient penalty",
    ports="score: *, x: * -> loss: !",
    role="loss",
    rare=True,
    refuses={"x": dict.fromkeys(_OTHERS, _NO_GRADIENT)},
    keywords="wgan gp lipschitz critic discriminator gan slope r1",
)
class GradientPenalty(Loss):
    """The slope of a critic's score at its input must have this length: what keeps a Wasserstein GAN's critic from growing steep.

    L = (‖∂score/∂x‖₂ − target)², averaged. x comes from Random interpolate, the score from the critic that reads it. The paper takes
    weight 10. Where no gradients are kept, as on the validation set, it is 0.
    """

    paper = _GULRAJANI
    target: float = real(
        1.0, "The length that the gradient is to have.", low=0, high=1e6, card=True, phrase="target {}"
    )

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        return reduce(fn("extra_modules.gradient_penalty_of", *refs, self.target), **reduction)
