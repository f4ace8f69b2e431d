"""The canvas by keyboard: walk along the wires, nudge, open, delete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from visualnet.analysis.geometry.sheet_geometry import GRID, card_along, card_beside
from visualnet.app.actions.registry import EDIT_PARAMETERS
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import clipboard, keyboard_focus, remove, select
from visualnet.app.canvas.commands.arrange import card_areas
from visualnet.core import edits

ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def enter(view: CanvasBase) -> None:
    """Open the selected block; of another card, go to its parameters."""
    if not view.studio.selection:
        return
    node_id = view.studio.selection[-1]
    block = view.canvas.graph.nodes[node_id].block
    if block is not None and block in view.studio.project.blocks:
        view.studio.open_sheet(block, (*view.studio.path, node_id))
        return
    view.show_card(node_id)
    view.studio.shell.run_action(EDIT_PARAMETERS)


_KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[CanvasBase], object]] = {
    (Qt.Key.Key_Delete, NONE): remove.delete,
    (Qt.Key.Key_Backspace, NONE): remove.delete,
    (Qt.Key.Key_Return, NONE): enter,
    (Qt.Key.Key_Enter, NONE): enter,
    (Qt.Key.Key_Tab, NONE): lambda view: view.quick_add_asked.emit(),
    (Qt.Key.Key_F2, NONE): lambda view: view.rename_asked.emit(),
    (Qt.Key.Key_Home, NONE): lambda view: view.fit(),
    (Qt.Key.Key_A, CTRL): select.every,
    (Qt.Key.Key_C, CTRL): lambda view: clipboard.copy(view.studio),
    (Qt.Key.Key_X, CTRL): lambda view: clipboard.cut(view.studio),
    (Qt.Key.Key_V, CTRL): clipboard.paste_at_pointer,
    (Qt.Key.Key_D, CTRL): lambda view: clipboard.duplicate(view.studio),
}


def press(view: CanvasBase, event: QKeyEvent) -> bool:
    """Answer a key; False if it means nothing here."""
    key, held = Qt.Key(event.key()), event.modifiers() & (CTRL | SHIFT | Qt.KeyboardModifier.AltModifier)
    way = ARROWS.get(key)
    if keyboard_focus.press(view, way, event):
        return True
    if way is None:
        action = _KEYS.get((key, held))
        if action is not None:
            action(view)
        return action is not None
    if held & CTRL:
        nudge(view, way, 8 if held & SHIFT else 1)
    else:
        walk(view, way, bool(held & SHIFT))
    return True


def nudge(view: CanvasBase, way: tuple[int, int], steps: int) -> None:
    """Move what is selected by a step of the grid; a run of nudges is one undo step."""
    cards, sheet = view.canvas.cards, view.studio.sheet
    ids = [i for i in view.studio.selection if i in cards]
    if ids:
        view.finish_motion()
        dx, dy = way[0] * GRID * steps, way[1] * GRID * steps
        places = {i: (cards[i].x + dx, cards[i].y + dy) for i in ids}
        view.studio.do("Nudge", lambda p: edits.move(p, sheet, places), merge=f"nudge {' '.join(ids)}")
        view.show_card(ids[0])


def walk(view: CanvasBase, way: tuple[int, int], extend: bool) -> None:
    """Select the card that the wires lead to (left, right), or the nearest one above or below."""
    if not view.canvas.cards:
        return
    cards, graph = card_areas(view.canvas), view.canvas.graph
    here = next((i for i in reversed(view.studio.selection) if i in cards), None)
    there = first(view) if here is None else card_along(graph, cards, here, way) or card_beside(cards, here, way)
    if there is not None:
        view.studio.select([*view.studio.selection, there] if extend else [there])
        view.show_card(there)


def first(view: CanvasBase) -> str:
    """Where a walk begins: the card nearest the middle of the view."""
    centre = view.pose()

    def distance(node_id: str) -> float:
        middle = view.canvas.cards[node_id].rect.center()
        return (middle.x() - centre.x) ** 2 + (middle.y() - centre.y) ** 2

    return min(view.canvas.cards, key=distance)
