"""Choose the rows and the direction of a layout so that a view of a given size shows it as large as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.geometry.card_size import CardSize, port_offsets
from visualnet.analysis.geometry.row_breaks import COLUMN_GAP
from visualnet.analysis.geometry.sheet_geometry import Places, wrap_width
from visualnet.core.edits.frame_contents import bounding_area
from visualnet.core.graph import Graph

MOST_ROWS = 8
"""So many rows are tried at most."""
FEW_CARDS = 150
"""From so many cards on only one wrapping is tried, the one that an estimate of the rows gives."""
WORTH = 1.02
"""A further row must make the picture so many times larger."""
WIDER = 1.3
"""So many times wider may a row be where fewer wires then lead on to the next: beside each other they look like one. The picture may be
as much smaller for it."""
LEGIBLE = 0.75
"""From this scale on a card shows all that it has, at normal text size: a sheet that fits so is not broken into more rows."""
WORTH_TURNING = 1.4
"""So many times larger must the picture be for the sheet to flow the other way."""
MARGIN_X, MARGIN_Y = 32.0, 40.0
"""What stays free on each side of a view that shows the whole sheet, in px of the screen; the line of totals stands in it."""


class Arrangement(NamedTuple):
    """Where the cards stand, which way the sheet flows, and the scale at which a view shows all of it."""

    places: Places
    direction: str
    scale: float


def scale_to_fit(
    places: Mapping[str, tuple[float, float]],
    sizes: Mapping[str, CardSize],
    room: tuple[float, float],
    most: float = 1.0,
) -> float:
    """The scale at which a view of this size shows all cards, at most ``most``."""
    if not places:
        return most
    _, _, width, height = bounding_area((*places[i], *sizes[i][:2]) for i in places)
    return max(min((room[0] - 2 * MARGIN_X) / width, (room[1] - 2 * MARGIN_Y) / height, most), 0.0)


def arrange_rows(
    graph: Graph,
    sizes: Mapping[str, CardSize],
    room: tuple[float, float],
    direction: str = "right",
    ids: Iterable[str] | None = None,
    most: float = 1.0,
    pulse: Callable[[], None] = lambda: None,
) -> Arrangement:
    """The layout with the fewest rows in which a view of this size shows it legibly, else with those that it shows largest."""
    chosen = list(graph.nodes if ids is None else ids)
    boxes, ends = {i: size[:2] for i, size in sizes.items()}, port_offsets(sizes)

    def lay_out(wrap: float | None) -> Arrangement:
        places = tidy(graph, boxes, direction, chosen, wrap, ends, pulse)
        return Arrangement(places, direction, scale_to_fit(places, sizes, room, most))

    if len(chosen) > FEW_CARDS:
        return lay_out(wrap_width(*room, direction, len(chosen)))
    best = lay_out(None)
    axis = 3 if direction == "down" else 2
    length = bounding_area((*best.places[i], *boxes[i]) for i in best.places)[axis] if best.places else 0.0
    for rows in range(2, MOST_ROWS + 1):
        if best.scale >= LEGIBLE * most:
            break
        width = (length + COLUMN_GAP) / rows + COLUMN_GAP
        found = lay_out(width)
        if (back := _count_back(graph, found)) >= rows:
            wider = lay_out(width * WIDER)
            if wider.scale * WIDER >= found.scale and _count_back(graph, wider) < back:
                found = wider
        if found.scale > WORTH * best.scale:
            best = found
    return best


def _count_back(graph: Graph, found: Arrangement) -> int:
    """How many wires lead back to the beginning of a further row: one for each row but the first, where a single wire joins them."""
    axis, places = (1 if found.direction == "down" else 0), found.places
    ends = ((source.node, target.node) for target, source in graph.wires.items())
    return sum(a in places and b in places and places[b][axis] < places[a][axis] for a, b in ends)


def arrange_sheet(
    graph: Graph, measure: Callable[[str], Mapping[str, CardSize]], room: tuple[float, float], most: float = 1.0
) -> Arrangement:
    """The layout of a whole sheet that nobody has arranged yet. ``measure`` gives the cards' sizes for a direction of the sheet."""
    ways = (graph.direction, "right" if graph.direction == "down" else "down")
    same, other = (arrange_rows(graph, measure(way), room, way, most=most) for way in ways)
    return other if other.scale > WORTH_TURNING * same.scale else same
