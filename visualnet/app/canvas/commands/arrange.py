"""Put cards in order: tidy, align, distribute. Each is one undo step, and the cards glide there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal

from PySide6.QtCore import QRectF

from visualnet.analysis.auto_layout import tidy as lay_out
from visualnet.analysis.geometry.card_size import port_offsets
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.long_task import start
from visualnet.app.canvas.scene.node_item import NodeItem, sizes
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import Project
from visualnet.core.validation import Area

Edge = Literal["left", "right", "top", "bottom", "centre", "middle"]
Places = dict[str, tuple[float, float]]
MANY = 700
"""From so many cards on tidy works beside the window, and can be stopped."""

_EDGES: dict[str, Callable[[NodeItem], float]] = {
    "left": lambda c: c.x,
    "right": lambda c: c.x + c.width,
    "centre": lambda c: c.x + c.width / 2,
    "top": lambda c: c.y,
    "bottom": lambda c: c.y + c.height,
    "middle": lambda c: c.y + c.height / 2,
}


def put(
    view: CanvasBase, label: str, places: Places, direction: str = "", areas: Mapping[str, Area] | None = None
) -> bool:
    """Move cards there as one step, in a glide; ``direction``: the sheet flows that way from now on; ``areas``: where remarks go."""
    cards, sheet = view.canvas.cards, view.studio.sheet
    view.finish_motion()
    before = {i: (cards[i].x, cards[i].y) for i in places}

    def edit(project: Project) -> Project:
        project = edits.move(project, sheet, places)
        project = annotate.place_remarks(project, sheet, areas) if areas else project
        return annotate.turn(project, sheet, direction) if direction else project

    done = view.studio.do(label, edit)
    if done:
        view.animation.run(before, places)
    return done


def chosen(view: CanvasBase, least: int) -> list[NodeItem]:
    """The selected cards, if there are enough of them; else words about what is wanted."""
    cards = [view.canvas.cards[i] for i in view.studio.selection if i in view.canvas.cards]
    if len(cards) < least:
        view.studio.message.emit("hint", f"select at least {least} cards first")
        return []
    return cards


def tidy(view: CanvasBase, direction: str = "", ids: list[str] | None = None) -> None:
    """Lay out the selected cards (two or more), or all, in the direction in which tensors flow. The sheet keeps the direction."""
    studio, cards = view.studio, view.canvas.cards
    direction, turns = direction or studio.graph.direction, direction
    if ids is None and not turns and len(studio.selection) > 1:
        ids = [i for i in studio.selection if i in cards]
    found = sizes(cards, direction)
    room = {i: size[:2] for i, size in found.items()}
    graph, wrap, ends = studio.graph, _wrap(view, direction, len(ids or cards)), port_offsets(found)

    def work(pulse: Callable[[], None]) -> Places:
        return lay_out(graph, room, direction, ids, wrap, ends, pulse)

    def done(places: Places) -> None:
        words = "Tidy" if ids is None else "Tidy the selection"
        words = {"right": "Tidy to the right", "down": "Tidy downwards"}.get(turns, words)
        if put(view, words, places, turns, taken_along(view, places, room)) and ids is None:
            view.fit()

    if len(ids or cards) < MANY:
        done(work(lambda: None))
    else:
        start(view, f"Tidying {len(ids or cards):,} cards", work, done)


def taken_along(view: CanvasBase, places: Places, room: Mapping[str, tuple[float, float]]) -> dict[str, Area]:
    """Where frames go when their cards go there: round them as closely as before; what else lies in a frame goes with it."""
    canvas = view.canvas
    found: dict[str, QRectF] = {}
    frames = [r for r in canvas.remarks.values() if r.remark.kind == "frame"]
    for frame in sorted(frames, key=lambda r: -r.area.width() * r.area.height()):
        held = [i for i in canvas.ids_in(frame.area) if frame.area.contains(canvas.cards[i].rect)]
        if not places.keys() & set(held):
            continue
        was, becomes = canvas.contents(held), QRectF()
        for i in held:
            card = canvas.cards[i]
            becomes = becomes.united(QRectF(*places.get(i, (card.x, card.y)), *room[i]))
        area = frame.area
        found[frame.id] = becomes.adjusted(
            area.left() - was.left(), area.top() - was.top(), area.right() - was.right(), area.bottom() - was.bottom()
        )
        by = found[frame.id].topLeft() - area.topLeft()
        inside = [r for r in canvas.remarks.values() if r.id != frame.id and area.contains(r.area)]
        found |= {r.id: r.area.translated(by) for r in inside}
    return {i: (a.left(), a.top(), a.width(), a.height()) for i, a in found.items()}


def unstack(view: CanvasBase) -> None:
    """Lay out cards that all lie on one place, as those of a file without a layout do; undo puts them back."""
    cards = view.canvas.cards.values()
    if len(cards) > 1 and len({(c.x, c.y) for c in cards}) == 1 and not view.studio.project.readonly:
        tidy(view)


def _wrap(view: CanvasBase, direction: str, amount: int) -> float:
    """How far the network may run before it goes on in a further row, so that it fills the view."""
    wide, high = max(1, view.viewport().width()), max(1, view.viewport().height())
    if direction == "down":
        return max(high / 0.9, math.sqrt(amount * 248 * 168 * max(1.0, high / wide)))
    return max(wide / 0.9, math.sqrt(amount * 248 * 168 * max(1.0, wide / high)))


def tidy_selection(view: CanvasBase) -> None:
    """Lay out only what is selected; its top left corner stays where it is."""
    cards = chosen(view, 2)
    if cards:
        tidy(view, ids=[c.id for c in cards])


def align(view: CanvasBase, edge: Edge) -> None:
    """Bring an edge or the middle of all selected cards to one line: that of the outermost, or their mean."""
    cards = chosen(view, 2)
    if not cards:
        return
    of = _EDGES[edge]
    values = [of(c) for c in cards]
    line = {"left": min, "top": min, "right": max, "bottom": max}.get(edge, lambda v: sum(v) / len(v))(values)
    if edge in ("left", "right", "centre"):
        places = {c.id: (c.x + _snapped(line - of(c), c.x, edge), c.y) for c in cards}
    else:
        places = {c.id: (c.x, c.y + _snapped(line - of(c), c.y, edge)) for c in cards}
    put(view, f"Align {edge}", places)


def _snapped(by: float, start: float, edge: Edge) -> float:
    """Edges meet exactly; a middle may be half a px off a whole number, which the file keeps."""
    return by if edge not in ("centre", "middle") else round((start + by) * 2) / 2 - start


def distribute(view: CanvasBase, across: bool) -> None:
    """Make the gaps between the selected cards equal; the first and the last stay."""
    cards = chosen(view, 3)
    if not cards:
        return
    at, size = (lambda c: c.x, lambda c: c.width) if across else (lambda c: c.y, lambda c: c.height)
    row = sorted(cards, key=lambda c: (at(c), c.id))
    room = at(row[-1]) - at(row[0]) - sum(size(c) for c in row[:-1])
    gap = room / (len(row) - 1)
    if gap < 0:  # They overlap: there is no room between the outermost, so the row grows.
        gap = float(GRID * 3)
    places: Places = {}
    spot = at(row[0])
    for card in row:
        places[card.id] = (_half(spot), card.y) if across else (card.x, _half(spot))
        spot += size(card) + gap
    put(view, "Distribute across" if across else "Distribute down", places)


def _half(value: float) -> float:
    return round(value * 2) / 2
