"""A place of a map: what it sees of the input, and how it reaches the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.attribution import AttributedBox, AttributedPart, AttributionChart
from visualnet.figures.charts.observed.side_by_side import SideBySideChart
from visualnet.layers.declaration.params import Choice, Int
from visualnet.training.observations.attribution.declare import TARGETS
from visualnet.training.observations.attribution.sample_parts import unpack
from visualnet.training.observations.excitation.declare import STRONGEST, UnitObservation, find_units, show_beside_map
from visualnet.training.observations.observation import History, Result, Subject, observation

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

MIDDLE = "the middle"


@observation("receptive_field", "Receptive field", "Excite", about="output", unit="gradient")
class ReceptiveField(UnitObservation):
    """What one place of a map sees of the input: by formula, and measured by gradients over some samples (Luo et al. 2016)."""

    reading = (
        "The dashed frame is what the place could see by the sizes of the windows on the way; the colours show how much it does, the solid "
        "frame where that ends. Mostly the middle counts far more than the edge: the effective field is smaller than the computed one."
    )
    channel: Any = Int(None, "Which channel, counted from 0", low=0, none="all channels")
    row: Any = Int(None, "Row of the map, or the token, counted from 0", low=0, none=MIDDLE)
    column: Any = Int(None, "Column of the map, counted from 0", low=0, none=MIDDLE)
    samples: Any = Int(8, "Over how many validation samples is measured", low=1, high=1024)
    why_none = (
        "No layer here has places: each of its numbers sees the whole input. "
        "Add a convolution, or look at saliency for what the answer rests on."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        found = []
        for path, port in find_units(analysis):
            facts = analysis.find(path)
            if facts is not None and len(facts.leaving[port].shape) >= 2:
                found.append((path, port))
        return found

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.fields.compute import observe_field

        return observe_field(context, subject, self.channel, (self.row, self.column), self.samples)

    def draw(self, result: Result, history: History) -> Chart:
        parts = tuple(unpack(result))
        most = max((float(part.map.max()) for part in parts if part.map.size), default=0.0) or 1.0
        boxes = []
        for name, colour, words, dashed in (
            ("computed", "accent", "computed", True),
            ("measured", "warning", "measured", False),
        ):
            if name in result.arrays:
                bounds = tuple((int(a), int(b)) for a, b in result.arrays[name])
                if all(b > a for a, b in bounds):
                    boxes.append(AttributedBox(0, bounds, colour, words, dashed))
        seen = AttributionChart(parts, 0.0, most, False, self.unit, tuple(boxes))
        return show_beside_map(result, seen, "What the place sees", self.channel is not None)


@observation("path_to_score", "Path to the score", "Explain", about="output", live=False, unit="score")
class PathToScore(UnitObservation):
    """How one unit of the chosen sample reaches the score of a class: what it adds at each node on the way."""

    reading = (
        "Each bar says how much of the score this one unit brings through that node: its value times the gradient along the ways from it. "
        "Bars are equal where all ways pass a node and differ where ways part; “via” names the channels that carry most. "
        "The picture shows what of the input the unit rests on."
    )
    row: Any = Int(None, "Row of the map, or the token, counted from 0", low=0, none=STRONGEST)
    column: Any = Int(None, "Column of the map, counted from 0", low=0, none=STRONGEST)
    target: Any = Choice("predicted", "Which class's score", TARGETS)
    number: Any = Int(0, "Number of the chosen class, counted from 0", low=0, high=100_000)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.fields.compute import observe_path

        place = (self.row, self.column)
        return observe_path(context, subject, self.channel, place, self.target, self.number)

    def draw(self, result: Result, history: History) -> Chart:
        parts = tuple(unpack(result))
        most = max((float(np.abs(part.map).max()) for part in parts if part.map.size), default=0.0) or 1.0
        over = AttributionChart(parts, -most, most, True, "unit")
        added = np.asarray(result.arrays["added"], np.float32).reshape(-1)
        names = tuple(
            f"{n} · {c}" if c else n for n, c in zip(result.words["nodes"], result.words["channels"], strict=True)
        )
        high = float(np.abs(added).max()) if added.size else 1.0
        bars = AttributedPart("bars", "nodes on the way", added, np.zeros(0, np.float32), names)
        way = AttributionChart((bars,), -high or -1.0, high or 1.0, True, self.unit)
        both = SideBySideChart(
            (over, way), ("What of the input it rests on", "What it adds at each node"), (0.45, 0.55)
        )
        return show_beside_map(result, both, "")
