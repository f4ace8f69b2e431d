"""Functions applied to every number on its own, and softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from visualnet.core.graph import Value
from visualnet.layers.declaration.axes import place
from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.initial_moments import InitialState, Moments, propagate_moments
from visualnet.layers.declaration.layer import Layer, Shape, layer
from visualnet.layers.declaration.params import choice, index, real
from visualnet.layers.declaration.spec import Limits

_PORTS = "x: * -> y: *"


def moments_after_relu(x: float) -> float:
    """ReLU."""
    return max(0.0, x)


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


@lru_cache(maxsize=64)
def _leaky(slope: float) -> Callable[[float], float]:
    return lambda x: x if x > 0 else slope * x


@lru_cache(maxsize=64)
def _elu(alpha: float) -> Callable[[float], float]:
    return lambda x: x if x > 0 else alpha * math.expm1(x)


def _gelu(x: float) -> float:
    return x * (1 + math.erf(x / math.sqrt(2))) / 2


def _silu(x: float) -> float:
    return x * logistic(x)


class Activation(Layer):
    """What they share: one torch function, whose keywords the parameters are."""

    function: ClassVar[str]
    curve: ClassVar[Callable[[float], float] | None] = None
    """The function of one number, where no parameter changes it."""
    pointwise = True
    gain: ClassVar[str] = ""
    """The name of its gain in ``torch.nn.init.calculate_gain``, or of one that is close."""
    levels: ClassVar[Limits] = Limits()
    """Where the function levels off, where no parameter changes that."""

    def limits(self) -> Limits:
        return self.levels

    def kaiming(self) -> Mapping[str, Value]:
        return {"nonlinearity": self.gain} if self.gain else {}

    def _curve(self) -> Callable[[float], float] | None:
        """The function of one number, with this layer's parameters; the same object for the same ones. None where it is not known."""
        return type(self).__dict__.get("curve")

    def begins(self, start: InitialState) -> Moments | None:
        curve = self._curve()
        return propagate_moments(start.first, curve) if start.first is not None and curve is not None else None

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, **self.given(*self.params))


@layer(
    "relu",
    family="activation",
    ports=_PORTS,
    keywords="rectifier activation nonlinearity",
    holds="nonnegative",
    gain="relu",
)
class ReLU(Activation):
    """Let positive numbers pass and set negative ones to zero.

    y = max(0, x). Cheap, and its slope does not fade for large x; a unit that is negative for every input is dead.
    """

    paper = "Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010"

    function, curve, levels = "F.relu", moments_after_relu, Limits((0.0,))
    slope = "max(0, sign(x))"


@layer("leaky_relu", family="activation", ports=_PORTS, keywords="rectifier activation slope")
class LeakyReLU(Activation):
    """Let positive numbers pass and shrink negative ones, so that no unit is ever dead.

    y = x for x ≥ 0, else negative_slope·x.
    """

    paper = "Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013"
    negative_slope: float = real(0.01, "Slope for negative numbers.", low=-100, high=100, card=True, phrase="slope {}")

    function = "F.leaky_relu"

    def kaiming(self) -> Mapping[str, Value]:
        return {"nonlinearity": "leaky_relu", "a": self.negative_slope}

    def _curve(self) -> Callable[[float], float]:
        return _leaky(self.negative_slope)


@layer("elu", family="activation", ports=_PORTS, keywords="exponential linear activation")
class ELU(Activation):
    """Let positive numbers pass and bend negative ones smoothly towards −alpha.

    y = x for x > 0, else alpha·(eˣ − 1). Outputs centre near zero.
    """

    paper = (
        "Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential linear units, 2015"
    )
    alpha: float = real(1.0, "Where negative numbers saturate: at −alpha.", low=-100, high=100, phrase="α {}")

    function = "F.elu"

    def limits(self) -> Limits:
        return Limits((), (-self.alpha,))

    def _curve(self) -> Callable[[float], float]:
        return _elu(self.alpha)


@layer("gelu", family="activation", ports=_PORTS, keywords="gaussian error linear activation transformer", gain="relu")
class GELU(Activation):
    """Weigh each number by the chance that a normal one is smaller: a smooth ReLU, usual in transformers.

    y = x·Φ(x), where Φ is the normal distribution function.
    """

    paper = "Hendrycks and Gimpel, Gaussian error linear units, 2016"
    approximate: str = choice(
        "none", "How Φ is computed.", {"none": "exactly, with erf", "tanh": "faster, with tanh"}, more=True
    )

    function, curve = "F.gelu", _gelu


@layer(
    "silu",
    family="activation",
    label="SiLU (swish)",
    ports=_PORTS,
    keywords="swish sigmoid linear activation",
    gain="relu",
)
class SiLU(Activation):
    """Weigh each number by its own sigmoid: smooth, and slightly negative just below zero.

    y = x·σ(x) = x / (1 + e⁻ˣ). Also called swish.
    """

    paper = "Ramachandran, Zoph and Le, Searching for activation functions, 2017"

    function, curve = "F.silu", _silu


@layer(
    "sigmoid",
    family="activation",
    ports=_PORTS,
    keywords="logistic squash activation gate binary",
    holds="fractions",
    gain="sigmoid",
)
class Sigmoid(Activation):
    """Squash each number to between 0 and 1: the chance of “yes”.

    y = 1 / (1 + e⁻ˣ). Its slope is at most 1/4 and fades on both sides.
    """

    function, curve, levels = "torch.sigmoid", logistic, Limits((), (0.0, 1.0))
    slope = "y*(1 - y)"


@layer("tanh", family="activation", ports=_PORTS, keywords="hyperbolic tangent squash activation", gain="tanh")
class Tanh(Activation):
    """Squash each number to between −1 and 1.

    y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). As sigmoid, but centred on zero.
    """

    function, curve, levels = "torch.tanh", math.tanh, Limits((), (-1.0, 1.0))
    slope = "1 - y**2"


@layer(
    "softmax",
    family="activation",
    ports=_PORTS,
    keywords="probabilities classification distribution",
    holds="probabilities",
)
class Softmax(Layer):
    """Turn scores into probabilities: all positive, adding to 1 along one axis.

    yᵢ = e^xᵢ / Σⱼ e^xⱼ. Not wanted before the cross-entropy loss, which contains it.
    """

    dim: int = index(
        -1, "Axis along which they add to 1 (1 is the first after the batch, −1 the last).", phrase="along {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        place(self.dim, shapes[0])
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.softmax", *refs, dim=self.dim)

    def limits(self) -> Limits:
        return Limits((), (0.0, 1.0))
