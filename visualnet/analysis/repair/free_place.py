"""Where a card that a repair adds can stand without covering another."""

from __future__ import annotations

from collections.abc import Iterable

from visualnet.analysis.geometry.make_room import InsertionLayout, make_room
from visualnet.core.graph import Graph

WIDTH, HEIGHT = 200.0, 110.0
"""The room of a usual card with some air, in px of the sheet."""


def free_place(taken: Iterable[tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    """This place, or the next one below it on which no card stands."""
    others = list(taken)
    while any(abs(x - a) < WIDTH and abs(y - b) < HEIGHT for a, b in others):
        y += HEIGHT / 2
    return x, y


def place_between(graph: Graph, source: str, target: str) -> InsertionLayout:
    """Where a card goes half way between two others, and which cards go on to make room for it."""
    (x, y), (right, below) = (graph.places.get(node_id, (0.0, 0.0)) for node_id in (source, target))
    middle = (x + right) / 2, (y + below) / 2
    if source not in graph.places:
        return InsertionLayout(middle, {})
    cards = {node_id: (*place, WIDTH, HEIGHT) for node_id, place in graph.places.items() if node_id in graph.nodes}
    return make_room(graph, cards, source, [target], (WIDTH, HEIGHT), middle)
