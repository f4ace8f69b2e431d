"""Draw a wire and see, while drawing, where it fits, what would come out, or why not."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QInputEvent, QPainter

from visualnet.analysis.connect.check import Verdict
from visualnet.analysis.connect.fitting_ports import FittingPorts, UnfittingNodes
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.routing.wire_geometry import curve
from visualnet.app.canvas.scene.node_item import PORT_RADIUS
from visualnet.app.canvas.tools.pens import use_wire_pen
from visualnet.core import edits
from visualnet.core.graph import Port

REACH = 22.0


class WireTool(Tool):
    """From an output to an input, or backwards; or an existing wire's end picked up (``picked``)."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, view: CanvasBase, source: Port | None = None, target: Port | None = None, picked: Port | None = None
    ) -> None:
        super().__init__(view)
        fixed = source or target
        assert fixed is not None and (source is None or target is None)
        self.fixed, self.forward, self.picked = fixed, source is not None, picked
        self.accept = self.studio.acceptance(without=picked)
        self.fitting = FittingPorts(self.accept, fixed, self.forward)
        self.over: Port | None = None
        self.verdict: Verdict | None = None
        self.at = QPointF()

    def _ends(self, other: Port) -> tuple[Port, Port]:
        """Source and target of the wire to another port."""
        return (self.fixed, other) if self.forward else (other, self.fixed)

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.at = at

    def move(self, at: QPointF, event: QInputEvent) -> None:
        self.at = at
        if not self.far(at):
            return
        marks = self.scene.marks
        if marks.fitting is None:
            marks.fitting, marks.dim = self.fitting, UnfittingNodes(self.fitting, self.scene.cards)
            marks.hidden_wire = self.picked
        over = self.over = self._port_at(at)
        self.verdict = self.accept.verdict(*self._ends(over)) if over is not None else None
        marks.hover_port = (over.node, over.port, not self.forward) if over is not None else None
        marks.hover_card = over.node if over is not None else ""
        self.scene.update()

    def _port_at(self, at: QPointF) -> Port | None:
        """The port that a release here would take."""
        hit = self.scene.hit(at, REACH, wires=False)
        if not hit.node or hit.node == self.fixed.node:
            return None
        if hit.port and hit.out != self.forward:
            return Port(hit.node, hit.port)
        find = self.accept.free_port if self.forward else self.accept.free_output
        return find(self.fixed, hit.node)

    def release(self, at: QPointF, event: QInputEvent) -> None:
        self.cancel()
        picked, sheet = self.picked, self.studio.sheet
        if not self.dragging:
            self.studio.select([(picked or self.fixed).node])
        elif self.over is not None:
            connect.draw_wire(self.view, *self._ends(self.over), at, picked, self.accept)
        elif picked is not None:
            self.studio.do("Disconnect", lambda p: edits.disconnect(p, sheet, picked))
        else:
            ends = (self.fixed, None) if self.forward else (None, self.fixed)
            self.view.wire_dropped.emit(*ends, at)

    def cancel(self) -> None:
        marks = self.scene.marks
        marks.fitting, marks.dim, marks.hidden_wire, marks.hover_port, marks.hover_card = None, (), None, None, ""
        self.scene.update()

    def paint(self, painter: QPainter) -> None:
        card = self.scene.cards.get(self.fixed.node)
        if self.dragging and self.fitting.more:
            QTimer.singleShot(0, self.scene, self.scene.update)  # also while the hand rests
        if not self.dragging or card is None:
            return
        own, free = card.anchor(self.fixed.port, self.forward), self.at
        if self.over is not None and self.over.node in self.scene.cards:
            item = self.scene.cards[self.over.node]
            if self.over.port in (item.inputs if self.forward else item.outputs):
                free = item.anchor(self.over.port, not self.forward)
        colour = use_wire_pen(painter, self.scene.theme, self.verdict is None or self.verdict.fits)
        painter.drawPath(curve(*((own, free) if self.forward else (free, own)), card.down))
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        for point in (own, free):
            painter.drawEllipse(point, PORT_RADIUS - 1, PORT_RADIUS - 1)
        pointer_hint.paint_note(painter, self.view, self.at, *self.hint())

    def hint(self) -> tuple[str, str]:
        """What stands by the pointer, and how it is meant."""
        if self.verdict is not None:
            return self.verdict.words, "ok" if self.verdict.fits else "error"
        if self.picked is not None:
            return "drop here to take the wire out", ""
        spec = self.accept.spec(self.fixed) if self.forward else None
        return (spec.text if spec is not None else "drop here to add a layer"), ""
