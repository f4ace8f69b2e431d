"""Where what a network is shown becomes real numbers, so that an answer can be attributed to it."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.analysis import Analysis
from visualnet.analysis.facts import GraphFacts, NodePath
from visualnet.layers.declaration.layer import Spec
from visualnet.training.observations.probe_targets import ProbePort


class AttributedInput(NamedTuple):
    """An input of the network, and the port at which it is real numbers: its own, or for tokens that of the embedding behind it.

    ``source`` is the input node; ``shown`` what it is given, ``spec`` what stands at the port.
    """

    source: str
    port: ProbePort
    shown: Spec
    spec: Spec

    @property
    def is_embedded(self) -> bool:
        """Whether the port is not the input's own."""
        return self.port[0] != (self.source,)


def find_entries(analysis: Analysis) -> list[AttributedInput]:
    """The entries of all inputs, in the order of the drawing; none for an input whose numbers never become real ones."""
    found = []
    for facts in analysis.main.sinks("input"):
        for port, spec in facts.leaving.items():
            if spec.dtype == "float":
                found.append(AttributedInput(facts.node.id, ((facts.node.id,), port), spec, spec))
                continue
            for place, inner in _embedded(analysis.main, (), facts.node.id, port):
                found.append(AttributedInput(facts.node.id, place, spec, inner))
    live = analysis.main.outline.live
    return [entry for entry in found if entry.source in live]


def _embedded(graph: GraphFacts, above: NodePath, node_id: str, port: str) -> list[tuple[ProbePort, Spec]]:
    """The first ports with real numbers that are computed from this one."""
    found: dict[ProbePort, Spec] = {}
    for wire in graph.topology.out_of[node_id]:
        facts = graph.nodes[wire.target.node]
        if wire.source.port != port or facts.node.id not in graph.outline.live or _is_end(facts.layer):
            continue
        path = (*above, facts.node.id)
        if facts.inside:
            inner = facts.inside[0]
            sources = [f for f in inner.sinks("input") if f.node.name == wire.target.port]
            for source in sources:
                found |= dict(_embedded(inner, path, source.node.id, next(iter(source.leaving), "")))
            continue
        for name, spec in facts.leaving.items():
            if spec.dtype == "float":
                found[path, name] = spec
            else:
                found |= dict(_embedded(graph, above, facts.node.id, name))
            break
    return list(found.items())


def _is_end(layer: object) -> bool:
    return getattr(layer, "role", "") in ("loss", "metric", "output", "target")
