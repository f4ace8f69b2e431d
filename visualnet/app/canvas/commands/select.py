"""Select by what cards are and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable

from visualnet.analysis.families import family_of
from visualnet.app.canvas.base import CanvasBase
from visualnet.core.graph import Graph, Port, Topology


def _chosen(view: CanvasBase) -> list[str]:
    ids = [i for i in view.studio.selection if i in view.canvas.cards]
    if not ids:
        view.studio.message.emit("hint", "select a card first")
    return ids


def kind(view: CanvasBase) -> None:
    """All cards of the kinds that are selected."""
    if ids := _chosen(view):
        kinds = {view.studio.graph.nodes[i].kind for i in ids}
        view.studio.select(n.id for n in view.studio.graph if n.kind in kinds)


def family(view: CanvasBase) -> None:
    """All cards of the families that are selected."""
    if ids := _chosen(view):
        project, graph = view.studio.project, view.studio.graph
        families = {family_of(graph.nodes[i], project) for i in ids}
        view.studio.select(n.id for n in graph if family_of(n, project) in families)


def upstream(view: CanvasBase) -> None:
    """All that leads to the selected cards, and they themselves."""
    if ids := _chosen(view):
        topology = Topology(view.studio.graph)
        _select(view, ids, set().union(*(topology.upstream(i) for i in ids)))


def downstream(view: CanvasBase) -> None:
    """All that the selected cards lead to, and they themselves."""
    if ids := _chosen(view):
        topology = Topology(view.studio.graph)
        _select(view, ids, set().union(*(topology.downstream(i) for i in ids)))


def connected(view: CanvasBase) -> None:
    """All that hangs together with the selected cards by wires, whatever their direction."""
    if ids := _chosen(view):
        near: dict[str, list[str]] = {}
        for target, source in view.studio.graph.wires.items():
            near.setdefault(target.node, []).append(source.node)
            near.setdefault(source.node, []).append(target.node)
        seen, todo = set(ids), list(ids)
        while todo:
            fresh = [i for i in near.get(todo.pop(), ()) if i not in seen]
            seen.update(fresh)
            todo += fresh
        _select(view, ids, seen)


def invert(view: CanvasBase) -> None:
    """All cards that are not selected."""
    chosen = set(view.studio.selection)
    view.studio.select(i for i in view.canvas.cards if i not in chosen)


def _select(view: CanvasBase, first: Iterable[str], ids: set[str]) -> None:
    head = list(first)
    view.studio.select([*head, *(i for i in view.studio.graph.nodes if i in ids and i not in head)])


def flow(graph: Graph, node_id: str) -> set[Port]:
    """The wires that lead to a card or away from it, however far."""
    topology = Topology(graph)
    up, down = topology.upstream(node_id), topology.downstream(node_id)
    return {t for t, s in graph.wires.items() if (t.node in up and s.node in up) or (t.node in down and s.node in down)}


def every(view: CanvasBase) -> None:
    """Select every card."""
    view.studio.select(view.canvas.cards)
