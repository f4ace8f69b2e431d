"""Select by what cards are and how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from visualnet.analysis.families import family_of
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Topology
from visualnet.core.project import Project


def selected_cards(view: CanvasBase, least: int = 1) -> list[str]:
    """The ids of the selected cards if there are enough of them; else none, and words about what is wanted."""
    ids = [i for i in view.studio.selection if i in view.canvas.cards]
    if len(ids) >= least:
        return ids
    view.studio.message.emit("hint", f"select at least {least} cards first" if least > 1 else "select a card first")
    return []


def add_and_select(studio: Studio, label: str, edit: Callable[[Project], tuple[Project, Iterable[str]]]) -> bool:
    """Make an edit that tells the ids of the nodes it adds, and select them; True if something changed."""
    added: list[str] = []

    def run(project: Project) -> Project:
        project, added[:] = edit(project)
        return project

    done = studio.do(label, run)
    if done:
        studio.select(added)
    return done


def kind(view: CanvasBase) -> None:
    """All cards of the kinds that are selected."""
    if ids := selected_cards(view):
        kinds = {view.studio.graph.nodes[i].kind for i in ids}
        view.studio.select(n.id for n in view.studio.graph if n.kind in kinds)


def family(view: CanvasBase) -> None:
    """All cards of the families that are selected."""
    if ids := selected_cards(view):
        project, graph = view.studio.project, view.studio.graph
        families = {family_of(graph.nodes[i], project) for i in ids}
        view.studio.select(n.id for n in graph if family_of(n, project) in families)


def upstream(view: CanvasBase) -> None:
    """All that leads to the selected cards, and they themselves."""
    _reached(view, Topology(view.studio.graph).upstream)


def downstream(view: CanvasBase) -> None:
    """All that the selected cards lead to, and they themselves."""
    _reached(view, Topology(view.studio.graph).downstream)


def connected(view: CanvasBase) -> None:
    """All that hangs together with the selected cards by wires, whatever their direction."""
    import networkx

    graph = networkx.Graph((target.node, source.node) for target, source in view.studio.graph.wires.items())
    graph.add_nodes_from(view.studio.selection)
    _reached(view, lambda node_id: networkx.node_connected_component(graph, node_id))


def _reached(view: CanvasBase, reach: Callable[[str], set[str]]) -> None:
    """Select the selected cards first, then all that one of them reaches."""
    if ids := selected_cards(view):
        reached = set().union(*map(reach, ids))
        view.studio.select([*ids, *(i for i in view.studio.graph.nodes if i in reached)])


def invert(view: CanvasBase) -> None:
    """All cards that are not selected."""
    chosen = set(view.studio.selection)
    view.studio.select(i for i in view.canvas.cards if i not in chosen)


def every(view: CanvasBase) -> None:
    """Select every card."""
    view.studio.select(view.canvas.cards)
