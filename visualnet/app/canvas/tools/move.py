"""Move cards, live; the document hears of it once, at the end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.clipboard import count
from visualnet.app.canvas.tools.base import Tool, adds
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits


class MoveTool(Tool):
    """A press on a card selects it; a drag moves all that is selected, on the grid (Alt: freely)."""

    def __init__(self, view: object, node: str) -> None:
        super().__init__(view)  # type: ignore[arg-type]
        self.node = node

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.before = self.studio.selection
        self.was_in = self.node in self.before
        self.adding = adds(event)
        if not self.was_in:
            self.studio.select([*self.before, self.node] if self.adding else [self.node])
        self.view.select_wires(())
        self.places = {
            i: (self.scene.cards[i].x, self.scene.cards[i].y) for i in self.studio.selection if i in self.scene.cards
        }
        self.now = dict(self.places)

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at):
            return
        way = at - self.start
        x, y = self.places[self.node]
        dx, dy = way.x(), way.y()
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            dx, dy = round((x + dx) / GRID) * GRID - x, round((y + dy) / GRID) * GRID - y
        self.now = {i: (px + dx, py + dy) for i, (px, py) in self.places.items()}
        self.scene.shift(self.now)

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            self._click()
            return
        moved, sheet = self.now, self.studio.sheet
        if moved == self.places or not self.studio.do(
            f"Move {count(len(moved))}", lambda p: edits.move(p, sheet, moved)
        ):
            self.scene.settle()

    def _click(self) -> None:
        if self.adding and self.was_in:
            self.studio.select(i for i in self.studio.selection if i != self.node)
        elif not self.adding:
            self.studio.select([self.node])

    def cancel(self) -> None:
        self.scene.settle()
        self.studio.select(self.before)
