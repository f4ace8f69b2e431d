"""What flows at an output port for the chosen sample, as colours that mean numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.figures.tiles import as_maps
from visualnet.layers.declaration.params import Int, choice
from visualnet.training.observations.differences import SCALE, SCALE_WORDS, scale_ends
from visualnet.training.observations.observation import History, Observation, Result, Subject, observation
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext


@observation("values", "Values", "Flow", about="output")
class Values(Observation):
    """The numbers that leave a node for the chosen sample."""

    drawn_by = frozenset({"scale"})
    reading = (
        "Each tile is a channel, each pixel a number: the bar says which colour means which. "
        "A tile of one colour says the same of every place: that channel tells the next layer nothing here."
    )
    most = Int(64, "At most so many channels are shown, the first ones", low=1, high=1024)
    scale: str = choice("kept", SCALE_WORDS, SCALE)
    why_none = "No shape in this network is known yet: mend its problems first."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return output_ports(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        value = context.values([subject])[subject]
        flat = value[0] if value.dim() else value
        return Result({"values": flat.detach().float().cpu().numpy()})

    def draw(self, result: Result, history: History) -> Chart:
        maps = as_maps(result.arrays["values"])
        tiles = maps if maps.ndim == 3 else maps.reshape(1, -1, maps.shape[-1])
        tiles = tiles[: self.most]
        ends = scale_ends(tiles, self.scale, history, "values")
        titles = tuple(f"{at}" for at in range(len(tiles))) if maps.ndim == 3 else ()
        return TilesChart(np.asarray(tiles), titles, *ends)
