"""Fold cards to their names, and open them again."""

from __future__ import annotations

from collections.abc import Iterable

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity


def toggle(view: CanvasBase, ids: Iterable[str] | None = None) -> None:
    """Fold these cards (or those selected); if all of them are folded, open them. The line through their ports stays where it is."""
    studio, sheet = view.studio, view.studio.sheet
    cards = [view.canvas.cards[i] for i in (studio.selection if ids is None else ids) if i in view.canvas.cards]
    if not cards:
        studio.message.emit("hint", "select a card first")
        return
    folded = not all(c.content.folded for c in cards)
    view.finish_motion()
    changed = [c for c in cards if c.content.folded != folded]
    places = {c.id: _place(c, folded) for c in changed}

    def edit(project: Project) -> Project:
        return edits.move(annotate.fold(project, sheet, places, folded), sheet, places)

    studio.do(f"{'Collapse' if folded else 'Open'} {format_quantity(len(changed), 'node')}", edit)


def _place(card: NodeItem, folded: bool) -> tuple[float, float]:
    """Where the card's corner goes, so that wires that were straight stay straight."""
    then = card.measure(card.thumbnail is not None, folded, card.down)
    if card.down:
        return card.x + (card.width - then.width) / 2, card.y
    now = card.measure(False, card.content.folded, False)
    plain = card.measure(False, folded, False)
    return card.x, card.y + (now.height - plain.height) / 2
