"""What a judgement is, and the list of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from visualnet.figures.charts.marks import Chart
from visualnet.training.evaluation.prediction_set import PredictionSet

Make = Callable[..., Chart]
"""Of what is judged, the view, and where there is a dial where that stands (None: where it is best)."""


@dataclass(frozen=True)
class Judgement:
    """One look at the answers. ``make`` draws it; ``views`` are the ways to draw it, the first of which is shown at first.

    ``words`` say how it is read. One that ``is_list`` gives samples instead of a chart. Judgements of ``probabilities`` need those to be
    known.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    words: str
    make: Make
    views: Callable[[PredictionSet], tuple[str, ...]] = lambda predictions: ("",)
    probabilities: bool = False
    is_list: bool = False
    fits: Callable[[PredictionSet], bool] = lambda predictions: True
    dial: str = ""
    """What a person can move in it from 0 to 1; the chart then has a ``place``, where it stands."""

    def can_judge(self, predictions: PredictionSet) -> bool:
        """Whether it can be drawn of these answers."""
        known = predictions.has_probabilities or not self.probabilities
        return predictions.task in self.tasks and known and bool(self.views(predictions)) and self.fits(predictions)

    def chart(self, predictions: PredictionSet, view: str = "", at: float | None = None) -> Chart:
        """The chart, in one of its views; ``at`` is where its dial stands."""
        chosen = view or self.views(predictions)[0]
        return self.make(predictions, chosen, at) if self.dial else self.make(predictions, chosen)


JUDGEMENTS: dict[str, Judgement] = {}
"""Every judgement by name."""


def judgement(name: str, title: str, tasks: str, words: str, **traits: Any) -> Callable[[Make], Make]:
    """Register a judgement: a function of what is judged and of the view."""

    def register(make: Make) -> Make:
        assert name not in JUDGEMENTS, name
        JUDGEMENTS[name] = Judgement(name, title, tuple(tasks.split()), words, make, **traits)
        return make

    return register


def judgements_for(predictions: PredictionSet) -> list[Judgement]:
    """The judgements of these answers, in the order in which they are shown: lists of samples behind the charts."""
    return sorted((found for found in JUDGEMENTS.values() if found.can_judge(predictions)), key=lambda one: one.is_list)
