"""Join two cards without aiming at ports: the ones that fit best are taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent, QPainter

from visualnet.analysis.connect import best_ports
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.scene.wire_item import draw_curve
from visualnet.app.canvas.tools.pens import use_wire_pen
from visualnet.app.theme.tokens import RADIUS


class JoinTool(Tool):
    """Ctrl+Shift and a drag from card to card."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasBase, node: str) -> None:
        super().__init__(view)
        self.node = node
        self.accept = self.studio.acceptance()
        self.over = ""
        self.join: best_ports.PossibleWire | None = None
        self.at = QPointF()

    def move(self, at: QPointF, event: QInputEvent) -> None:
        self.at = at
        if not self.far(at):
            return
        over = self.scene.hit(at, 0.0, wires=False).node
        if over != self.over:
            self.aim(over if over != self.node else "")

    def aim(self, node_id: str) -> None:
        """Take this card (or none) as the one to join to."""
        self.over = node_id
        self.join = self._best(node_id) if node_id else None

    def _best(self, node_id: str) -> best_ports.PossibleWire | None:
        """The ports of the card and another one that fit best."""
        return best_ports.best_join(self.accept, self.node, node_id)

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            self.studio.select([self.node])
        elif self.join is not None:
            connect.draw_wire(self.view, self.join.source, self.join.target, at)
        elif self.over:
            self.studio.message.emit("warning", "these two cards have no ports that could be joined")

    def paint(self, painter: QPainter) -> None:
        cards, join = self.scene.cards, self.join
        if not self.dragging or self.node not in cards:
            return
        use_wire_pen(painter, self.scene.theme, join is None or join.verdict.fits)
        for node_id in filter(None, (self.node, self.over)):
            painter.drawRoundedRect(cards[node_id].rect.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
        start, end, words, meant = cards[self.node].rect.center(), self.at, "join to…", ""
        if join is not None:
            start = cards[join.source.node].anchor(join.source.port, True)
            end = cards[join.target.node].anchor(join.target.port, False)
            names = (f"{cards[p.node].node.name} · {p.port}" for p in (join.source, join.target))
            words = f"{' → '.join(names)}\n{join.verdict.words}"
            meant = "ok" if join.verdict.fits else "error"
        painter.drawPath(draw_curve(start, end, cards[self.node].down))
        pointer_hint.paint_note(painter, self.view, self.at, words, meant)
