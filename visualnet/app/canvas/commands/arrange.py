"""Put cards in order: tidy, align, distribute. Each is one undo step, and the cards glide there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from visualnet.analysis.geometry import sheet_geometry
from visualnet.analysis.geometry.auto_layout import tidy as lay_out
from visualnet.analysis.geometry.card_size import port_offsets
from visualnet.analysis.geometry.sheet_geometry import Edge, Places, frames_around, wrap_width
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.long_task import LongTaskTool
from visualnet.app.canvas.commands.select import selected_cards
from visualnet.app.canvas.scene.node_item import sizes
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import Project
from visualnet.core.validation import Area

MANY = 700
"""From so many cards on tidy works beside the window, and can be stopped."""


def card_areas(scene: CanvasScene) -> dict[str, Area]:
    """Where every card stands, and its size."""
    return {i: (c.x, c.y, c.width, c.height) for i, c in scene.cards.items()}


def put(
    view: CanvasBase,
    label: str,
    places: Places,
    direction: str = "",
    areas: Mapping[str, Area] = {},
    fits: bool = False,
) -> bool:
    """Move cards there as one step, in a glide; ``direction``: the sheet flows that way from now on; ``areas``: where annotations go.

    What was in view stays in view; ``fits``: the whole sheet is shown.
    """
    cards, sheet = view.canvas.cards, view.studio.sheet
    view.finish_motion()
    whole = view.seen.contains(view.canvas.contents())
    before = {i: (cards[i].x, cards[i].y) for i in places}

    def edit(project: Project) -> Project:
        project = annotate.place_annotations(edits.move(project, sheet, places), sheet, areas)
        return annotate.set_direction(project, sheet, direction) if direction else project

    done = view.studio.do(label, edit)
    if done:
        keep_in_view(view, places, whole, fits)
        view.animation.run(before, places)
    return done


def keep_in_view(view: CanvasBase, ids: Iterable[str], whole: bool, fits: bool = False) -> None:
    """Show the sheet if the ``whole`` of it was seen and is seen no longer, else these cards. Asked before they glide to their places."""
    if fits or (whole and not view.seen.contains(view.canvas.contents())):
        view.fit()
    elif not whole:
        view.show_area(view.canvas.contents(ids))


def tidy(view: CanvasBase, direction: str = "", ids: list[str] | None = None) -> None:
    """Lay out the selected cards (two or more), or all, in the direction in which tensors flow. The sheet keeps the direction."""
    graph, cards = view.studio.graph, view.canvas.cards
    direction, turns = direction or graph.direction, direction
    if ids is None and not turns and len(view.studio.selection) > 1:
        ids = [i for i in view.studio.selection if i in cards]
    measured = sizes(cards, direction)
    room = {i: size[:2] for i, size in measured.items()}
    count, size = len(ids or cards), view.viewport().size()
    wrap, ends = wrap_width(size.width(), size.height(), direction, count), port_offsets(measured)

    def work(pulse: Callable[[], None]) -> Places:
        return lay_out(graph, room, direction, ids, wrap, ends, pulse)

    def done(places: Places) -> None:
        words = "Tidy" if ids is None else "Tidy the selection"
        words = {"right": "Tidy to the right", "down": "Tidy downwards"}.get(turns, words)
        areas = frames_around(graph.annotations, card_areas(view.canvas), places, room)
        put(view, words, places, turns, areas, fits=ids is None)

    if count < MANY:
        done(work(lambda: None))
    else:
        view.hold(LongTaskTool(view, f"Tidying {count:,} cards", work, done))


def unstack(view: CanvasBase) -> None:
    """Lay out cards that all lie on one place, as those of a file without a layout do; undo puts them back."""
    cards = view.canvas.cards.values()
    if len(cards) > 1 and len({(c.x, c.y) for c in cards}) == 1 and not view.studio.project.readonly:
        tidy(view)


def tidy_selection(view: CanvasBase) -> None:
    """Lay out only what is selected; its top left corner stays where it is."""
    if ids := selected_cards(view, 2):
        tidy(view, ids=ids)


def align(view: CanvasBase, edge: Edge) -> None:
    """Bring an edge or the middle of all selected cards to one line: that of the outermost, or their mean."""
    if ids := selected_cards(view, 2):
        areas = card_areas(view.canvas)
        put(view, f"Align {edge}", sheet_geometry.align({i: areas[i] for i in ids}, edge))


def distribute(view: CanvasBase, across: bool) -> None:
    """Make the gaps between the selected cards equal; the first and the last stay."""
    if ids := selected_cards(view, 3):
        areas = card_areas(view.canvas)
        places = sheet_geometry.distribute({i: areas[i] for i in ids}, across)
        put(view, "Distribute across" if across else "Distribute down", places)
