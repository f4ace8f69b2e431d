"""What a chart is, and the list of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from visualnet.figures.charts.marks import Chart
from visualnet.training.evaluation.prediction_set import PredictionSet

ModuleCall = Callable[..., Chart]
"""Of what is judged, the view, and where there is a dial where that stands (None: where it is best)."""


@dataclass(frozen=True)
class EvaluationChart:
    """One look at the answers. ``make`` draws it; ``views`` are the ways to draw it, the first of which is shown at first.

    ``words`` say how it is read. One that ``is_list`` gives samples instead of a chart. Charts of ``probabilities`` need those to be
    known.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    words: str
    make: ModuleCall
    views: Callable[[PredictionSet], tuple[str, ...]] = lambda predictions: ("",)
    probabilities: bool = False
    is_list: bool = False
    fits: Callable[[PredictionSet], bool] = lambda predictions: True
    dial: str = ""
    """What a person can move in it from 0 to 1; the chart then has a ``place``, where it stands."""

    def can_draw(self, predictions: PredictionSet) -> bool:
        """Whether it can be drawn of these answers."""
        known = predictions.has_probabilities or not self.probabilities
        return predictions.task in self.tasks and known and bool(self.views(predictions)) and self.fits(predictions)

    def chart(self, predictions: PredictionSet, view: str = "", at: float | None = None) -> Chart:
        """The chart, in one of its views; ``at`` is where its dial stands."""
        chosen = view or self.views(predictions)[0]
        return self.make(predictions, chosen, at) if self.dial else self.make(predictions, chosen)


EVALUATION_CHARTS: dict[str, EvaluationChart] = {}
"""Every chart by name."""


def evaluation_chart(
    name: str, title: str, tasks: str, words: str, **traits: Any
) -> Callable[[ModuleCall], ModuleCall]:
    """Register a chart: a function of what is judged and of the view."""

    def register(make: ModuleCall) -> ModuleCall:
        assert name not in EVALUATION_CHARTS, name
        EVALUATION_CHARTS[name] = EvaluationChart(name, title, tuple(tasks.split()), words, make, **traits)
        return make

    return register


def charts_for(predictions: PredictionSet) -> list[EvaluationChart]:
    """The charts of these answers, in the order in which they are shown: lists of samples behind the charts."""
    return sorted(
        (found for found in EVALUATION_CHARTS.values() if found.can_draw(predictions)), key=lambda one: one.is_list
    )
