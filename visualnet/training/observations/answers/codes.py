"""The code of an autoencoder or generator: the narrowest vector through which everything goes on its way to the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.analysis import Analysis
from visualnet.training.observations.answers.images import image_outputs
from visualnet.training.observations.observation import CannotObserve, Observation, Subject

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

SOURCE = ""
"""Where all inputs come from: no node is called so."""


def code_port(analysis: Analysis, subject: Subject) -> Subject | None:
    """The narrowest output port of the main sheet that carries one vector a sample and lies on every way from the inputs to what is
    looked at; of equally narrow ones the first. None where there is none that is narrower than that."""
    import networkx

    from visualnet.analysis.as_networkx import as_networkx

    target = subject[0][-1]
    graph = networkx.DiGraph(as_networkx(analysis))
    graph.add_edges_from([(SOURCE, facts.node.id) for facts in analysis.main.sinks("input")])
    if len(subject[0]) != 1 or target not in graph or not networkx.has_path(graph, SOURCE, target):
        return None
    dominators = networkx.immediate_dominators(graph, SOURCE)
    on_all_ways: list[str] = []
    node = dominators[target]
    while node not in (SOURCE, None):
        on_all_ways.insert(0, node)
        node = dominators[node]
    size = int(analysis.at(subject[0]).leaving[subject[1]].size)
    found: list[tuple[int, Subject]] = []
    for node_id in on_all_ways:
        leaving = analysis.main.nodes[node_id].leaving
        spec = next(iter(leaving.values()), None)
        if spec is not None and len(leaving) == 1 and spec.batched and len(spec.shape) == 1 and spec.dtype == "float":
            found.append((int(spec.size), ((node_id,), next(iter(leaving)))))
    narrowest = min(found, key=lambda one: one[0], default=None)
    return narrowest[1] if narrowest is not None and narrowest[0] < size else None


class CodesObservation(Observation):
    """Base of observations of images that are made of a code."""

    why_none = (
        "No image of this network is made from a narrow vector of numbers: this is for autoencoders and generators."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [subject for subject in image_outputs(analysis) if code_port(analysis, subject) is not None]

    def _code_of(self, context: ObservationContext, subject: Subject) -> Subject:
        """The port of the code.

        Raises:
            CannotObserve: this output is made of none.
        """
        port = code_port(context.model.analysis, subject)
        if port is None:
            raise CannotObserve(self.why_none)
        return port
