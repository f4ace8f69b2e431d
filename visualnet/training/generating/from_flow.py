"""Samples by the inverse of a normalizing flow: numbers of the normal distribution, walked back through every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.graph import Port, Value
from visualnet.training.generating.at_outputs import check_size, made_at, usual_count
from visualnet.training.generating.method import (
    Check,
    GenerationError,
    GenerationMethod,
    GenerationPlace,
    generation_method,
    how_many,
    how_warm,
)
from visualnet.training.generating.results import GeneratedPoints
from visualnet.training.observations.normalizing_flows.reading import (
    draw_latents,
    flow_at,
    invertible_flows,
    stages,
    subject_of,
    walk_back,
)

if TYPE_CHECKING:
    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext


@generation_method(
    "flow", "Inverse of a flow", "a normalizing flow: layers that can be undone, and the loss “Flow likelihood”"
)
class InverseOfFlow(GenerationMethod):
    """Draw numbers of the normal distribution and walk back through the flow, layer by layer, to what it was trained on.

    Points of the plane are shown after each layer, from the normal distribution to the data. Every sample is exact: the flow gives it the
    very numbers back from which it was made.
    """

    count: int = how_many(36)
    temperature: float = how_warm(
        "What the drawn numbers are multiplied by: below 1 samples are more usual and cleaner."
    )

    @classmethod
    def usual(cls, analysis: Analysis, place: GenerationPlace) -> dict[str, Value]:
        return usual_count(analysis, place.ports[1])

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return [
            GenerationPlace(analysis.name_of((port.node,)), (subject_of(flow), ((port.node,), port.port)))
            for flow in invertible_flows(analysis)
            for port in flow.inputs
        ]

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        analysis = context.model.analysis
        latent, (path, name) = place.ports
        flow, wanted = flow_at(analysis, latent), Port(path[-1], name)
        check_size(analysis, latent, self.count)
        latents = draw_latents(context, flow, self.count, self.seed, self.temperature)
        check(0.0)
        way_there = [port for port in stages(analysis, flow) if port != flow.latent]
        values = walk_back(context, flow, latents, (wanted, *way_there))
        check(1.0)
        if not bool(values[0].isfinite().any()):
            raise GenerationError(
                "the way back gives no numbers: the training has diverged; train anew with a smaller rate"
            )
        drawn = f"Drawn by chance: the {latents[0].numel():,} numbers that arrive at “{flow.density.node.name}”."
        made = made_at(context, ((path[-1],), name), values[0], drawn)
        if not isinstance(made, GeneratedPoints) or wanted not in way_there:
            return made
        # The last moment is the sample itself, in the units of the data; those before it are what the layers see.
        stops = [latents, *(values[1 + at] for at in range(len(way_there) - 1, 0, -1))]
        moments = np.stack([*(stop.cpu().numpy() for stop in stops), made.points])
        names = [analysis.main.nodes[port.node].node.name for port in (flow.latent, *reversed(way_there))]
        words = ("z, as drawn", *(f"before {name}" for name in names[:-1]))
        return GeneratedPoints(moments, made.data, made.titles, made.note, words)
