"""A sheet as a graph of networkx, for those who want to walk through it or measure it in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.analysis.facts import Analysis, NodeFacts
from visualnet.core.validation import sheet_of

if TYPE_CHECKING:
    import networkx


def as_networkx(analysis: Analysis, sheet: str = "") -> networkx.MultiDiGraph:
    """The sheet's nodes by id, in file order, and its wires; see ``visualnet.to_networkx``.

    Raises:
        ValueError: there is no such block.
    """
    import networkx

    drawn = sheet_of(analysis.project, sheet)
    facts = analysis.sheet(sheet)
    graph = networkx.MultiDiGraph(name=analysis.project.name, sheet=sheet)
    for node in drawn:
        shapes = _shapes(facts.nodes[node.id]) if facts is not None else {}
        first = next(iter(shapes.values()), None)
        graph.add_node(node.id, name=node.name, kind=node.kind, params=dict(node.params), shape=first, shapes=shapes)
    for target, source in drawn.wires.items():
        graph.add_edge(source.node, target.node, source_port=source.port, target_port=target.port)
    return graph


def _shapes(facts: NodeFacts) -> dict[str, tuple[int, ...] | None]:
    """Each output's, where it is known."""
    known = facts.leaving
    return {port: tuple(map(int, known[port].shape)) if port in known else None for port in facts.outputs}
