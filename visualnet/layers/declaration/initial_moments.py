"""How large a tensor's numbers are before any training: a mean and a variance, carried through the layers by formula.

As He et al. 2015 and Glorot and Bengio 2010 reckon: weights are drawn with mean 0, so a weighted sum of n numbers with mean
square q has the variance n·Var(w)·q. What is not known is None, and nothing that rests on it is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from visualnet.layers.declaration.initialization import Initialization
from visualnet.layers.declaration.sizes import Shape, Sized


class Moments(NamedTuple):
    """The mean and the variance of a tensor's numbers."""

    mean: float
    variance: float

    @property
    def power(self) -> float:
        """The mean of the squares."""
        return self.mean * self.mean + self.variance


NORMAL = Moments(0.0, 1.0)


class InitialState(NamedTuple):
    """What a layer begins with: its inputs' moments (None where unknown) and shapes, its weights' shapes, and how they are drawn."""

    arriving: tuple[Moments | None, ...]
    shapes: tuple[Shape | None, ...]
    weights: Mapping[str, Sized]
    init: Initialization

    @property
    def first(self) -> Moments | None:
        return self.arriving[0] if self.arriving else None


def weight_variance(init: Initialization, shape: Sequence[int]) -> float | None:
    """The variance with which a matrix is drawn; None where its mean is not 0. PyTorch's own is uniform within ±1/√fan_in."""
    if init.center():
        return None
    found = init.variance(shape)
    return 1 / (3 * math.prod(shape[1:])) if found is None else found


def after_weights(start: InitialState, terms: float | None = None) -> Moments | None:
    """A weighted sum and a bias. ``terms`` is how many inputs each output reads, where that is not the weight's fan-in."""
    arriving, weight = start.first, start.weights.get("weight")
    if arriving is None or weight is None or weight.total == 0:
        return None
    fan_in = math.prod(weight[1:])
    drawn = weight_variance(start.init, tuple(map(int, weight)))
    if drawn is None:
        return None
    bias = 1 / (3 * fan_in) if "bias" in start.weights and not start.init.function else 0.0
    return Moments(0.0, (fan_in if terms is None else terms) * drawn * arriving.power + bias)


def after_normalization(start: InitialState) -> Moments:
    """What a normalization gives, whatever comes in."""
    return Moments(0.0, 0.0) if start.init.whole and start.weights else NORMAL


_POINTS = tuple(-4.5 + 0.25 * i for i in range(37))
_DENSITY = tuple(math.exp(-z * z / 2) for z in _POINTS)


@lru_cache(maxsize=4096)
def propagate_moments(arriving: Moments, function: Callable[[float], float]) -> Moments:
    """A function of normally distributed numbers."""
    deviation, whole = math.sqrt(arriving.variance), sum(_DENSITY)
    values = [function(arriving.mean + deviation * z) for z in _POINTS]
    mean = sum(w * v for w, v in zip(_DENSITY, values, strict=True)) / whole
    power = sum(w * v * v for w, v in zip(_DENSITY, values, strict=True)) / whole
    return Moments(mean, max(0.0, power - mean * mean))


@lru_cache(maxsize=4096)
def largest_of(arriving: Moments, count: int) -> Moments:
    """The largest of so many numbers. Neighbours are alike: they count as count^0.75 independent ones (fitted)."""
    alone = max(1, count) ** 0.75
    below = [(0.5 * (1 + math.erf((z + 0.125) / math.sqrt(2)))) ** alone for z in _POINTS]
    shares = [b - a for a, b in zip([0.0, *below], below, strict=False)]
    mean = sum(w * z for w, z in zip(shares, _POINTS, strict=True))
    power = sum(w * z * z for w, z in zip(shares, _POINTS, strict=True))
    return Moments(arriving.mean + math.sqrt(arriving.variance) * mean, arriving.variance * (power - mean * mean))


def inside_share(extent: int, out: int, kernel: int, stride: int, padding: int, dilation: int) -> float:
    """Along one axis, which share of a window's cells lies in the image, on average; the others are zeros of the padding."""
    outside = padding * (padding + stride) / (stride * dilation)
    return max(1 / kernel, 1 - outside / max(1, out * kernel))


def averaged_over(arriving: Moments | None, count: float) -> Moments | None:
    """The mean of so many numbers. Neighbours are alike: they count as √count independent ones."""
    return None if arriving is None else Moments(arriving.mean, arriving.variance / math.sqrt(max(1.0, count)))


def after_dropout(arriving: Moments | None, p: float) -> Moments | None:
    """What is left while a share p is set to 0 and the rest is divided by 1 − p."""
    if arriving is None or p >= 1:
        return None
    return Moments(arriving.mean, arriving.power / (1 - p) - arriving.mean**2)


def concatenate(parts: Sequence[tuple[Moments | None, int]]) -> Moments | None:
    """Several tensors behind one another, each with how many numbers it has."""
    whole = sum(count for _, count in parts)
    known = [(m, count) for m, count in parts if m is not None]
    if len(known) < len(parts) or not whole:
        return None
    mean = sum(m.mean * count for m, count in known) / whole
    power = sum(m.power * count for m, count in known) / whole
    return Moments(mean, max(0.0, power - mean * mean))


def add(parts: Sequence[Moments | None]) -> Moments | None:
    """Independent tensors added."""
    known = [m for m in parts if m is not None]
    if len(known) < len(parts):
        return None
    return Moments(sum(m.mean for m in known), sum(m.variance for m in known))


def multiply(parts: Sequence[Moments | None]) -> Moments | None:
    """Independent tensors multiplied."""
    known = [m for m in parts if m is not None]
    if len(known) < len(parts):
        return None
    mean, power = math.prod(m.mean for m in known), math.prod(m.power for m in known)
    return Moments(mean, max(0.0, power - mean * mean))


# --- the first loss --------------------------------------------------------------------------------------------------------------------

DRAWS, MOST_DRAWN = 8_000, 512
"""So many logits are drawn, shared out to samples; for more classes than these a formula does."""


@lru_cache(maxsize=64)
def _drawn(classes: int) -> tuple[tuple[float, ...], ...]:
    """Normal logits for some samples, always the same."""
    import random

    rng = random.Random(classes)
    return tuple(tuple(rng.gauss(0, 1) for _ in range(classes)) for _ in range(DRAWS // classes))


@lru_cache(maxsize=512)
def expected_cross_entropy(deviation: float, classes: int) -> float:
    """The mean cross-entropy of labels that normal logits of this deviation know nothing of: E log Σ exp(z)."""
    if deviation**2 < 0.5:
        return math.log(classes) + deviation**2 / 2
    if classes > MOST_DRAWN:  # the random energy model: above a deviation of √(2·ln K) the largest logit alone counts
        freezing = math.sqrt(2 * math.log(classes))
        return math.log(classes) + deviation**2 / 2 if deviation < freezing else deviation * freezing
    total = 0.0
    drawn = _drawn(classes)
    for sample in drawn:
        top = deviation * max(sample)
        total += top + math.log(sum(math.exp(deviation * z - top) for z in sample))
    return total / len(drawn)


def binary_surprise(logits: Moments) -> float:
    """The same for yes and no: E log(1 + exp(z)), the target even."""
    return propagate_moments(logits, _softplus).mean - logits.mean / 2


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
