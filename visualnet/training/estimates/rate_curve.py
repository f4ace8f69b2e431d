"""The loss over the learning rate, as a range test found it, and the rate that is proposed from it. Needs no torch.

Smith 2017, Cyclical Learning Rates for Training Neural Networks: while the rate rises from step to step, the loss first stands still,
then falls, and at last rises. A good rate lies where it falls fastest, well below the one at which training diverges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 100
LEAST_STEPS, MOST_STEPS = 20, 1000
FOLLOW = 0.8
"""How much of the running mean stays at each step."""
SPREAD = 0.12
"""How wide the smoothing of the whole curve is, in powers of ten of the rate."""
FIRST = 0.06
"""The share of the steps whose mean loss is the level that the test began at."""
LASTS, BEFORE, LEAST = 5, 40, 20
"""So many losses in a row must be above nine tenths of so many at the best, of which at least so many are taken: one batch of hard
samples is no divergence. On losses that are drawn from one log-normal distribution (sigma 1 to 2.2) it errs in 2 of 100 tests."""
NOISE = 4.0
"""A fall counts from so many deviations of the running mean on."""

Floats = NDArray[np.float64]


class RateCurve(NamedTuple):
    """What a range test found. ``ended``: ``highest`` (the end of the range), ``diverged`` or ``nonfinite``."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    ended: str
    lowest: float
    highest: float
    batch_size: int
    optimizer: str
    device: str

    @property
    def smoothed(self) -> Floats:
        """The losses, each averaged with its neighbours on both sides: the curve is not shifted by it."""
        losses = np.asarray(self.losses, np.float64)
        if len(losses) < 3:
            return losses
        found: Floats = _shares(self.rates) @ losses
        return found

    @property
    def diverged_at(self) -> float | None:
        """The rate at which the loss was NaN, or had lost all that it had gained; None if the range ended before."""
        return None if self.ended == "highest" else self.rates[-1]


class Proposal(NamedTuple):
    """A learning rate (None: the curve gives none), how it was found, and what it was found from."""

    rate: float | None
    words: str
    steepest: float | None = None
    diverges: float | None = None


def rising_rates(lowest: float, highest: float, steps: int) -> tuple[float, ...]:
    """Rates from the lowest to the highest, each by the same factor above the one before.

    Raises:
        ValueError: these are no bounds of a range, or too few steps.
    """
    if not (0 < lowest < highest <= 1e6 and lowest >= 1e-12):
        raise ValueError(
            f"the rate is to rise from {lowest:g} to {highest:g}: choose a lowest of at least 1e-12 and a highest "
            "above it, for example 1e-6 and 10"
        )
    if not LEAST_STEPS <= steps <= MOST_STEPS:
        raise ValueError(f"{steps:,} steps: choose {LEAST_STEPS} to {MOST_STEPS:,}, for example {STEPS}")
    factor = (highest / lowest) ** (1 / (steps - 1))
    return tuple(lowest * factor**i for i in range(steps))


class DivergenceWatch:
    """Follows the losses of a test, one by one, and says when to stop.

    A running mean is held against the mean of the first losses: where it had fallen well below, being back there is enough (a network
    that a large step has killed stays there); where it never had, half as high again is wanted. Each of the latest losses must be
    high as well: those of a network that has learned are tiny but for a few, which raise the mean for some steps.
    """

    def __init__(self, steps: int) -> None:
        self.first = max(3, round(FIRST * steps))
        self.losses: list[float] = []
        self.mean = 0.0
        self.best, self.best_at = math.inf, 0

    def diverges(self, loss: float) -> bool:
        """Take in the next loss; whether it is not finite, or the running mean is too high."""
        if not math.isfinite(loss):
            return True
        self.losses.append(loss)
        count = len(self.losses)
        self.mean = loss if count == 1 else FOLLOW * self.mean + (1 - FOLLOW) * loss
        if count <= self.first:
            return False
        if self.mean <= self.best:
            self.best, self.best_at = self.mean, count
        level, noise = self.level()
        fell = self.best < level - NOISE * noise
        bound = level + (noise if fell else max(abs(level) / 2, NOISE * noise))
        return self.mean > bound and self._stays_high()

    def _stays_high(self) -> bool:
        at = max(self.best_at, LEAST)
        usual = self.losses[max(at - BEFORE, 0) : at]
        return len(self.losses) - at >= LASTS and min(self.losses[-LASTS:]) > float(np.quantile(usual, 0.9))

    def level(self) -> tuple[float, float]:
        """The mean of the first losses, and how far the running mean strays by chance."""
        first = np.asarray(self.losses[: self.first])
        return float(first.mean()), float(first.std()) * math.sqrt((1 - FOLLOW) / (1 + FOLLOW))


def propose(curve: RateCurve) -> Proposal:
    """The rate at which the smoothed loss falls fastest per power of ten, and no more than a tenth of the one at which it diverges."""
    diverges = curve.diverged_at
    steepest = _steepest(curve)
    if steepest is None:
        words = f"The loss falls nowhere between {format_number(curve.lowest, 2)} and {format_number(curve.rates[-1], 2)}, and "
        if diverges is None:
            words += "does not diverge either: "
        else:
            words += f"diverges at {format_number(diverges, 2)}. A network that has learned falls no further: stay below a tenth of that, "
            words += f"{format_number(diverges / 10, 2)}. One that has not: "
        return Proposal(None, words + "test another range or more steps, or look at the network.", None, diverges)
    fastest = f"The smoothed loss falls fastest at {format_number(steepest, 2)}"
    if diverges is None:
        words = f"{fastest}, and training does not diverge up to {format_number(curve.highest, 2)}."
        if int(np.argmin(curve.smoothed)) >= len(curve.rates) - 3:
            words += " It still falls there: test a range that goes on to higher rates."
        return Proposal(_rounded(steepest), words, steepest)
    words = f"{fastest}, and training diverges at {format_number(diverges, 2)}, a tenth of which is {format_number(diverges / 10, 2)}: "
    return Proposal(_rounded(min(steepest, diverges / 10)), words + "proposed is the smaller one.", steepest, diverges)


def _shares(rates: Sequence[float]) -> Floats:
    """For each rate, the shares that the losses have in its mean."""
    at = np.log10(rates)
    weights = np.exp(-0.5 * ((at[:, None] - at[None, :]) / SPREAD) ** 2)
    found: Floats = weights / weights.sum(1, keepdims=True)
    return found


def _steepest(curve: RateCurve) -> float | None:
    """Where the smoothed loss falls fastest before its lowest point; None where it falls by no more than chance."""
    smoothed = curve.smoothed
    finite = np.asarray(curve.losses)
    first = max(3, round(FIRST * len(finite)))
    if len(smoothed) < first + 3:
        return None
    lowest = int(np.argmin(smoothed))
    # The deviation of one loss, from those between neighbours; and with it that of the difference of two means.
    single = float(np.median(np.abs(np.diff(finite)))) / (0.6745 * math.sqrt(2))
    noise = single * math.sqrt(1 / first + float((_shares(curve.rates)[lowest] ** 2).sum()))
    if lowest < 2 or float(finite[:first].mean()) - smoothed[lowest] <= max(NOISE * noise, 1e-9):
        return None
    slope = np.gradient(smoothed, np.log10(curve.rates))
    return float(curve.rates[int(np.argmin(slope[: lowest + 1]))])


def _rounded(rate: float) -> float:
    return float(f"{rate:.2g}")


def as_json(curve: RateCurve, proposal: Proposal) -> dict[str, object]:
    """All of it for programs."""
    return {
        "rate": proposal.rate,
        "words": proposal.words,
        "steepest": proposal.steepest,
        "diverges": proposal.diverges,
        **curve._asdict(),
        "smoothed": [round(float(value), 9) for value in curve.smoothed],
    }


def table_rows(curve: RateCurve, most: int = 16) -> Sequence[tuple[float, float]]:
    """Rates and smoothed losses, thinned for reading."""
    smoothed = curve.smoothed
    places = np.unique(np.linspace(0, len(smoothed) - 1, min(most, len(smoothed))).round().astype(int))
    return [(curve.rates[i], float(smoothed[i])) for i in places]
