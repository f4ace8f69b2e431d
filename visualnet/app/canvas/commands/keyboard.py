"""The canvas by keyboard: walk along the wires, nudge, open, delete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import block_navigation, clipboard, keyboard_focus, remove, select
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(view: CanvasBase, event: QKeyEvent) -> bool:
    """Answer a key; False if it means nothing here."""
    if keyboard_focus.press(view, ARROWS.get(Qt.Key(event.key())), event):
        return True
    key, held = Qt.Key(event.key()), event.modifiers() & (CTRL | SHIFT | Qt.KeyboardModifier.AltModifier)
    if key in ARROWS:
        way = ARROWS[key]
        if held & CTRL:
            nudge(view, way, 8 if held & SHIFT else 1)
        else:
            walk(view, way, bool(held & SHIFT))
        return True
    plain: dict[Qt.Key, Callable[[], object]] = {
        Qt.Key.Key_Delete: lambda: remove.delete(view),
        Qt.Key.Key_Backspace: lambda: remove.delete(view),
        Qt.Key.Key_Return: lambda: block_navigation.enter(view),
        Qt.Key.Key_Enter: lambda: block_navigation.enter(view),
        Qt.Key.Key_Tab: view.quick_add_asked.emit,
        Qt.Key.Key_F2: view.rename_asked.emit,
        Qt.Key.Key_Home: view.fit,
    }
    control: dict[Qt.Key, Callable[[], object]] = {
        Qt.Key.Key_A: lambda: select.every(view),
        Qt.Key.Key_C: lambda: clipboard.copy(view.studio),
        Qt.Key.Key_X: lambda: clipboard.cut(view.studio),
        Qt.Key.Key_V: lambda: clipboard.paste_at_pointer(view),
        Qt.Key.Key_D: lambda: clipboard.duplicate(view.studio),
    }
    action = (control if held == CTRL else plain if not held else {}).get(key)
    if action is None:
        return False
    action()
    return True


def nudge(view: CanvasBase, way: tuple[int, int], steps: int) -> None:
    """Move what is selected by a step of the grid; a run of nudges is one undo step."""
    studio = view.studio
    dx, dy = way[0] * GRID * steps, way[1] * GRID * steps
    cards = view.canvas.cards
    places = {i: (cards[i].x + dx, cards[i].y + dy) for i in studio.selection if i in cards}
    if places:
        view.finish_motion()
        places = {i: (cards[i].x + dx, cards[i].y + dy) for i in places}
        sheet = studio.sheet
        studio.do("Nudge", lambda p: edits.move(p, sheet, places), merge=f"nudge {' '.join(places)}")
        view.show_card(next(iter(places)))


def walk(view: CanvasBase, way: tuple[int, int], extend: bool) -> None:
    """Select the card that the wires lead to (left, right), or the nearest one above or below."""
    cards = view.canvas.cards
    if not cards:
        return
    here = next((i for i in reversed(view.studio.selection) if i in cards), None)
    there = first(view) if here is None else along(view, here, way) or beside(view, here, way)
    if there is not None:
        view.studio.select([*view.studio.selection, there] if extend else [there])
        view.show_card(there)


def first(view: CanvasBase) -> str:
    """Where a walk begins: the card nearest the middle of the view."""
    centre = view.pose()
    return min(
        view.canvas.cards.values(),
        key=lambda c: (c.x + c.width / 2 - centre.x) ** 2 + (c.y + c.height / 2 - centre.y) ** 2,
    ).id


def along(view: CanvasBase, here: str, way: tuple[int, int]) -> str | None:
    """The neighbour along a wire, the one that goes straightest on."""
    down = view.canvas.graph.direction == "down"
    ahead = way[1] if down else way[0]
    if not ahead:
        return None
    wires = [view.canvas.wires[t] for t in view.canvas.by_node.get(here, ())]
    ends = (
        [w.target.node for w in wires if w.source.node == here]
        if ahead > 0
        else [w.source.node for w in wires if w.target.node == here]
    )
    cards = view.canvas.cards
    across = {e: cards[e].x if down else cards[e].y for e in (*ends, here) if e in cards}
    return min((e for e in ends if e in cards), key=lambda e: (abs(across[e] - across[here]), e), default=None)


def beside(view: CanvasBase, here: str, way: tuple[int, int]) -> str | None:
    """The nearest card in a direction."""
    cards = view.canvas.cards
    at = cards[here].rect.center()

    def cost(point: QPointF) -> float:
        ahead = (point.x() - at.x()) * way[0] + (point.y() - at.y()) * way[1]
        aside = abs(point.x() - at.x()) if way[1] else abs(point.y() - at.y())
        return ahead + 2.5 * aside if ahead > 4 else float("inf")

    ranked = sorted((cost(c.rect.center()), c.id) for c in cards.values() if c.id != here)
    return ranked[0][1] if ranked and ranked[0][0] < float("inf") else None
