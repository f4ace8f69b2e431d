"""Edits that take nodes out: all that is selected, or with the gap behind them closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from visualnet.core import edits
from visualnet.core.edits.annotate import remove_annotations
from visualnet.core.graph import Graph, Port
from visualnet.core.project import Project
from visualnet.core.validation import sheet_of


def source_before(
    graph: Graph, node_id: str, skipped: Collection[str], firsts: Mapping[str, str] | None = None
) -> Port | None:
    """What reaches a node along first inputs, nodes in ``skipped`` passed over; None if nothing does.

    ``firsts`` names a node's first input where that is known; else it is the first that has a wire.
    """
    seen = set()
    while node_id not in seen:
        seen.add(node_id)
        source = first_source(graph, node_id, (firsts or {}).get(node_id))
        if source is None or source.node not in skipped:
            return source
        node_id = source.node
    return None


def first_source(graph: Graph, node_id: str, port: str | None = None) -> Port | None:
    """Where the wire into a port begins, or the first wire into the node."""
    if port is not None and Port(node_id, port) in graph.wires:
        return graph.wires[Port(node_id, port)]
    return next((s for t, s in graph.wires.items() if t.node == node_id), None)


def detach_nodes(project: Project, sheet: str, ids: Iterable[str]) -> Project:
    """Take nodes out of their wires, but not off the sheet: what arrived at them goes on to what they led to."""
    graph = sheet_of(project, sheet)
    out = {i for i in ids if i in graph.nodes}
    wires: dict[Port, Port] = {}
    for target, source in graph.wires.items():
        if (target.node in out) == (source.node in out):
            wires[target] = source
        elif (
            source.node in out
            and (origin := source_before(graph, source.node, out)) is not None
            and origin.node != target.node
        ):
            wires[target] = origin
    return project.with_sheet(sheet, graph.with_wires(wires)) if wires != graph.wires else project


def remove_selection(
    project: Project, sheet: str, ids: Collection[str], wires: Iterable[Port], annotations: Collection[str]
) -> Project:
    """Remove nodes, wires (by where they end), frames and notes."""
    for target in wires:
        project = edits.disconnect(project, sheet, target)
    project = remove_annotations(project, sheet, annotations)
    return edits.remove(project, sheet, ids) if ids else project


def bypass_nodes(project: Project, sheet: str, ids: Iterable[str]) -> Project:
    """Remove nodes and close the gaps that they leave."""
    ids = tuple(ids)
    return edits.remove(detach_nodes(project, sheet, ids), sheet, ids)
