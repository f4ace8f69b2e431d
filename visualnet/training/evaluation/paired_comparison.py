"""Two runs on the same samples: is the difference more than chance? Paired tests, seeded, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import capitalize_first, format_number, format_percent, format_quantity
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.intervals import Estimate, count_draws, draw_weights
from visualnet.training.evaluation.metrics import METRICS, Metric
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import unit_of

Array = NDArray[Any]
FLIPS = 10_000
ROOM = 4_000_000
SEED = 12
ENOUGH = 0.05
"""A difference that chance alone gives more seldom is called more than chance."""
OF_CLASSES = ("classes", "binary")


@dataclass(frozen=True)
class PairedComparison:
    """Two answers to the same samples. ``difference`` is the second's metric less the first's; ``p`` how often chance alone gives as much.

    ``only_first`` and ``only_second``, of classes: how many samples one answers right and the other one wrong.
    """

    metric: Metric
    first: float
    second: float
    difference: Estimate
    p: float
    test: str
    size: int
    only_first: int = 0
    only_second: int = 0
    unit: str = "sample"

    @property
    def decided(self) -> bool:
        """Whether the difference is more than chance."""
        return self.p < ENOUGH

    def describe(self, first: str = "the first", second: str = "the second") -> str:
        """The outcome, in words for who never heard of the test."""
        size = format_quantity(self.size, self.unit)
        if self.difference.value == 0 and self.p >= 1:
            return f"On these {size} {second} is exactly as good as {first}: nothing speaks for either."
        better = second if (self.difference.value > 0) == (self.metric.better == "max") else first
        much = self.metric.format(abs(self.difference.value))
        told = f"On these {size} {better} is better by {much} ({self.metric.title})."
        if self.only_first or self.only_second:
            told += (
                f" {capitalize_first(first)} alone is right on {self.only_first:,} of them, {second} alone on {self.only_second:,};"
                " on all others both are right or both wrong."
            )
        chance = format_percent(self.p, 1) if self.p >= 0.001 else "less than 0.1 %"
        told += f" If both were equally good, a difference this large would come by chance in {chance} of such comparisons: "
        if self.decided:
            return told + "it is more than chance."
        return told + "that is too often to say that one is better. A larger part of the data would tell."


def pair(first: Evaluation, second: Evaluation, number: int = 0) -> PairedComparison:
    """Hold two evaluations against each other, sample by sample.

    Raises:
        ValueError: they are not of the same samples, or answer different questions.
    """
    if first.part != second.part or first.data != second.data:
        raise ValueError(
            "the two runs were not judged on the same samples: both need the same data, divided alike, and the same part"
        )
    if number >= min(len(first.predictions), len(second.predictions)):
        raise ValueError("one of the two runs has no such answer")
    a, b = first.predictions[number], second.predictions[number]
    if a.task != b.task or not np.array_equal(a.samples, b.samples):
        raise ValueError("the two runs answer different questions")
    name = next(name for name in first.figures[number] if name in second.figures[number])
    return pair_predictions(a, b, METRICS[name])


def pair_predictions(a: PredictionSet, b: PredictionSet, metric: Metric) -> PairedComparison:
    """Two answers to the same samples by one metric."""
    ones, unit = np.ones((1, a.size)), unit_of(a)
    values = [float(metric.values(one, ones)[0]) for one in (a, b)]
    drawn = np.concatenate(
        [metric.values(b, w) - metric.values(a, w) for w in draw_weights(a.size, count_draws(a.size))]
    )
    low, high = np.percentile(drawn[np.isfinite(drawn)], [2.5, 97.5])
    difference = Estimate(values[1] - values[0], float(low), float(high))
    if a.task in OF_CLASSES:
        only_a, only_b = int((a.right & ~b.right).sum()), int((b.right & ~a.right).sum())
        p = mcnemar(only_a, only_b)
        return PairedComparison(
            metric, values[0], values[1], difference, p, "McNemar's exact test", a.size, only_a, only_b, unit
        )
    p = flip_signs(a.badness - b.badness)
    return PairedComparison(metric, values[0], values[1], difference, p, "paired permutation test", a.size, unit=unit)


def mcnemar(only_first: int, only_second: int) -> float:
    """How often chance alone divides the samples that only one answers right at least so unevenly (McNemar 1947, exact).

    If both were equally good, each of them would fall to either with one half.
    """
    n, k = only_first + only_second, min(only_first, only_second)
    if n == 0:
        return 1.0
    log_half = n * math.log(0.5)
    tail = math.fsum(
        math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + log_half) for i in range(k + 1)
    )
    return min(2 * tail, 1.0)


def flip_signs(differences: Array, flips: int = FLIPS, seed: int = SEED) -> float:
    """How often the mean of the differences is at least so far from 0 when each may have either sign (Fisher's permutation test).

    If both were equally good, which of the two was which would not matter.
    """
    there = differences[differences != 0].astype(np.float64)
    if not len(there):
        return 1.0
    seen = abs(there.sum()) * (1 - 1e-12)
    generator = np.random.default_rng(seed)
    at_once = max(1, min(flips, ROOM // len(there)))
    extreme = 0
    for begin in range(0, flips, at_once):
        rows = min(at_once, flips - begin)
        signs = generator.integers(0, 2, (rows, len(there)), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ there) >= seen).sum())
    return (extreme + 1) / (flips + 1)


def describe_difference(found: PairedComparison) -> str:
    """The difference with its interval, as a line of figures."""
    sign = "+" if found.difference.value > 0 else ""
    ends = [found.metric.format(end) for end in (found.difference.low, found.difference.high)]
    return f"{sign}{found.metric.format(found.difference.value)} ({ends[0]} to {ends[1]}), p = {format_number(found.p)}"
