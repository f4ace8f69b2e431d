"""What goes along when nodes move from sheet to sheet: frames and notes that stand among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from visualnet.core.graph import Graph, Port, Remark
from visualnet.core.validation import MAX_REMARKS, Area, spot

CARD = (168.0, 80.0)
"""A card takes up at least so much, in px."""


def among(graph: Graph, chosen: Collection[str]) -> dict[str, Remark]:
    """The frames that hold cards of these nodes and no others, and the notes (and empty frames) that lie in such a frame or
    within the rectangle round the cards.
    """
    cards = {i: (*graph.places.get(i, (0.0, 0.0)), *CARD) for i in graph.nodes}
    held = {r.id: [i for i, card in cards.items() if is_within(card, r.area)] for r in graph.remarks.values()}
    own = [r for r in graph.remarks.values() if r.kind == "frame" and held[r.id] and set(held[r.id]) <= set(chosen)]
    rooms = [r.area for r in own] + [bounding_area(cards[i] for i in chosen)]
    taken = {r.id for r in own}
    taken |= {
        r.id
        for r in graph.remarks.values()
        if (r.kind == "note" or not held[r.id]) and any(is_within(r.area, room) for room in rooms)
    }
    return {i: r for i, r in graph.remarks.items() if i in taken}


def is_within(inner: Area, outer: Area) -> bool:
    """Whether the outer area holds all of the inner one."""
    (x, y, width, height), (left, top, wide, high) = inner, outer
    return left <= x and top <= y and x + width <= left + wide and y + height <= top + high


def bounding_area(areas: Iterable[Area]) -> Area:
    """The smallest area round others, of which there must be one."""
    cards = list(areas)
    left, top = (min(c[axis] for c in cards) for axis in (0, 1))
    right, low = (max(c[axis] + c[axis + 2] for c in cards) for axis in (0, 1))
    return left, top, right - left, low - top


def contents(graph: Graph, remark: str, cards: Mapping[str, Area]) -> tuple[dict[str, Area], list[str]]:
    """What moves with a frame or a note: its own area and, of a frame, those of the remarks in it; and which of the cards are in it."""
    own = graph.remarks[remark]
    if own.kind != "frame":
        return {remark: own.area}, []
    areas = {remark: own.area} | {r.id: r.area for r in graph.remarks.values() if is_within(r.area, own.area)}
    return areas, [i for i, card in cards.items() if is_within(card, own.area)]


def with_remarks(graph: Graph, remarks: Iterable[Remark], by: tuple[float, float] = (0.0, 0.0)) -> Graph:
    """The graph with these frames and notes, moved; one keeps its id unless it is taken. More than a sheet may have are left out."""
    after = dict(graph.remarks)
    number = max((int(i[1:]) for i in after), default=0)
    for remark in remarks:
        if len(after) >= MAX_REMARKS:
            break
        (x, y, width, height), called = remark.area, remark.id
        number = max(number, int(called[1:]))
        if called in after:
            number += 1
            called = f"r{number}"
        after[called] = replace(remark, id=called, area=(*spot((x + by[0], y + by[1])), width, height))
    return replace(graph, remarks=after) if after != graph.remarks else graph


def moved(points: Iterable[tuple[float, float]], by: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """The points of a wire elsewhere."""
    return tuple(spot((x + by[0], y + by[1])) for x, y in points)


def bent(graph: Graph, bends: Mapping[Port, tuple[tuple[float, float], ...]]) -> Graph:
    """The graph with these bends too."""
    return replace(graph, bends={**graph.bends, **bends}) if bends else graph
