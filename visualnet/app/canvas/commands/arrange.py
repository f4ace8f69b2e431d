"""Put cards in order: tidy, align, distribute. Each is one undo step, and the cards glide there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from visualnet.analysis.geometry import sheet_geometry
from visualnet.analysis.geometry.card_size import CardSize
from visualnet.analysis.geometry.layout_choice import LEGIBLE, Arrangement, arrange_rows, arrange_sheet, scale_to_fit
from visualnet.analysis.geometry.sheet_geometry import Edge, Places, frames_around
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.long_task import LongTaskTool
from visualnet.app.canvas.commands.select import selected_cards
from visualnet.app.canvas.scene.node_item import sizes
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme import fonts
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import MAIN, Project
from visualnet.core.validation import Area

MOST_OPENED = 300
"""A template with more cards is opened as it was published."""
WORTH_MOVING = 1.08
"""So many times larger must another arrangement show a template than the published one."""
WORTH_MOVING_AGAIN = 1.2
"""The same for a view that has got another size: cards that stand still are worth something too."""
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
    """Lay out the selected cards (two or more), or all, in the direction in which tensors flow, in as many rows as the view shows largest.

    The sheet keeps the direction.
    """
    graph, cards = view.studio.graph, view.canvas.cards
    direction, turns = direction or graph.direction, direction
    if ids is None and not turns and len(view.studio.selection) > 1:
        ids = [i for i in view.studio.selection if i in cards]
    measured, size = sizes(cards, direction), view_size(view)

    def work(pulse: Callable[[], None]) -> Places:
        return arrange_rows(graph, measured, size, direction, ids, fonts.factor(), pulse).places

    def done(places: Places) -> None:
        words = "Tidy" if ids is None else "Tidy the selection"
        words = {"right": "Tidy to the right", "down": "Tidy downwards"}.get(turns, words)
        areas = frames_around(
            graph.annotations, card_areas(view.canvas), places, {i: size[:2] for i, size in measured.items()}
        )
        put(view, words, places, turns, areas, fits=ids is None)

    count = len(ids or cards)
    if count < MANY:
        done(work(lambda: None))
    else:
        view.hold(LongTaskTool(view, f"Tidying {count:,} cards", work, done))


def view_size(view: CanvasBase) -> tuple[float, float]:
    """The room that the view has, in px of the screen."""
    size = view.viewport().size()
    return float(size.width()), float(size.height())


def arrange_opened(view: CanvasBase) -> None:
    """Lay out a template that was just opened for the view as it is, where it is too small as it was published.

    Only what nobody has edited is laid out, and the project stays unmodified; a file that a person arranged is opened as it was saved.
    """
    document = view.studio.document
    if not document.modified and not document.steps and (found := _opened_anew(view)) is not None:
        sheet = view.studio.sheet
        document.replace_opened(lambda p: _arranged(p, sheet, found))
        view.fit()
        view.skip()
    view.own_places[document] = document.project.graph.places


def arrange_for_size(view: CanvasBase) -> bool:
    """Lay out a template for the size that the view has got, while the whole of it is shown and nobody has moved a card; True if so.

    It is no step: undo and redo keep it, and the project stays as saved or unsaved as it was.
    """
    document, graph, cards = view.studio.document, view.studio.graph, view.canvas.cards
    ours = view.own_places.get(document)
    untouched = view.studio.sheet == MAIN and document.path is None and ours is not None and graph.places == ours
    if not untouched or not view.following or document.project.readonly or len(cards) > MOST_OPENED:
        return False
    measured, room = sizes(cards, graph.direction), view_size(view)
    now = scale_to_fit(graph.places, measured, room, fonts.factor())
    if now >= LEGIBLE * fonts.factor():
        return False
    found = arrange_rows(graph, measured, room, graph.direction, most=fonts.factor())
    if found.scale <= WORTH_MOVING_AGAIN * now:
        return False
    view.finish_motion()
    before = {i: (cards[i].x, cards[i].y) for i in found.places}
    document.replace_quietly(lambda p: _arranged(p, MAIN, found) if p.graph.places == ours else p, saved=True)
    view.own_places[document] = document.project.graph.places
    view.fit()
    view.animation.run(before, found.places)
    return True


def arrange_block(view: CanvasBase) -> None:
    """The same for the sheet of a template's block when it is opened: as long as nobody has edited that sheet.

    Undo and redo keep it, for it is no step.
    """
    document, sheet, graph = view.studio.document, view.studio.sheet, view.studio.graph
    first = document.steps[0].before if document.steps else document.project
    opened = first.blocks.get(sheet)
    if document.forgotten or document.project.readonly or opened is None or opened.graph is not graph:
        return
    if (found := _opened_anew(view)) is not None:
        document.replace_quietly(
            lambda p: _arranged(p, sheet, found) if sheet in p.blocks and p.sheet(sheet) is graph else p, saved=True
        )
        view.fit()
        view.skip()


def _arranged(project: Project, sheet: str, found: Arrangement) -> Project:
    return annotate.set_direction(edits.move(project, sheet, found.places), sheet, found.direction)


def _opened_anew(view: CanvasBase) -> Arrangement | None:
    """The layout that shows a sheet, as it was published, larger in this view; None where none does, or where a person arranged it."""
    graph, cards = view.studio.graph, view.canvas.cards
    if view.studio.document.path is not None or graph.annotations or len(cards) > MOST_OPENED:
        return None

    def measure(direction: str) -> dict[str, CardSize]:
        return sizes(cards, direction)

    room = view_size(view)
    found = arrange_sheet(graph, measure, room, fonts.factor())
    published = scale_to_fit(graph.places, measure(graph.direction), room, fonts.factor())
    legible = published >= LEGIBLE * fonts.factor()
    larger = len(graph.places) < len(cards) or (not legible and found.scale > WORTH_MOVING * published)
    return found if larger else None


def arrange_entered(view: CanvasBase) -> None:
    """Lay out the sheet that was gone to, where nobody has arranged it."""
    arrange_block(view)
    unstack(view)


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
