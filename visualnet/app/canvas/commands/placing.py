"""Add a node as one edit: where there is room, wired to what it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF

from visualnet.analysis.card_content import card_content
from visualnet.analysis.connect.insert_node import insert_node, kind_label, passes_on
from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH, card_size
from visualnet.analysis.geometry.make_room import GAP, InsertionLayout, make_room
from visualnet.analysis.geometry.sheet_geometry import Places, ceil_to_grid, frames_around, snap
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.arrange import card_areas, keep_in_view
from visualnet.app.canvas.commands.select import add_and_select
from visualnet.app.canvas.scene.painting import text_width
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.layers.shorthand import NONE, TypedParameters

MOST_STEPS = 400
"""So often a place is looked for; then cards may overlap."""


def free_place(scene: CanvasScene, at: tuple[float, float]) -> tuple[float, float]:
    """The place nearest below ``at``, on the grid, where a card covers no other."""
    x, y = snap(at[0]), snap(at[1])
    for _ in range(MOST_STEPS):
        near = scene.ids_in(QRectF(x - 8, y - 8, MIN_WIDTH + 16, HEIGHT + 16))
        if not near:
            break
        y = ceil_to_grid(max(scene.cards[i].rect.bottom() for i in near) + 24)
    return x, y


def after_card(scene: CanvasScene, node_id: str) -> tuple[float, float]:
    """The place where the next card goes: right of a card, or below it where the sheet flows down."""
    item = scene.cards[node_id]
    if item.down:
        return free_place(scene, (item.x, item.y + item.height + GAP))
    return free_place(scene, (item.x + item.width + GAP, item.y))


def add(
    view: CanvasBase,
    kind: str,
    at: tuple[float, float],
    source: Port | None = None,
    target: Port | None = None,
    given: TypedParameters = NONE,
) -> bool:
    """Add a node as one edit, wired if asked, and select it."""
    studio, place = view.studio, free_place(view.canvas, at)
    sheet, path, analysis = studio.sheet, studio.path, studio.analysis

    def edit(project: Project) -> tuple[Project, list[str]]:
        after, node_id = insert_node(
            project, sheet, path, analysis, kind, place, source, target, given=given, fields=studio.fields
        )
        return after, [node_id]

    done = add_and_select(studio, f"Add {kind_label(kind)}", edit)
    if done:
        view.show_card(studio.selection[0])
    return done


def wires_behind(view: CanvasBase, node_id: str) -> tuple[Port | None, list[Port]]:
    """The output at which a chain goes on, the first that leads somewhere, and where its wires end; no port if the node has none."""
    wires, outputs = view.studio.graph.wires, view.canvas.cards[node_id].outputs
    for output in outputs:
        ends = [target for target, source in wires.items() if source == Port(node_id, output)]
        if ends:
            return Port(node_id, output), ends
    return (Port(node_id, outputs[0]), []) if outputs else (None, [])


def add_behind(view: CanvasBase, kind: str, node_id: str, given: TypedParameters = NONE) -> bool:
    """Add a node behind another: between it and what follows it, where something does and the kind can stand between."""
    source, ends = wires_behind(view, node_id)
    if ends and passes_on(view.studio.project, kind, given):
        return insert(view, kind, ends, given)
    return add(view, kind, after_card(view.canvas, node_id), source, given=given)


def describe_place(view: CanvasBase, kind: str, node_id: str) -> str:
    """Where ``add_behind`` would put a node of this kind, in words."""
    graph = view.studio.graph
    source, ends = wires_behind(view, node_id)
    name = f"“{graph.nodes[node_id].name}”"
    if source is None:
        return f"beside {name}"
    if len(view.canvas.cards[node_id].outputs) > 1:
        name = f"“{source.port}” of {name}"
    if not passes_on(view.studio.project, kind):
        return f"reads {name}"
    followers = list(dict.fromkeys(graph.nodes[end.node].name for end in ends))
    if not followers:
        return f"behind {name}"
    return f"between {name} and " + (
        f"“{followers[0]}”" if len(followers) == 1 else f"all {len(followers)} that follow it"
    )


def insert(
    view: CanvasBase,
    kind: str,
    wires: Sequence[Port],
    given: TypedParameters = NONE,
    dropped: tuple[float, float] | None = None,
) -> bool:
    """Put a new node into wires that come from one port, as one edit, and select it. What follows moves on to make room.

    ``dropped`` is the corner at which it was let go; a kind that hands nothing on stays there, and only reads.
    """
    studio = view.studio
    source = studio.graph.wires[wires[0]]
    if not passes_on(studio.project, kind, given):
        return add(view, kind, dropped or after_card(view.canvas, source.node), source, given=given)
    sheet, path, analysis = studio.sheet, studio.path, studio.analysis
    moved: Places = {}

    def edit(project: Project) -> tuple[Project, list[str]]:
        first, *also = wires
        after, node_id = insert_node(
            project, sheet, path, analysis, kind, (0.0, 0.0), insert=first, given=given, also=also
        )
        room = find_room(view, wires, measure_new(view, after, node_id), dropped)
        moved.update(room.places)
        return move_aside(view, after, {**room.places, node_id: room.at}), [node_id]

    whole = view.seen.contains(view.canvas.contents())
    view.finish_motion()
    before = {i: (card.x, card.y) for i, card in view.canvas.cards.items()}
    done = add_and_select(studio, f"Insert {kind_label(kind)}", edit)
    if done:
        keep_in_view(view, studio.selection, whole)
        view.animation.run({i: before[i] for i in moved}, moved)
    return done


def find_room(
    view: CanvasBase,
    wires: Sequence[Port],
    size: tuple[float, float],
    dropped: tuple[float, float] | None,
    own: str = "",
) -> InsertionLayout:
    """Where a card of this size goes that is put into wires, and where those go that make room for it."""
    graph = view.studio.graph
    targets = [wire.node for wire in wires]
    return make_room(graph, card_areas(view.canvas), graph.wires[wires[0]].node, targets, size, dropped, own)


def move_aside(view: CanvasBase, project: Project, places: Mapping[str, tuple[float, float]]) -> Project:
    """The project with these cards elsewhere; frames go with what stands in them."""
    sheet, cards = view.studio.sheet, card_areas(view.canvas)
    known = {i: at for i, at in places.items() if i in cards}
    sizes = {i: area[2:] for i, area in cards.items()}
    areas = frames_around(project.sheet(sheet).annotations, cards, known, sizes)
    return annotate.place_annotations(edits.move(project, sheet, places), sheet, areas)


def measure_new(view: CanvasBase, project: Project, node_id: str) -> tuple[float, float]:
    """How large the card of a node will be that is not on the canvas yet."""
    graph = project.sheet(view.studio.sheet)
    content = card_content(graph.nodes[node_id], None, (), project, graph)
    strip = any(card.thumbnail is not None for card in view.canvas.cards.values())
    size = card_size(content, strip, False, graph.direction == "down", text_width)
    return size.width, size.height
