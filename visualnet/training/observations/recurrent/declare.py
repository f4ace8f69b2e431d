"""What a layer that reads a sequence step by step remembers, and how its gates stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.figures.charts.marks import Chart
from visualnet.figures.sequences.heat_map import HeatMaps, Panel
from visualnet.layers.declaration.params import choice, count, flag
from visualnet.training.observations.differences import SCALE, SCALE_WORDS, scale_ends
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

ORDERS = {"layer": "as in the layer", "activity": "those that change most first"}
FIRST_LAYER = "weight_ih_l0"
"""What the weights of the first of the stacked layers are called in every layer that reads a whole sequence."""
SIGMOID = "gate"
"""What gates, which are from 0 to 1, have in their names."""


def _is_sequence(facts: NodeFacts, port: str) -> bool:
    spec = facts.leaving[port]
    return spec.dtype == "float" and len(spec.shape) == 2 and spec.axes[:1] == ("T",)


def _reads_steps(facts: NodeFacts) -> bool:
    return FIRST_LAYER in facts.weights or FIRST_LAYER in (facts.shared or ())


DRAWN_BY = frozenset({"order", "most"})


@observation("state_over_time", "State over the steps", "Sequences", about="output", drawn_by=DRAWN_BY | {"scale"})
class StateOverTime(Observation):
    """The numbers of each step of a sequence, for the chosen sample: what a recurrent layer remembers, or what a text became."""

    reading = (
        "Across are the steps of the sequence, down the units; a colour that stays over many steps is something remembered. "
        "Where a column changes in many units at once, the word there told the network something."
    )
    order: str = choice("layer", "In which order units stand.", ORDERS)
    most: int = count(128, "So many units are shown at most.", low=1, high=4096)
    scale: str = choice("kept", SCALE_WORDS, SCALE)
    why_none = (
        "Nothing in this network has steps: no layer hands on a sequence of vectors. Networks that read texts or rows do, such as "
        "the templates “lstm-classifier-small” and “gru-rows”."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return output_ports(analysis, _is_sequence)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.token_words import position_words, reaching_fields

        values = as_array(context.values([subject])[subject][0])
        return Result(
            {"values": values}, {"steps": position_words(context, reaching_fields(context, subject), len(values))}
        )

    def draw(self, result: Result, history: History) -> Chart:
        values = result.arrays["values"].T
        units = np.arange(len(values))
        if self.order == "activity":
            units = np.argsort(-np.abs(np.diff(values, axis=1)).sum(1), kind="stable")
        units = units[: self.most]
        shown = values[units]
        ends = scale_ends(shown, self.scale, history, "values")
        names = tuple(map(str, units.tolist()))
        note = f"{len(units):,} of {len(values):,} units" if len(units) < len(values) else ""
        panel = Panel("", shown, *ends)
        return HeatMaps((panel,), "unit", "step", names, _columns(result, values.shape[1]), "value", note=note)


@observation("gates", "Gates", "Sequences", about="output", drawn_by=DRAWN_BY)
class Gates(Observation):
    """The gates of an LSTM or GRU at every step of the chosen sample, computed from its weights."""

    reading = (
        "A gate is from 0 (shut) to 1 (open): a forget gate near 1 keeps the cell, an input gate near 1 takes the candidate in, a GRU's "
        "update gate near 1 keeps the old state. Look for units that stay shut and open at one kind of word."
    )
    layer: int = count(1, "Which of the stacked layers.", low=1, high=64)
    backward: bool = flag(False, "The direction that reads from the end.")
    order: str = choice("layer", "In which order units stand.", ORDERS)
    most: int = count(64, "So many units are shown at most.", low=1, high=4096)
    why_none = (
        "No layer here reads a sequence step by step, so there are no gates. Add an LSTM or a GRU, or open the template "
        "“lstm-classifier-small”; networks with attention have Attention instead."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        first = {id(facts): next(iter(facts.outputs)) for _, facts in analysis.walk() if _reads_steps(facts)}
        return output_ports(analysis, lambda facts, port: _reads_steps(facts) and first.get(id(facts)) == port)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from torch import nn

        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.module_calls import recorded_calls
        from visualnet.training.observations.recurrent.gates import unroll
        from visualnet.training.observations.token_words import position_words, reaching_fields

        module = context.module(subject[0])
        if not isinstance(module, nn.RNNBase):
            raise CannotObserve("This layer has no gates that could be computed.")
        with recorded_calls({"layer": module}) as calls:
            context.values([subject])
        x, *rest = calls["layer"].args
        start = rest[0] if rest and rest[0] is not None else ()
        start = start if isinstance(start, tuple) else (start,)
        try:
            found = unroll(module, x, start, layer=self.layer - 1, backward=self.backward)
        except ValueError as error:
            raise CannotObserve(f"This cannot be shown: {error}. Choose another in the settings.") from error
        arrays = {name: as_array(value[0]) for name, value in found.items()}
        return Result(arrays, {"steps": position_words(context, reaching_fields(context, subject), x.shape[1])})

    def draw(self, result: Result, history: History) -> Chart:
        values = {name: array.T for name, array in result.arrays.items()}
        state = values["state"]
        units = np.arange(len(state))
        if self.order == "activity":
            units = np.argsort(-np.abs(np.diff(state, axis=1)).sum(1), kind="stable")
        units = units[: self.most]
        panels = tuple(_panel(name, array[units]) for name, array in values.items())
        names = tuple(map(str, units.tolist()))
        note = f"{len(units):,} of {len(state):,} units" if len(units) < len(state) else ""
        return HeatMaps(panels, "unit", "step", names, _columns(result, state.shape[1]), note=note)


def _panel(name: str, values: np.ndarray) -> Panel:
    if SIGMOID in name:
        return Panel(name, values, 0.0, 1.0)
    most = max(_greatest(values), 1.0)
    return Panel(name, values, -most, most, True)


def _greatest(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _columns(result: Result, steps: int) -> tuple[str, ...]:
    words = result.words.get("steps", ())
    return words if len(words) == steps else ()
