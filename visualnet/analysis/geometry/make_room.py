"""Where a card goes between two others, and where the cards go that have to make room for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from visualnet.analysis.geometry.sheet_geometry import Places, ceil_to_grid, snap
from visualnet.core.graph import Graph
from visualnet.core.validation import Area

GAP = 64.0
"""Between a card and the next one, in px: as wide as between the columns of a tidy sheet."""
CLOSE = 8.0
"""Cards nearer to each other than this overlap."""
NEAR_LINE = 48.0
"""A card that is let go so near to the line of its neighbour comes to stand on that line."""
MOST_SLIDES = 100


class InsertionLayout(NamedTuple):
    """Where the new card goes, and where those go that make room for it."""

    at: tuple[float, float]
    places: Places


def make_room(
    graph: Graph,
    cards: Mapping[str, Area],
    source: str,
    targets: Collection[str],
    size: tuple[float, float],
    dropped: tuple[float, float] | None = None,
    own: str = "",
) -> InsertionLayout:
    """Find the place of a card between ``source`` and the ``targets`` that follow it.

    ``dropped`` is the corner at which a hand let it go; without it the card goes next to the source. What follows moves on along the
    flow of the sheet as far as it has to, and no further than to where the sheet turns back to a new row: so no wire has to run back.
    ``own`` is the card itself, where it stands on the sheet already.
    """
    down = graph.direction == "down"
    flow = {i: _turned(area, down) for i, area in cards.items() if i != own}
    width, height = reversed(size) if down else size
    hand = None if dropped is None else _turned((*dropped, 0.0, 0.0), down)[:2]
    x, y, pushed = _place(flow, source, targets, (width, height), hand)
    moving = _followers(graph, flow, pushed, source)
    by = ceil_to_grid(max((x + width + GAP - flow[i][0] for i in pushed), default=0.0))
    moving = _with_obstacles(graph, flow, moving, by, source) if by > 0 else set()
    after = {i: (a[0] + by, *a[1:]) if i in moving else a for i, a in flow.items()}
    y = _slide(after.values(), (x, y, width, height))
    places = {i: _turned(after[i], down)[:2] for i in moving}
    return InsertionLayout(_turned((x, y, width, height), down)[:2], places)


def _place(
    flow: Mapping[str, Area],
    source: str,
    targets: Iterable[str],
    size: tuple[float, float],
    hand: tuple[float, float] | None,
) -> tuple[float, float, set[str]]:
    """Where the card goes, in the direction of the flow and across it, and which of the targets stand before it then."""
    start, line, long, _ = flow[source]
    end = start + long + GAP
    known = {i for i in targets if i in flow}
    ahead = {i for i in known if flow[i][0] >= start + long}
    if hand is None:
        return end, line, ahead
    if not ahead and known:
        # The wire turns back to another row: the card goes to the end of the one or to the beginning of the other.
        first = min(known, key=lambda i: flow[i][:2])
        x, y = flow[first][:2]
        if abs(hand[1] - y) < abs(hand[1] - line):
            return x, y, {first}
        return end, line, set()
    last = min((flow[i][0] for i in ahead), default=end) - GAP - size[0]
    x = snap(max(end, min(hand[0], last)))
    lines = [line, *(flow[i][1] for i in ahead)]
    y = min(lines, key=lambda each: abs(each - hand[1]))
    return x, (y if abs(y - hand[1]) < NEAR_LINE else snap(hand[1])), ahead


def _followers(graph: Graph, flow: Mapping[str, Area], first: Iterable[str], source: str) -> set[str]:
    """These cards and all that follow them in the direction of the flow: not beyond a wire that runs back."""
    found: set[str] = set()
    waiting = [i for i in first if i in flow]
    after: dict[str, list[str]] = {}
    for target, begin in graph.wires.items():
        after.setdefault(begin.node, []).append(target.node)
    while waiting:
        here = waiting.pop()
        if here in found or here == source:
            continue
        found.add(here)
        waiting += [i for i in after.get(here, ()) if i in flow and flow[i][0] > flow[here][0]]
    return found


def _with_obstacles(graph: Graph, flow: Mapping[str, Area], moving: set[str], by: float, source: str) -> set[str]:
    """The cards that move, and those onto which they would move, with what follows these in turn."""
    reached = set(moving)
    waiting = list(moving)
    while waiting:
        x, *rest = flow[waiting.pop()]
        moved = (x + by, *rest)
        for other in flow.keys() - reached - {source}:
            if _overlap(moved, flow[other]) and flow[other][0] > x:
                fresh = _followers(graph, flow, [other], source) - reached
                reached |= fresh
                waiting += fresh
    return reached


def _slide(others: Iterable[Area], card: Area) -> float:
    """The nearest line at or below that of the card on which it covers no other."""
    taken = list(others)
    x, y, width, height = card
    for _ in range(MOST_SLIDES):
        hit = [a for a in taken if _overlap((x, y, width, height), a)]
        if not hit:
            break
        y = ceil_to_grid(max(a[1] + a[3] for a in hit) + 24)
    return y


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return (
        a[0] < b[0] + b[2] + CLOSE
        and b[0] < a[0] + a[2] + CLOSE
        and a[1] < b[1] + b[3] + CLOSE
        and b[1] < a[1] + a[3] + CLOSE
    )


def _turned(area: Area, down: bool) -> Area:
    """An area with the direction of the flow first."""
    return (area[1], area[0], area[3], area[2]) if down else area
