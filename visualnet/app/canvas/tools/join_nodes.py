"""Join two cards without aiming at ports: the ones that fit best are taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QInputEvent, QPainter, QPen

from visualnet.analysis.connect import best_ports
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.scene.wire_item import draw_curve
from visualnet.app.theme.tokens import RADIUS


class JoinTool(Tool):
    """Ctrl+Shift and a drag from card to card."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasBase, node: str) -> None:
        super().__init__(view)
        self.node = node
        self.accept = self.studio.acceptance()
        self.over = ""
        self.join: best_ports.Join | None = None
        self.at = QPointF()

    def move(self, at: QPointF, event: QInputEvent) -> None:
        self.at = at
        if not self.far(at):
            return
        over = self.scene.hit(at, 0.0, wires=False).node
        over = "" if over == self.node else over
        if over != self.over:
            self.over = over
            self.join = best_ports.best(self.accept, self.node, over) if over else None

    def release(self, at: QPointF, event: QInputEvent) -> None:
        join = self.join
        if not self.dragging:
            self.studio.select([self.node])
        elif join is not None:
            connect.draw_wire(self.view, join.source, join.target, at)
        elif self.over:
            self.studio.message.emit("warning", "these two cards have no ports that could be joined")

    def paint(self, painter: QPainter) -> None:
        if not self.dragging or self.node not in self.scene.cards:
            return
        theme, cards = self.scene.theme, self.scene.cards
        bad = self.join is not None and not self.join.verdict.fits
        colour = QColor(theme.error if bad else theme.accent)
        pen = QPen(colour, 2.4, Qt.PenStyle.DashLine if bad else Qt.PenStyle.SolidLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for node_id in filter(None, (self.node, self.over)):
            painter.drawRoundedRect(QRectF(cards[node_id].rect).adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
        start, end = cards[self.node].rect.center(), self.at
        if self.join is not None:
            start = cards[self.join.source.node].anchor(self.join.source.port, True)
            end = cards[self.join.target.node].anchor(self.join.target.port, False)
        painter.drawPath(draw_curve(start, end, cards[self.node].down))
        words, meant = "join to…", ""
        if self.join is not None:
            ports = f"{self.join.source.port} → {self.join.target.port}"
            words, meant = f"{ports}\n{self.join.verdict.words}", "error" if bad else "ok"
        pointer_hint.paint_note(painter, self.view, self.at, words, meant)
