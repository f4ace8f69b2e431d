"""What a metric is, and the list of all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_percent
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
Values = Callable[[PredictionSet, Array], Array]


@dataclass(frozen=True)
class Metric:
    """A figure of merit. ``values`` maps weights of the samples, rows (draw, sample), to a value for each row.

    ``better`` is ``max`` or ``min``, or empty where neither is. ``words`` say what it is; ``meaning`` what a value of it means: ``{}`` is
    the value, ``{odds}`` e to its negative. A ``percent`` metric is a share. Metrics of ``probabilities`` need those to be known.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    better: str
    words: str
    meaning: str
    values: Values
    percent: bool = True
    probabilities: bool = False
    fits: Callable[[PredictionSet], bool] = lambda predictions: True

    def can_draw(self, predictions: PredictionSet) -> bool:
        """Whether it can be computed of these answers."""
        known = predictions.has_probabilities or not self.probabilities
        return predictions.task in self.tasks and known and self.fits(predictions)

    def format(self, value: float) -> str:
        """A value as people read it."""
        return format_percent(value) if self.percent else format_number(value)

    def explain(self, value: float) -> str:
        """What this value means, in a sentence."""
        odds = format_percent(math.exp(-value)) if value > 0 else ""
        return self.meaning.replace("{}", self.format(value)).replace("{odds}", odds)


METRICS: dict[str, Metric] = {}
"""Every metric by name; the first that fits is the one that the eye meets first."""


def metric(
    name: str, title: str, tasks: str, better: str, words: str, meaning: str, **traits: Any
) -> Callable[[Values], Values]:
    """Register a metric: a function of what is judged and of weights."""

    def register(values: Values) -> Values:
        assert name not in METRICS, name
        METRICS[name] = Metric(name, title, tuple(tasks.split()), better, words, meaning, values, **traits)
        return values

    return register


def average(values: Array, weights: Array) -> Array:
    """The mean of a value of each sample, for each row of weights."""
    found: Array = weights @ values / weights.sum(1)
    return found


def metrics_for(predictions: PredictionSet) -> list[Metric]:
    """The metrics of these answers, the most important first."""
    return [found for found in METRICS.values() if found.can_draw(predictions)]
