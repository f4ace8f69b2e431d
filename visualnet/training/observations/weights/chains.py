"""Dense layers that follow each other, found by formula: torch is not needed."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts, NodePath

MOST_UNITS = 64
"""Layers with more units than this are shown as a matrix: so many lines tell nothing."""


def dense_weight(facts: NodeFacts) -> str:
    """The name of a node's weight that maps one vector to another, each output a sum over all inputs; empty if it has none."""
    arriving = facts.arriving[0] if facts.arriving else None
    leaving = next(iter(facts.leaving.values()), None)
    if arriving is None or leaving is None or arriving.dtype != "float" or len(facts.arriving) != 1:
        return ""
    if len(arriving.shape) != 1 or len(leaving.shape) != 1:
        return ""
    wanted = (int(leaving.shape[0]), int(arriving.shape[0]))
    names = [name for name, size in facts.weights.items() if tuple(map(int, size)) == wanted]
    return names[0] if len(names) == 1 else ""


def dense_chains(analysis: Analysis, most: int = MOST_UNITS) -> list[tuple[NodePath, ...]]:
    """Rows of dense layers of the main sheet of at most ``most`` units, each fed by the one before it through nothing that has weights
    or another width; the longest first."""
    nodes = analysis.main.nodes
    dense = [node_id for node_id, facts in nodes.items() if dense_weight(facts) and _is_small(facts, most)]
    before = {node_id: _dense_before(analysis, node_id, frozenset(dense)) for node_id in dense}
    followed = set(before.values())
    chains = []
    for last in (node_id for node_id in dense if node_id not in followed):
        row = [last]
        while row[0] and (earlier := before[row[0]]):
            row.insert(0, earlier)
        chains.append(tuple((node_id,) for node_id in row))
    return sorted(chains, key=len, reverse=True)


def _is_small(facts: NodeFacts, most: int) -> bool:
    size = next(size for name, size in facts.weights.items() if name == dense_weight(facts))
    return max(map(int, size)) <= most


def _dense_before(analysis: Analysis, node_id: str, dense: frozenset[str]) -> str:
    """The dense layer whose units are this one's inputs; empty if there is none."""
    for source in _sources(analysis, node_id):
        facts = analysis.main.nodes[source]
        if source in dense:
            return source
        leaving = next(iter(facts.leaving.values()), None)
        arriving = [spec.shape for spec in facts.arriving if spec is not None]
        if facts.weights or facts.inside or leaving is None or arriving != [leaving.shape]:
            return ""
    return ""


def _sources(analysis: Analysis, node_id: str) -> Iterator[str]:
    """The node that feeds the first input, the one that feeds that, and so on."""
    graph, seen = analysis.main.graph, {node_id}
    while True:
        sources = [source.node for port, source in graph.wires.items() if port.node == node_id]
        if len(sources) != 1 or sources[0] in seen or sources[0] not in analysis.main.nodes:
            return
        node_id = sources[0]
        seen.add(node_id)
        yield node_id
