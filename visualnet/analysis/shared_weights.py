"""Whose weights a node may use instead of its own: siamese networks, tied embeddings."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.analysis.facts import GraphFacts
from visualnet.core.graph import Node


def possible_owners(graph: GraphFacts, node_id: str) -> Iterator[Node]:
    """The nodes whose weights have the names and sizes of this one's, for a block its other instances; the present owner is among them."""
    facts = graph.nodes.get(node_id)
    if facts is not None and facts.inside:
        for other in graph.nodes.values():
            if other.node.id != node_id and not other.node.shares and other.node.kind == facts.node.kind:
                yield other.node
        return
    if facts is None or facts.layer is None:
        return
    try:
        own = facts.layer.weights(*facts.shapes) if facts.known else {}  # type: ignore[arg-type]
    except (TypeError, ValueError, IndexError):
        own = {}
    for other in graph.nodes.values():
        fits = any(n in other.weights and tuple(other.weights[n]) == tuple(w) for n, w in own.items())
        if other.node.id != node_id and not other.node.shares and (fits or other.node.id == facts.node.shares):
            yield other.node
