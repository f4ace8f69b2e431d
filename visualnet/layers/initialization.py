"""Every way to start weights, declared once. The names are those of ``torch.nn.init``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from visualnet.layers.declaration.initialization import Initialization, fans, initialization
from visualnet.layers.declaration.params import Choice, real

LARGE = 1_000_000.0
"""No first weight and no deviation is larger."""

GAINS: Mapping[str, str] = {
    "relu": "√2: half of what arrives is cut off",
    "leaky_relu": "√(2 / (1 + a²)), a the slope below zero",
    "tanh": "5/3",
    "sigmoid": "1",
    "selu": "3/4",
    "linear": "1: nothing follows, or something that leaves the size as it is",
}
"""The nonlinearities whose gain torch knows (``torch.nn.init.calculate_gain``)."""


def _std(default: float) -> Any:
    return real(default, "Standard deviation.", low=0.0, high=LARGE, title="std")


def _gain() -> Any:
    words = "A factor on the deviation; 5/3 suits tanh, √2 ≈ 1.414 suits ReLU."
    return real(1.0, words, low=0.0, high=LARGE, title="gain")


@initialization("default", "PyTorch's own")
class Default(Initialization):
    """What PyTorch itself does for this layer.

    Linear layers and convolutions draw uniformly within ±1/√fan_in, biases too; embeddings draw from N(0, 1); recurrent layers draw
    uniformly within ±1/√hidden_size. Nothing is drawn anew.
    """


@initialization("zeros", "Zeros", function="zeros_", whole=True, deviation="0")
class Zeros(Initialization):
    """All zero, biases and scales too: every unit starts alike, gets the same gradient, and so stays alike.

    Good for the last layer of a residual branch, which then begins as the identity.
    """


@initialization("constant", "Constant", function="constant_", deviation="0")
class Constant(Initialization):
    """Every weight the same number: every unit starts alike and stays alike. Biases are zero."""

    val: float = real(0.1, "The number that every weight is.", low=-LARGE, high=LARGE, title="value")

    def center(self) -> float:
        return float(self.values["val"])


@initialization("normal", "Normal", function="normal_", deviation="s")
class Normal(Initialization):
    """Drawn from a normal distribution with this standard deviation. Biases are zero."""

    std: float = _std(0.01)
    mean: float = real(0.0, "Mean.", low=-LARGE, high=LARGE, title="mean")

    def center(self) -> float:
        return float(self.values["mean"])

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        return {"s": self.values["std"]}


@initialization("uniform", "Uniform", function="uniform_", deviation="(b - a) / sqrt(12)")
class Uniform(Initialization):
    """Every number between two bounds is as likely as every other. Biases are zero."""

    a: float = real(-0.05, "Lowest value.", low=-LARGE, high=LARGE, title="lowest")
    b: float = real(0.05, "Highest value.", low=-LARGE, high=LARGE, title="highest")

    def check(self) -> Iterable[tuple[str, str]]:
        yield from _fault_in_bounds(self.values)

    def center(self) -> float:
        return float(self.values["a"] + self.values["b"]) / 2

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        return {"a": self.values["a"], "b": self.values["b"]}


class _Xavier(Initialization):
    """Both ways to draw as Glorot and Bengio propose."""

    deviation = "g * sqrt(2 / (n + m))"
    paper = "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010"
    gain: float = _gain()

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        return {**fans(shape), "g": self.values["gain"]}


@initialization("xavier_uniform", "Xavier, uniform", function="xavier_uniform_")
class XavierUniform(_Xavier):
    """Keeps the variance through layers with tanh or sigmoid, forwards and backwards alike; uniform within ±√3·std."""


@initialization("xavier_normal", "Xavier, normal", function="xavier_normal_")
class XavierNormal(_Xavier):
    """Keeps the variance through layers with tanh or sigmoid, forwards and backwards alike; normally distributed."""


class _Kaiming(Initialization):
    """Both ways to draw as He and others propose."""

    paper = "He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015"
    deviation = "g / sqrt(n)"
    a: float = real(
        0.0, "Slope below zero of the leaky ReLU that follows.", low=-1e3, high=1e3, title="slope", more=True
    )
    mode = Choice(
        "fan_in",
        "Whether sizes are kept on the way forwards or of gradients on the way back.",
        {"fan_in": "what goes forwards keeps its size", "fan_out": "gradients keep their size"},
        title="keeps",
    )
    nonlinearity = Choice("leaky_relu", "The nonlinearity that follows: it sets the gain.", GAINS, title="before")

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        counted = fans(shape)["n" if self.values["mode"] == "fan_in" else "m"]
        return {"n": counted, "g": round(gain(self.values["nonlinearity"], self.values["a"]), 12)}


@initialization("kaiming_uniform", "He (Kaiming), uniform", function="kaiming_uniform_")
class KaimingUniform(_Kaiming):
    """Keeps the variance through layers with ReLU; uniform within ±√3·std."""


@initialization("kaiming_normal", "He (Kaiming), normal", function="kaiming_normal_")
class KaimingNormal(_Kaiming):
    """Keeps the variance through layers with ReLU; normally distributed."""


@initialization("orthogonal", "Orthogonal", function="orthogonal_", deviation="g / sqrt(l)")
class Orthogonal(Initialization):
    """Rows (or columns) of length 1 at right angles: lengths are kept exactly. A kernel is taken as outputs × all the rest."""

    paper = "Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear networks, 2013"
    gain: float = _gain()

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        return {"l": max(shape[0], math.prod(shape[1:])), "g": self.values["gain"]}


@initialization("trunc_normal", "Truncated normal", function="trunc_normal_", deviation="c * s")
class TruncatedNormal(Initialization):
    """Normal, but drawn again where a number would lie outside two bounds. The bounds are numbers, not multiples of std."""

    std: float = real(0.02, "Standard deviation before cutting off.", low=1e-9, high=LARGE, title="std")
    mean: float = real(0.0, "Mean before cutting off.", low=-LARGE, high=LARGE, title="mean", more=True)
    a: float = real(-2.0, "Lowest value.", low=-LARGE, high=LARGE, title="lowest", more=True)
    b: float = real(2.0, "Highest value.", low=-LARGE, high=LARGE, title="highest", more=True)

    def check(self) -> Iterable[tuple[str, str]]:
        yield from _fault_in_bounds(self.values)
        mean, std, a, b = (self.values[k] for k in ("mean", "std", "a", "b"))
        if a < b and not a - 2 * std <= mean <= b + 2 * std:
            words = f"the mean {mean:g} lies more than 2 std outside the bounds {a:g} to {b:g}: nothing could be drawn"
            yield "mean", words

    def center(self) -> float:
        low, high, share = self._cut()
        shift = (_density(low) - _density(high)) / share
        return float(self.values["mean"] + shift * self.values["std"])

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        low, high, share = self._cut()
        shift = (_density(low) - _density(high)) / share
        left = 1 + (low * _density(low) - high * _density(high)) / share - shift * shift
        return {"s": self.values["std"], "c": round(math.sqrt(max(left, 0.0)), 12)}

    def _cut(self) -> tuple[float, float, float]:
        """Where the bounds lie in deviations from the mean, and what share lies between."""
        mean, std = self.values["mean"], self.values["std"]
        low, high = (self.values["a"] - mean) / std, (self.values["b"] - mean) / std
        return low, high, max(_below(high) - _below(low), 1e-12)


def gain(nonlinearity: str, slope: float) -> float:
    """By how much a nonlinearity shrinks what passes: ``torch.nn.init.calculate_gain``."""
    known = {"relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + slope**2)), "tanh": 5 / 3, "selu": 3 / 4}
    return known.get(nonlinearity, 1.0)


def _fault_in_bounds(values: Mapping[str, float]) -> Iterable[tuple[str, str]]:
    if not values["a"] < values["b"]:
        words = f"the lowest value {values['a']:g} is not below the highest {values['b']:g}; make it smaller"
        yield "a", words


def _density(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) if abs(z) < 38 else 0.0


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
