"""What stands on a circle: strongly connected parts, by networkx, which is loaded only when there is something to find."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)


def parts(after: Mapping[_T, Iterable[_T]]) -> list[list[_T]]:
    """The strongly connected parts, each before those that lead to it; members in the order of ``after``.

    ``after`` names what follows each; what follows and is no key is left out.
    """
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(after)
    graph.add_edges_from((one, other) for one, others in after.items() for other in others if other in after)
    whole = networkx.condensation(graph)
    place = {one: at for at, one in enumerate(after)}
    found = [whole.nodes[part]["members"] for part in networkx.topological_sort(whole)]
    return [sorted(members, key=place.__getitem__) for members in reversed(found)]


def rings(after: Mapping[_T, Iterable[_T]]) -> list[list[_T]]:
    """The parts whose members all lead back to themselves, in the order of ``after``: what lies between two belongs to neither."""
    found = [part for part in parts(after) if len(part) > 1 or part[0] in after[part[0]]]
    place = {one: at for at, one in enumerate(after)}
    return sorted(found, key=lambda part: place[part[0]])
