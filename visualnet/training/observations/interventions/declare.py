"""What is observed by replacing values: what each unit is worth, what another sample brings, what lies between two samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodePath
from visualnet.core.graph import Port
from visualnet.core.text.format import format_percent
from visualnet.figures.charts.bars import Bar
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.changes import ChangeChart, Changes
from visualnet.figures.charts.tiles import TilesChart
from visualnet.layers.declaration.params import choice, count
from visualnet.training.observations.feeds.feed import find_units
from visualnet.training.observations.observation import (
    NETWORK,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

OTHER = "Which sample of the validation set the values are taken from"
MOST_CURVES = 6
MOST_PORTS = 400
"""Of a larger network the first ports are patched."""


@observation("knock_out", "Knock-out", "Explain", about="output", live=False, of_sample=False, view="knock_out")
class KnockOut(Observation):
    """What each unit is worth: the loss and the hits over the validation set when it alone is switched off."""

    reading = (
        "A long bar to the right under “change of the loss” is a unit that the network needs: without it the loss rises by so much. "
        "A bar whose dark line (its 95 % interval) crosses zero tells nothing; one to the left is a unit that does harm."
    )
    by: str = choice(
        "zeros", "What stands in the unit's place", {"zeros": "Zeros", "mean": "Its mean over the validation set"}
    )
    unit = "of the loss"
    samples: int = count(400, "Over so many samples of the validation set", low=20, high=10_000)
    most: int = count(512, "At most so many units are measured, the first ones", low=1, high=10_000)
    why_none = "There is no loss in this network: what a unit is worth is measured by it. Add a target and a loss."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [
            subject
            for subject in output_ports(analysis, lambda facts, port: find_units(facts.leaving.get(port)) is not None)
            if analysis.main.sinks("loss")
        ]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.interventions.knock_out import knock_out

        return knock_out(context, subject, self.by, self.samples, self.most)

    def draw(self, result: Result, history: History) -> Chart:
        order = np.argsort(-result.arrays["loss"][:, 0], kind="stable")
        columns = [Changes("Change of the loss", _bars(result.arrays["loss"][order]))]
        if "metric" in result.arrays:
            title = f"Change of “{result.words['metric'][0]}”"
            columns.append(Changes(title, _bars(result.arrays["metric"][order])))
        names = result.words["units"]
        return ChangeChart(tuple(names[at] for at in order), tuple(columns), "unit")


@observation("patching", "Activation patching", "Explain", about="network")
class Patching(Observation):
    """How much of another sample's answer each node's value brings back when it is put in the place of this sample's value."""

    reading = (
        "A bar of 1 means that this node's value alone carries all that makes the other sample's answer; 0 means that it carries nothing. "
        "Where the bars of a path fall below 1, the answer also rests on what flows beside that path, as past a skip connection."
    )
    live = False
    unit = "share of the other answer"
    other: int = count(1, OTHER, low=0)
    why_none = "This network has no output yet: draw it up to an Output, then values can be patched before it."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [NETWORK] if analysis.main.sinks("output") and patched_ports(analysis) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.interventions.patching import patch

        return patch(context, patched_ports(context.model.analysis), self.other)

    def draw(self, result: Result, history: History) -> Chart:
        bars = tuple(Bar(float(value)) for value in result.arrays["brought"])
        return ChangeChart(result.words["nodes"], (Changes("Share of the other sample's answer", bars),), "node")


@observation("interpolation", "Between two samples", "Samples", about="output")
class Interpolation(Observation):
    """What the network answers when the value here goes in even steps from this sample's to another one's."""

    reading = (
        "From left to right the value of this node is blended from the chosen sample's to the other's, and the network answers each blend. "
        "Steps that look like something at the middle too, and no double exposure, say that this node orders samples by what they show."
    )
    live = False
    other: int = count(1, OTHER, low=0)
    steps: int = count(9, "So many steps, both ends among them", low=2, high=64)
    why_none = (
        "This network has no output yet: draw it up to an Output, then what it answers between two samples can be seen."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        if not analysis.main.sinks("output"):
            return []
        return output_ports(analysis, lambda facts, port: facts.leaving[port].dtype == "float")

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.interventions.patching import interpolate

        return interpolate(context, subject, self.other, self.steps)

    def draw(self, result: Result, history: History) -> Chart:
        answers, shares = result.arrays["answers"], result.arrays["shares"]
        titles = tuple(format_percent(float(share), 0) for share in shares)
        if answers.ndim == 4 and answers.shape[1] == 3 and float(answers.min()) >= 0 and float(answers.max()) <= 1:
            pictures = np.rint(answers.transpose(0, 2, 3, 1) * 255).astype(np.uint8)
            return TilesChart(pictures, titles)
        if answers.ndim >= 3:
            maps = answers.reshape(len(answers), -1, answers.shape[-1]) if answers.ndim != 4 else answers[:, 0]
            low, high = float(maps.min()), float(maps.max())
            return TilesChart(maps, titles, low, max(high, low + 1e-9))
        values = answers.reshape(len(answers), -1)
        names = result.words.get("classes") or tuple(f"number {at}" for at in range(values.shape[1]))
        # The curves that somewhere are the largest, or move the most.
        moved = np.argsort(-(values.max(0) + values.max(0) - values.min(0)), kind="stable")[:MOST_CURVES]
        x = tuple(float(share) for share in shares)
        curves = tuple(Curve(names[at], x, tuple(map(float, values[:, at]))) for at in sorted(moved))
        between = (0.0, 1.0) if "classes" in result.words else None
        title = "probability" if "classes" in result.words else "answer"
        return CurveChart(curves, "share of the other sample", title, y=between, square=False)


@observation("unit_ranges", "Ranges of units", "Flow", about="output", live=False, of_sample=False)
class UnitRanges(Observation):
    """Between which numbers each unit of a node moves over the validation set, and its mean."""

    reading = (
        "Each row is a unit: the bar is its mean over the validation set, the dark line goes from its least to its largest number. "
        "A line without length is a unit that always says the same, and so tells the next layer nothing."
    )
    samples: int = count(400, "Over so many samples of the validation set", low=2, high=10_000)
    why_none = "No node of this network gives numbers that divide into units: add a layer such as Linear or Conv2d."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return output_ports(analysis, lambda facts, port: find_units(facts.leaving.get(port)) is not None)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.interventions.knock_out import measure_ranges

        return measure_ranges(context, subject, self.samples)

    def draw(self, result: Result, history: History) -> Chart:
        low, mean, high = (result.arrays[name] for name in ("low", "mean", "high"))
        bars = tuple(Bar(float(m), float(a), float(b)) for a, m, b in zip(low, mean, high, strict=True))
        return ChangeChart(result.words["units"], (Changes("Least, mean and largest number", bars),), "unit")


def patched_ports(analysis: Analysis) -> list[Subject]:
    """The ports whose values are patched: those that something reads; what only enters a block is patched where it leaves the node
    before."""
    return [(path, port) for path, port in output_ports(analysis) if _is_read(analysis, path, port)][:MOST_PORTS]


def _is_read(analysis: Analysis, path: NodePath, port: str) -> bool:
    facts, above = analysis.find(path), path[:-1]
    if facts is None or (above and facts.layer is not None and facts.layer.role == "input"):
        return False
    return Port(facts.node.id, port) in analysis.inside(above).graph.wires.values()


def _bars(figures: np.ndarray) -> tuple[Bar, ...]:
    return tuple(Bar(float(value), float(low), float(high)) for value, low, high in figures)
