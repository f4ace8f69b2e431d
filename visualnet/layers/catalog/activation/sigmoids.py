"""Activations that are met less often: variants of the rectifier, of the sigmoid and of softmax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.catalog.activation.rectifiers import Activation
from visualnet.layers.declaration.axes import place, text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Fault, Layer, Shape, ShapeError, Sized, layer, sized
from visualnet.layers.declaration.params import count, index, real
from visualnet.layers.declaration.spec import Limits

_PORTS = "x: * -> y: *"
_DIM = "Axis along which they are compared (1 is the first after the batch, −1 the last)."
_HALF = parse("n / 2")


@layer(
    "log_softmax",
    family="activation",
    label="LogSoftmax",
    ports=_PORTS,
    rare=True,
    keywords="log probabilities nll classification",
    holds="logarithms",
)
class LogSoftmax(Layer):
    """Turn scores into logarithms of probabilities, without rounding small ones to zero.

    yᵢ = xᵢ − log Σⱼ e^xⱼ. What the negative log-likelihood loss takes.
    """

    dim: int = index(-1, _DIM, phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        place(self.dim, shapes[0])
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.log_softmax", *refs, dim=self.dim)


@layer(
    "softmin",
    family="activation",
    ports=_PORTS,
    rare=True,
    keywords="probabilities distance",
    holds="probabilities",
)
class Softmin(Layer):
    """Turn distances into probabilities: the smaller, the likelier; adding to 1 along one axis.

    yᵢ = e^−xᵢ / Σⱼ e^−xⱼ.
    """

    dim: int = index(-1, _DIM, phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        place(self.dim, shapes[0])
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.softmin", *refs, dim=self.dim)

    def limits(self) -> Limits:
        return Limits((), (0.0, 1.0))


@layer("prelu", family="activation", ports=_PORTS, keywords="parametric rectifier learned slope")
class PReLU(Layer):
    """Let positive numbers pass and shrink negative ones by a slope that is learned.

    y = x for x ≥ 0, else weight·x. One slope for all, or one for each channel. Parameters: num_parameters.
    """

    paper = "He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015"
    num_parameters: int = count(1, "Slopes: 1, or the number of channels.", fit=True, phrase="{} slopes")
    init: float = real(0.25, "First slope.", low=-100, high=100, more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        channels = shapes[0][0] if shapes[0] else 1
        if self.num_parameters not in (1, channels):
            words = f"{self.num_parameters} slopes for {channels} channels: 1 or {channels} are possible"
            yield Fault(words, "num_parameters")

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(num_parameters=self.num_parameters)}

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.PReLU", self.num_parameters, init=self.init)


@layer("mish", family="activation", ports=_PORTS, rare=True, keywords="smooth rectifier")
class Mish(Activation):
    """A smooth ReLU that dips slightly below zero before it rises.

    y = x·tanh(log(1 + eˣ)).
    """

    paper = "Misra, Mish: a self regularized non-monotonic activation function, 2019"
    function = "F.mish"


@layer(
    "relu6", family="activation", ports=_PORTS, rare=True, keywords="rectifier mobile", holds="nonnegative", gain="relu"
)
class ReLU6(Activation):
    """A ReLU that stops at 6, so that few bits are enough for its numbers.

    y = min(max(0, x), 6). Usual in networks for telephones.
    """

    paper = "Howard and others, MobileNets, 2017"
    function, levels = "F.relu6", Limits((0.0, 6.0))


@layer("hardswish", family="activation", ports=_PORTS, rare=True, keywords="mobile silu swish")
class Hardswish(Activation):
    """SiLU (swish) drawn with straight lines: nearly the same, and quick to compute.

    y = x·min(max(0, x + 3), 6) / 6.
    """

    paper = "Howard and others, Searching for MobileNetV3, 2019"
    function, levels = "F.hardswish", Limits((0.0,))


@layer("hardsigmoid", family="activation", ports=_PORTS, rare=True, keywords="mobile gate squash", holds="fractions")
class Hardsigmoid(Activation):
    """The sigmoid drawn with three straight lines.

    y = min(max(0, x + 3), 6) / 6.
    """

    paper = "Courbariaux, Bengio and David, BinaryConnect, 2015"
    function, levels = "F.hardsigmoid", Limits((0.0, 1.0))


@layer("hardtanh", family="activation", ports=_PORTS, rare=True, keywords="clamp clip limit squash")
class Hardtanh(Activation):
    """Cut numbers off below and above.

    y = min(max(x, min_val), max_val).
    """

    function = "F.hardtanh"
    min_val: float = real(-1.0, "Smallest number that comes out.", card=True, phrase="{} to")
    max_val: float = real(1.0, "Largest number that comes out.", card=True)

    def limits(self) -> Limits:
        return Limits((self.min_val, self.max_val))

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if self.min_val > self.max_val:
            yield Fault(
                "the smallest number is above the largest", "min_val", formula=f"{self.min_val} > {self.max_val}"
            )

    def card(self) -> str:
        return f"{self.min_val:g} to {self.max_val:g}".replace("-", "−")


@layer("selu", family="activation", ports=_PORTS, rare=True, keywords="self normalizing exponential", gain="selu")
class SELU(Activation):
    """An ELU scaled so that layer after layer keeps mean 0 and deviation 1 by itself.

    y = 1.0507·x for x > 0, else 1.0507·1.6733·(eˣ − 1). Wants LeCun's initialisation and AlphaDropout.
    """

    paper = "Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017"
    function, levels = "F.selu", Limits((), (-1.7580993408473766,))


@layer("celu", family="activation", ports=_PORTS, rare=True, keywords="exponential continuous")
class CELU(Activation):
    """An ELU whose slope has no jump at zero, whatever alpha is.

    y = max(0, x) + min(0, alpha·(e^(x/alpha) − 1)).
    """

    paper = "Barron, Continuously differentiable exponential linear units, 2017"
    function = "F.celu"
    alpha: float = real(1.0, "Where negative numbers saturate: at −alpha.", low=0.001, high=100, phrase="α {}")

    def limits(self) -> Limits:
        return Limits((), (-self.alpha,))


@layer(
    "softplus", family="activation", ports=_PORTS, rare=True, keywords="smooth rectifier positive", holds="nonnegative"
)
class Softplus(Activation):
    """A ReLU with a rounded corner; always above zero, so it suits deviations and rates.

    y = log(1 + e^(beta·x)) / beta; where beta·x is above threshold, simply x.
    """

    paper = "Dugas, Bengio, Bélisle, Nadeau and Garcia, Incorporating second-order functional knowledge, 2000"
    function, levels = "F.softplus", Limits((), (0.0,))
    beta: float = real(1.0, "How sharp the corner is.", low=0.01, high=100, phrase="β {}")
    threshold: float = real(20.0, "From where on it is the straight line.", low=0, high=1000, more=True)


@layer("softsign", family="activation", ports=_PORTS, rare=True, keywords="squash")
class Softsign(Activation):
    """Squash each number to between −1 and 1, more slowly than tanh.

    y = x / (1 + |x|).
    """

    function, levels = "F.softsign", Limits((), (-1.0, 1.0))


@layer(
    "log_sigmoid", family="activation", label="LogSigmoid", ports=_PORTS, rare=True, keywords="log", holds="logarithms"
)
class LogSigmoid(Activation):
    """The logarithm of the sigmoid, without rounding small ones to zero.

    y = −log(1 + e⁻ˣ).
    """

    function, levels = "F.logsigmoid", Limits((), (0.0,))


@layer("glu", family="activation", ports=_PORTS, rare=True, keywords="gated linear unit gate")
class GLU(Layer):
    """Halve the features: the second half, squashed, decides how much of the first passes.

    y = a ⊙ σ(b), where a and b are the halves along dim.
    """

    paper = "Dauphin, Fan, Auli and Grangier, Language modeling with gated convolutional networks, 2016"
    dim: int = index(-1, "Axis that is halved (1 is the first after the batch, −1 the last).", phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        if shapes[0][at] % 2:
            words = f"{text(shapes[0])} cannot be halved along axis {self.dim}"
            raise ShapeError(words, "dim", f"{shapes[0][at]} / 2 = {shapes[0][at] / 2:g}")
        return (*shapes[0][:at], derive(_HALF, {"n": shapes[0][at]}), *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.glu", *refs, **self.given("dim"))


@layer("threshold", family="activation", ports=_PORTS, rare=True, keywords="cut step")
class Threshold(Activation):
    """Let numbers above a threshold pass and set all others to one value.

    y = x for x > threshold, else value.
    """

    function = "F.threshold"
    threshold: float = real(0.0, "What passes is above this.", card=True, phrase="above {}")
    value: float = real(0.0, "What all others become.")

    def limits(self) -> Limits:
        return Limits((self.value,))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, threshold=self.threshold, value=self.value)


@layer("tanhshrink", family="activation", ports=_PORTS, rare=True, keywords="shrink")
class Tanhshrink(Activation):
    """Take tanh away from each number: small ones nearly vanish, large ones shrink by 1.

    y = x − tanh(x).
    """

    function = "F.tanhshrink"


@layer("softshrink", family="activation", ports=_PORTS, rare=True, keywords="shrink sparse lasso")
class Softshrink(Activation):
    """Bring every number nearer to zero by lambd; what would pass zero becomes zero.

    y = x − lambd for x > lambd, x + lambd for x < −lambd, else 0. One step of the lasso.
    """

    function, levels = "F.softshrink", Limits((0.0,))
    lambd: float = real(0.5, "By how much.", low=0, high=1000, card=True, phrase="λ {}")


@layer("hardshrink", family="activation", ports=_PORTS, rare=True, keywords="shrink sparse")
class Hardshrink(Activation):
    """Set small numbers to zero and let large ones pass unchanged.

    y = x where |x| > lambd, else 0.
    """

    function, levels = "F.hardshrink", Limits((0.0,))
    lambd: float = real(0.5, "What counts as small.", low=0, high=1000, card=True, phrase="λ {}")


@layer(
    "rrelu", family="activation", label="RReLU", ports=_PORTS, rare=True, random=True, keywords="random rectifier leaky"
)
class RReLU(Layer):
    """Let positive numbers pass and shrink negative ones by a slope that is drawn anew for each while training.

    y = x for x ≥ 0, else a·x with a between lower and upper; when not training, a is their mean.
    """

    paper = "Xu, Wang, Chen and Li, Empirical evaluation of rectified activations in convolutional network, 2015"
    lower: float = real(0.125, "Smallest slope.", low=0, high=10, card=1, phrase="{} to")
    upper: float = real(0.333, "Largest slope.", low=0, high=10, card=2)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if self.lower > self.upper:
            yield Fault("the smallest slope is above the largest", "lower", formula=f"{self.lower} > {self.upper}")

    def card(self) -> str:
        return f"{self.lower:g} to {self.upper:g}"

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.RReLU", self.lower, self.upper)
