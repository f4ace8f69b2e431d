"""Add a node as one edit: where there is room, wired to what it was asked for."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from visualnet.analysis.connect.insert_node import insert_node, kind_label
from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH
from visualnet.analysis.geometry.sheet_geometry import snap, snap_up
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.select import add_and_select
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.layers.shorthand import NONE, Given

GAP = 64.0
MOST_STEPS = 400
"""So often a place is looked for; then cards may overlap."""


def free_place(scene: CanvasScene, at: tuple[float, float]) -> tuple[float, float]:
    """The place nearest below ``at``, on the grid, where a card covers no other."""
    x, y = snap(at[0]), snap(at[1])
    for _ in range(MOST_STEPS):
        near = scene.ids_in(QRectF(x - 8, y - 8, MIN_WIDTH + 16, HEIGHT + 16))
        if not near:
            break
        y = snap_up(max(scene.cards[i].rect.bottom() for i in near) + 24)
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
    insert: Port | None = None,
    given: Given = NONE,
) -> bool:
    """Add a node as one edit, wired if asked, and select it."""
    studio, place = view.studio, free_place(view.canvas, at)
    sheet, path, analysis = studio.sheet, studio.path, studio.analysis

    def edit(project: Project) -> tuple[Project, list[str]]:
        ends = source, target, insert
        after, node_id = insert_node(project, sheet, path, analysis, kind, place, *ends, given)
        return after, [node_id]

    done = add_and_select(studio, f"Add {kind_label(kind)}", edit)
    if done:
        view.show_card(studio.selection[0])
    return done
