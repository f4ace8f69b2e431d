"""What a unit of a layer answers to: observations of an output port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.examples import Example, ExampleList
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.attribution import AttributedPart, AttributionChart
from visualnet.figures.charts.observed.place_map import PlaceMap
from visualnet.figures.charts.observed.side_by_side import SideBySideChart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.layers.declaration.params import Choice, Float, Int, choice
from visualnet.training.observations.attribution.entries import find_entries
from visualnet.training.observations.attribution.sample_parts import unpack
from visualnet.training.observations.differences import SCALE, SCALE_WORDS
from visualnet.training.observations.observation import History, Observation, Result, Subject, observation
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

LOOKS = 32
STRONGEST = "the strongest"


def find_units(analysis: Analysis) -> list[Subject]:
    """The ports that carry real numbers behind the inputs."""
    if analysis.errors() or not find_entries(analysis):
        return []

    def has_units(facts: Any, port: str) -> bool:
        spec = facts.leaving[port]
        return spec.dtype == "float" and bool(spec.shape) and (facts.layer is None or facts.layer.role != "input")

    return output_ports(analysis, has_units)


class UnitObservation(Observation):
    """Base of those that look at one channel of a layer."""

    channel: Any = Int(None, "Which channel or unit, counted from 0", low=0, none=STRONGEST)
    why_none = "No layer here computes real numbers from what the network is shown: connect an input to a layer, and mend the problems."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return find_units(analysis)


def show_beside_map(result: Result, chart: Chart, title: str, keep_channel: bool = True) -> Chart:
    """A chart about a unit beside the map that it stands in, where a click chooses another place (or unit, where there are no places)."""
    row, column = (int(at) for at in result.arrays["chosen"])
    axes = int(result.arrays["place_axes"])
    settings = (
        ("", "channel") if axes == 0 else ("", "row") if axes == 1 else ("row", "column") if axes == 2 else ("", "")
    )
    name = f"Channel {int(result.arrays['channel'])}" if keep_channel else "All channels"
    # A click keeps the channel that is shown: the strongest one may be another at another place.
    also = (("channel", int(result.arrays["channel"])),) if axes and keep_channel else ()
    around = PlaceMap(result.arrays["around"], (row, column), settings, also)
    told = f"{name}: click a place" if any(settings) else name
    return SideBySideChart((around, chart), (told if axes else "Click a unit", title), (0.32, 0.68))


class Projection(UnitObservation):
    """Base of those that project one unit back to the input."""

    row: Any = Int(None, "Row of the map, or the token, counted from 0", low=0, none=STRONGEST)
    column: Any = Int(None, "Column of the map, counted from 0", low=0, none=STRONGEST)
    guided = False
    drawn_by = frozenset({"scale"})
    scale: str = choice("kept", SCALE_WORDS, SCALE)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.excitation.compute import observe_projection

        return observe_projection(context, subject, self.channel, (self.row, self.column), self.guided)

    def draw(self, result: Result, history: History) -> Chart:
        parts = unpack(result)
        kept = [part for _, one in history for part in unpack(one)] if self.scale == "kept" else []
        most = max((float(np.abs(part.map).max()) for part in [*parts, *kept] if part.map.size), default=0.0) or 1.0
        return show_beside_map(result, AttributionChart(tuple(parts), -most, most, True, self.unit), "Projected back")


@observation("deconvnet", "Deconvnet", "Excite", about="output", unit="signal")
class Deconvnet(Projection):
    """One unit projected back to the input through unpooling, rectifying and transposed filters (Zeiler and Fergus 2014)."""

    reading = (
        "This is the pattern of the sample that the unit answers to: red where more of the input makes it stronger, blue where less. "
        "Early layers show edges and colours, late ones whole parts; a blank picture means that the unit is silent here."
    )


@observation("guided_backpropagation", "Guided back-propagation", "Excite", about="output", unit="signal")
class GuidedBackpropagation(Projection):
    """The gradient of one unit that passes a ReLU only where it was active and only what is positive (Springenberg et al. 2015)."""

    reading = (
        "Read it as the deconvnet: the pattern of this sample that the unit answers to, with finer lines. "
        "It shows what is there rather than what decides: for that compare with saliency."
    )
    guided = True


@observation("strongest_samples", "Strongest samples", "Excite", about="output", live=False, of_sample=False)
class StrongestSamples(UnitObservation):
    """The samples of the validation set that excite a channel most, cut to what the strongest place sees."""

    reading = (
        "What these patches have in common is what the channel looks for; the number over each is its activation, with the class. "
        "If they have nothing in common, the channel has not learned one thing yet."
    )
    count: Any = Int(9, "How many samples", low=1, high=100)
    searched: Any = Int(256, "How many validation samples are looked through", low=1, high=100_000)
    shown: Any = Choice(
        "patch", "What is shown", {"patch": "the part that the place sees", "sample": "the whole sample"}
    )

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.excitation.compute import observe_strongest

        return observe_strongest(context, subject, self.channel, self.count, self.searched, self.shown == "patch")

    def draw(self, result: Result, history: History) -> Chart:
        samples = [int(one) for one in result.arrays["samples"]]
        if "tiles" in result.arrays:
            clicks = tuple((one,) for one in samples)
            words = tuple(f"sample {one}: {title}" for one, title in zip(samples, result.words["titles"], strict=True))
            return TilesChart(result.arrays["tiles"], result.words["titles"], samples=clicks, words=words)
        told = zip(samples, result.words["told"], result.arrays["values"], strict=True)
        return ExampleList(tuple(Example(one, words, float(value)) for one, words, value in told), "activation")


@observation(
    "activation_maximisation", "Made by gradient ascent", "Excite", about="output", live=False, of_sample=False
)
class ActivationMaximisation(UnitObservation):
    """An input that excites a channel, made from noise by gradient ascent (Erhan et al. 2009)."""

    reading = (
        "The picture is what the channel would like to see, from its least value in black to its greatest in white; the curve how it rose. "
        "Repeated strokes are its pattern; grain without a pattern means too little smoothing, or nothing learned yet."
    )
    aim: Any = Choice(
        "channel",
        "What is made strong",
        {"channel": "all places of the channel: the mean of what is above zero", "place": "the place in the middle"},
    )
    steps: Any = Int(128, "Steps of the ascent", low=1, high=10_000)
    rate: Any = Float(0.05, "How far a step goes", low=1e-5, high=10.0)
    decay: Any = Float(0.2, "How strongly large values are held back", low=0.0, high=100.0)
    smoothing: Any = Float(0.2, "How strongly neighbours are made alike", low=0.0, high=100.0)
    jitter: Any = Int(2, "By how much the picture is shifted at random in each step", low=0, high=32, unit="px")
    seed: Any = Int(0, "Seed of the noise", more=True)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.excitation.ascent import Regularisation
        from visualnet.training.observations.excitation.compute import observe_ascent

        held_back = Regularisation(self.decay, self.smoothing, self.jitter)
        return observe_ascent(
            context, subject, self.channel, self.aim == "channel", self.steps, self.rate, held_back, self.seed
        )

    def draw(self, result: Result, history: History) -> Chart:
        shown, values = result.arrays["shown"], result.arrays["values"]
        curve = Curve("channel", tuple(map(float, range(len(values)))), tuple(map(float, values)))
        rise = CurveChart((curve,), "step", "strength", None, None, square=False)
        if result.words["kind"] == ("image",):
            planes = np.repeat(shown[..., None], 3, -1) if shown.ndim == 2 else shown
            tile: Chart = TilesChart(np.asarray(planes * 255 + 0.5, np.uint8)[None], words=(result.note,))
        else:
            (kind,) = result.words["kind"]
            most = float(np.abs(shown).max()) or 1.0
            part = AttributedPart(kind, "made", shown, shown, result.words["names"])
            tile = AttributionChart((part,), -most, most, True, "value")
        return SideBySideChart((tile, rise), ("What was made", "How it rose"), (0.55, 0.45))
