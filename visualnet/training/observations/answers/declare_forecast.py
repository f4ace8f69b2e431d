"""The next values of a series that a network tells, against those that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.marks import Chart
from visualnet.layers.declaration.params import count
from visualnet.training.observations.answers.declare_images import thin_looks
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.answers.images import chosen_batch, in_data_units, looks_of_same, sample_names
from visualnet.training.observations.observation import (
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

MOST_BEFORE = 3
"""So much longer than the forecast the known part is drawn at most."""


def series_field(analysis: Analysis) -> str:
    """The only input, if it is a series: real numbers (step, feature)."""
    inputs = analysis.main.sinks("input")
    if len(inputs) != 1 or inputs[0].layer is None:
        return ""
    spec = next(iter(inputs[0].leaving.values()), None)
    is_series = spec is not None and spec.dtype == "float" and len(spec.shape) == 2 and int(spec.shape[0]) > 1
    return str(inputs[0].layer.values()["field"]) if is_series else ""


def forecast_ports(analysis: Analysis) -> list[Subject]:
    """The ports whose values (step,) a loss for numbers holds against what came after a series."""
    if not series_field(analysis):
        return []
    found: list[Subject] = []
    for node in analysis.main.nodes.values():
        for name, spec in node.leaving.items():
            kind, field = held_against(analysis, Port(node.node.id, name))
            if field and kind == "numbers" and spec is not None and spec.batched and len(spec.shape) == 1:
                found.append(((node.node.id,), name))
    return found


@observation("forecast", "Forecast against truth", "Samples", about="output", keeps=40)
class Forecast(Observation):
    """The series that the network was shown, what it says will follow, and what did follow."""

    drawn_by = frozenset({"looks", "feature"})
    reading = (
        "Left of 0 is what the network knows, right of it what it foretells, beside what came. Where both lines part it is wrong: mostly "
        "the further ahead, the more. A forecast that stays flat only says that nothing will change."
    )
    looks: int = count(0, "So many earlier steps have a line.", low=0, high=6)
    feature: int = count(1, "Which column of the series is drawn.", low=1, high=1000)
    why_none = (
        "This is for networks that read a series of real numbers and answer the values that follow, held against them by a loss: "
        "squared or absolute error."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return forecast_ports(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        field = series_field(context.model.analysis)
        _, target = held_against(context.model.analysis, Port(subject[0][-1], subject[1]))
        places = np.array([context.place])
        batch = chosen_batch(context, places)
        said = context.values([subject], batch)[subject]
        arrays: dict[str, NDArray[Any]] = {
            "places": places,
            "known": in_data_units(context, field, batch[field])[0],
            "made": in_data_units(context, target, said)[0],
        }
        if not context.own:
            arrays["came"] = as_array(batch[target])[0]
        return Result(arrays, {"names": sample_names(context, places)})

    def draw(self, result: Result, history: History) -> Chart:
        arrays = result.arrays
        known = arrays["known"][:, min(self.feature, arrays["known"].shape[1]) - 1]
        ahead = len(arrays["made"])
        known = known[-MOST_BEFORE * ahead :]
        before = tuple(float(at) for at in range(1 - len(known), 1))
        after = tuple(float(at) for at in range(1, ahead + 1))
        curves = [Curve("known", before, tuple(known.tolist()))]
        if "came" in arrays:
            curves.append(Curve("came", after, tuple(arrays["came"].tolist())))
        for step, look in reversed(thin_looks(looks_of_same(history, result, "made"), self.looks)):
            values = tuple(look.arrays["made"].tolist())
            words = tuple(f"{at:.0f} ahead: {value:.3g}" for at, value in zip(after, values, strict=True))
            curves.append(Curve(f"step {step:,}", after, values, True, words))
        return CurveChart(tuple(curves), "steps ahead", "value", None, None, square=False)
