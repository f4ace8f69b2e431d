"""Where cards and frames of a sheet go when they are put in order, and which card stands beside another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from visualnet.core.edits.frame_contents import bounding_area, is_within
from visualnet.core.graph import Annotation, Graph
from visualnet.core.validation import Area

Edge = Literal["left", "right", "top", "bottom", "centre", "middle"]
Places = dict[str, tuple[float, float]]
"""Top left corners of cards, in px."""

GRID = 8
GAP = 24.0
ASIDE = 2.5
"""How much more a step aside counts than one straight on, where the keyboard looks for the next card."""
"""Between cards that overlapped before they were distributed."""
_SHARES = {"left": 0.0, "top": 0.0, "centre": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}


def snap(value: float, step: float = GRID) -> float:
    """The nearest line of the grid."""
    return float(round(value / step) * step)


def ceil_to_grid(value: float) -> float:
    """The next line of the grid that is not before the value."""
    return float(-(-value // GRID) * GRID)


def align(cards: Mapping[str, Area], edge: Edge) -> Places:
    """Bring an edge or the middle of all cards to one line: that of the outermost, or their mean."""
    axis = 0 if edge in ("left", "centre", "right") else 1
    share = _SHARES[edge]
    lines = {i: area[axis] + share * area[axis + 2] for i, area in cards.items()}
    line = {0.0: min, 1.0: max}.get(share, lambda values: sum(values) / len(values))(list(lines.values()))
    starts = {i: cards[i][axis] + line - at for i, at in lines.items()}
    if share == 0.5:  # Edges meet exactly; a middle may be half a px off a whole number, which the file keeps.
        starts = {i: _half(start) for i, start in starts.items()}
    return {i: _with_start(cards[i], axis, start) for i, start in starts.items()}


def distribute(cards: Mapping[str, Area], across: bool) -> Places:
    """Make the gaps between cards equal, from left to right or from top to bottom; the first and the last stay."""
    axis = 0 if across else 1
    row = sorted(cards, key=lambda i: (cards[i][axis], i))
    room = cards[row[-1]][axis] - cards[row[0]][axis] - sum(cards[i][axis + 2] for i in row[:-1])
    gap = room / (len(row) - 1)
    if gap < 0:  # They overlap: there is no room between the outermost, so the row grows.
        gap = GAP
    places: Places = {}
    start = cards[row[0]][axis]
    for node_id in row:
        places[node_id] = _with_start(cards[node_id], axis, _half(start))
        start += cards[node_id][axis + 2] + gap
    return places


def _with_start(area: Area, axis: int, start: float) -> tuple[float, float]:
    return (start, area[1]) if axis == 0 else (area[0], start)


def _half(value: float) -> float:
    return round(value * 2) / 2


def wrap_width(width: float, height: float, direction: str, count: int) -> float:
    """How far so many cards may run before they go on in a further row, so that they fill a view of this size."""
    long, short = (max(1.0, height), max(1.0, width)) if direction == "down" else (max(1.0, width), max(1.0, height))
    return max(long / 0.9, math.sqrt(count * 248 * 168 * max(1.0, long / short)))


def frames_around(
    annotations: Mapping[str, Annotation],
    cards: Mapping[str, Area],
    places: Places,
    sizes: Mapping[str, tuple[float, float]],
) -> dict[str, Area]:
    """Where frames go when cards go to their places: round them as closely as before; what else lies in a frame goes with it.

    ``sizes`` are the cards' sizes then, which another direction of the sheet changes.
    """
    found: dict[str, Area] = {}
    frames = [r for r in annotations.values() if r.kind == "frame"]
    for frame in sorted(frames, key=lambda r: -r.area[2] * r.area[3]):
        held = [i for i, card in cards.items() if is_within(card, frame.area)]
        if not places.keys() & set(held):
            continue
        was = bounding_area(cards[i] for i in held)
        becomes = bounding_area((*places.get(i, cards[i][:2]), *sizes[i]) for i in held)
        area = frame.area
        dx, dy = becomes[0] - was[0], becomes[1] - was[1]
        grown = becomes[2] - was[2], becomes[3] - was[3]
        inside = [r for r in annotations.values() if r.id != frame.id and is_within(r.area, area)]
        found |= {r.id: (r.area[0] + dx, r.area[1] + dy, r.area[2], r.area[3]) for r in inside}
        found[frame.id] = area[0] + dx, area[1] + dy, area[2] + grown[0], area[3] + grown[1]
    return found


def card_beside(cards: Mapping[str, Area], here: str, way: tuple[int, int]) -> str | None:
    """The nearest card in a direction."""
    x, y = _middle(cards[here])
    costs: list[tuple[float, str]] = []
    for node_id, area in cards.items():
        across, down = _middle(area)[0] - x, _middle(area)[1] - y
        ahead = across * way[0] + down * way[1]
        if node_id != here and ahead > 4:
            costs.append((ahead + ASIDE * abs(across if way[1] else down), node_id))
    return min(costs)[1] if costs else None


def card_along(graph: Graph, cards: Mapping[str, Area], here: str, way: tuple[int, int]) -> str | None:
    """The neighbour along a wire: the nearest, and rather straight on than aside, so that a shortcut leads past no card.

    None across the flow of the sheet.
    """
    axis = 1 if graph.direction == "down" else 0
    if not way[axis]:
        return None
    ends = [(s.node, t.node) if way[axis] > 0 else (t.node, s.node) for t, s in graph.wires.items()]
    near = [end for start, end in ends if start == here and end in cards]

    def cost(node_id: str) -> tuple[float, str]:
        ahead, aside = (abs(cards[node_id][a] - cards[here][a]) for a in (axis, 1 - axis))
        return ahead + ASIDE * aside, node_id

    return min(near, key=cost, default=None)


def _middle(area: Area) -> tuple[float, float]:
    return area[0] + area[2] / 2, area[1] + area[3] / 2
