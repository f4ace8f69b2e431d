"""What goes along when nodes move from sheet to sheet: frames and notes that stand among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from visualnet.core.graph import Annotation, Graph, Port
from visualnet.core.validation import MAX_ANNOTATIONS, Area, spot

CARD = (168.0, 80.0)
"""A card takes up at least so much, in px."""


def annotations_around(graph: Graph, chosen: Collection[str]) -> dict[str, Annotation]:
    """The frames that hold cards of these nodes and no others, and the notes (and empty frames) that lie in such a frame or
    within the rectangle round the cards.
    """
    cards = {i: (*graph.places.get(i, (0.0, 0.0)), *CARD) for i in graph.nodes}
    held = {r.id: [i for i, card in cards.items() if is_within(card, r.area)] for r in graph.annotations.values()}
    own = [r for r in graph.annotations.values() if r.kind == "frame" and held[r.id] and set(held[r.id]) <= set(chosen)]
    rooms = [r.area for r in own] + [bounding_area(cards[i] for i in chosen)]
    taken = {r.id for r in own}
    taken |= {
        r.id
        for r in graph.annotations.values()
        if (r.kind == "note" or not held[r.id]) and any(is_within(r.area, room) for room in rooms)
    }
    return {i: r for i, r in graph.annotations.items() if i in taken}


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


def moved_with(graph: Graph, annotation: str, cards: Mapping[str, Area]) -> tuple[dict[str, Area], list[str]]:
    """What moves with a frame or a note: its own area and, of a frame, those of the annotations in it; and which of the cards are in it."""
    own = graph.annotations[annotation]
    if own.kind != "frame":
        return {annotation: own.area}, []
    areas = {annotation: own.area} | {r.id: r.area for r in graph.annotations.values() if is_within(r.area, own.area)}
    return areas, [i for i, card in cards.items() if is_within(card, own.area)]


def with_annotations(graph: Graph, annotations: Iterable[Annotation], by: tuple[float, float] = (0.0, 0.0)) -> Graph:
    """The graph with these frames and notes, moved; one keeps its id unless it is taken. More than a sheet may have are left out."""
    after = dict(graph.annotations)
    number = max((int(i[1:]) for i in after), default=0)
    for annotation in annotations:
        if len(after) >= MAX_ANNOTATIONS:
            break
        (x, y, width, height), called = annotation.area, annotation.id
        number = max(number, int(called[1:]))
        if called in after:
            number += 1
            called = f"r{number}"
        after[called] = replace(annotation, id=called, area=(*spot((x + by[0], y + by[1])), width, height))
    return replace(graph, annotations=after) if after != graph.annotations else graph


def shift_points(points: Iterable[tuple[float, float]], by: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """The points of a wire elsewhere."""
    return tuple(spot((x + by[0], y + by[1])) for x, y in points)


def add_bends(graph: Graph, bends: Mapping[Port, tuple[tuple[float, float], ...]]) -> Graph:
    """The graph with these bends too."""
    return replace(graph, bends={**graph.bends, **bends}) if bends else graph
