"""Collapse cards to their names, and open them again."""

from __future__ import annotations

from collections.abc import Iterable

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.select import selected_cards
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.text.format import format_quantity


def toggle(view: CanvasBase, ids: Iterable[str] | None = None) -> None:
    """Collapse these cards (or those selected); if all of them are collapsed, open them. The line through their ports stays where it is."""
    cards = [view.canvas.cards[i] for i in (selected_cards(view) if ids is None else ids)]
    if not cards:
        return
    sheet, collapsed = view.studio.sheet, not all(c.content.collapsed for c in cards)
    view.finish_motion()
    places = {c.id: _place(c, collapsed) for c in cards if c.content.collapsed != collapsed}
    view.studio.do(
        f"{'Collapse' if collapsed else 'Open'} {format_quantity(len(places), 'node')}",
        lambda p: edits.move(annotate.collapse(p, sheet, places, collapsed), sheet, places),
    )


def _place(card: NodeItem, collapsed: bool) -> tuple[float, float]:
    """Where the card's corner goes, so that wires that were straight stay straight."""
    if card.down:
        return card.x + (card.width - card.measure(card.thumbnail is not None, collapsed, True).width) / 2, card.y
    now, then = (card.measure(False, state, False).height for state in (card.content.collapsed, collapsed))
    return card.x, card.y + (now - then) / 2
