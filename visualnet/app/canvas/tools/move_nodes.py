"""Move cards, live; the document hears of it once, at the end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent, QPainter

from visualnet.analysis.connect import best_ports
from visualnet.analysis.connect.check import Acceptance
from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase, Tool, adds
from visualnet.app.canvas.commands import clipboard, placing
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.overlays.snap_guides import SnapGuides
from visualnet.app.canvas.tools.pens import use_area_pen
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.graph import Port
from visualnet.core.text.format import format_quantity

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
DEEP = 8.0
"""How far a card must lie over a wire to go into it."""
SHOWN = 400
"""More ghosts than this are one outline."""


class MoveTool(Tool):
    """A press on a card selects it; a drag moves all that is selected.

    Alt at the press pulls the cards out of their wires and closes the gap; Ctrl leaves them where they are and moves a copy; Alt
    later in the drag frees them from the grid. A card without wires that is let go over a wire goes into it.
    """

    def __init__(self, view: CanvasBase, node: str) -> None:
        super().__init__(view)
        self.node = node
        self.wire: Port | None = None
        """The wire that the card would go into."""
        self.guides: SnapGuides | None = None
        self.accept: Acceptance | None = None

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.at, self.before = at, self.studio.selection
        self.was_in = self.node in self.before
        self.adding = adds(event)
        self.pulls = bool(event.modifiers() & ALT)
        self.copies = bool(event.modifiers() & CTRL) and not self.pulls
        if not self.was_in:
            self.studio.select([*self.before, self.node] if self.adding and not self.copies else [self.node])
        self.view.select_wires(())
        cards = self.scene.cards
        self.places = {i: (cards[i].x, cards[i].y) for i in self.studio.selection if i in cards}
        self.now = dict(self.places)

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at):
            return
        self.at = at
        (x, y), (dx, dy) = self.places[self.node], (at - self.start).toTuple()
        if self.pulls or not event.modifiers() & ALT:
            near = self._snap_to_guides(dx, dy)
            dx = snap(x + dx) - x if near[0] is None else dx + near[0]
            dy = snap(y + dy) - y if near[1] is None else dy + near[1]
        elif self.guides is not None:
            self.guides.lines = []
        self.now = {i: (px + dx, py + dy) for i, (px, py) in self.places.items()}
        if self.copies:
            self.view.viewport().update()
            return
        self.scene.shift(self.now)
        if len(self.places) == 1:
            self._find_wire(at)

    def _snap_to_guides(self, dx: float, dy: float) -> tuple[float | None, float | None]:
        """How far the cards are from a line of others that they should come to lie on."""
        if self.copies:
            return None, None
        if self.guides is None:
            self.guides = SnapGuides(self.view, self.places)
            self.area = self.scene.contents(self.places)
        return self.guides.snap(self.area.translated(dx, dy))

    def _find_wire(self, at: QPointF) -> None:
        """Find the wire that the card would go into."""
        if self.accept is None:
            self.accept = self.studio.acceptance()
            self.free = self.pulls or best_ports.is_unwired(self.accept, self.node)
        if not self.free:
            return
        card = self.scene.cards[self.node].rect
        near = [w for w in self.scene.wires_in(card) if self.node not in (w.source.node, w.target.node)]
        body = card.adjusted(DEEP, DEEP, -DEEP, -DEEP)
        hit = next((w.target for w in near if w.near(at, 14) or w.near(card.center(), 14)), None)
        hit = hit or next((w.target for w in near if w.meets(body)), None)
        self.wire = hit if hit is not None and best_ports.insertion(self.accept, self.node, hit) is not None else None
        self.scene.marks.hover_wire = self.wire
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        self.scene.marks.hover_wire = None
        if not self.dragging:
            self._click()
        elif self.now == self.places:
            self.scene.settle()
        elif self.copies:
            clipboard.duplicate(self.studio, self._way().toTuple())
        elif not self._put():
            self.scene.settle()

    def _way(self) -> QPointF:
        """How far the cards, or their copies, have been moved."""
        return QPointF(*self.now[self.node]) - QPointF(*self.places[self.node])

    def _put(self) -> bool:
        """Make the move in the document, out of wires and into one where that is meant."""
        moved, sheet, wire, pulls, into = self.now, self.studio.sheet, self.wire, self.pulls, None
        if wire is not None and self.accept is not None:
            ports = best_ports.insertion(self.accept, self.node, wire)
            into = (self.node, wire, ports) if ports is not None else None
        if into is not None and wire is not None:
            card = self.scene.cards[self.node]
            room = placing.find_room(self.view, [wire], (card.width, card.height), moved[self.node], self.node)
            moved = {**room.places, self.node: room.at}
        label = f"{'Insert' if wire is not None else 'Pull out' if pulls else 'Move'} {format_quantity(len(self.now), 'node')}"
        pulled = list(self.now) if pulls else ()
        return self.studio.do(label, lambda p: best_ports.drop_nodes(p, sheet, moved, pulled, into))

    def _click(self) -> None:
        if self.adding and self.was_in:
            self.studio.select(i for i in self.studio.selection if i != self.node)
        elif self.copies:
            self.studio.select([*self.before, self.node])
        elif not self.adding:
            self.studio.select([self.node])

    def cancel(self) -> None:
        self.scene.marks.hover_wire = None
        self.scene.settle()
        self.studio.select(self.before)

    def paint(self, painter: QPainter) -> None:
        if not self.dragging:
            return
        if self.copies:
            self._paint_copies(painter)
        elif self.guides is not None:
            self.guides.paint(painter)
        words = "a copy" if self.copies else "put into the wire" if self.wire is not None else ""
        if not words and self.pulls and len(self.places) == 1:
            words = "out of its wires"
        pointer_hint.paint_note(painter, self.view, self.at, words, "ok" if self.wire is not None else "")

    def _paint_copies(self, painter: QPainter) -> None:
        use_area_pen(painter, self.scene.theme)
        by = self._way()
        rects = [self.scene.cards[i].rect for i in self.now if i in self.scene.cards]
        for rect in rects if len(rects) <= SHOWN else [self.scene.contents(self.now)]:
            painter.drawRoundedRect(rect.translated(by), RADIUS, RADIUS)
