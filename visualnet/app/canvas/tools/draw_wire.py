"""Draw a wire and see, while drawing, where it fits, what would come out, or why not."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QInputEvent, QPainter, QPen

from visualnet.analysis.connect.check import Verdict
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.scene.node_item import PORT_RADIUS
from visualnet.app.canvas.scene.wire_item import draw_curve
from visualnet.core import edits
from visualnet.core.graph import Port

REACH = 22.0
FRAME_S = 0.004


class Fitting:
    """The ports that would take the wire, found out a few at a time so that no frame waits for them."""

    def __init__(self, tool: WireTool) -> None:
        self.tool = tool
        self._until = 0.0
        self._asked = False
        self.more = False
        """Whether some are not found out yet: another frame is wanted."""

    def begin_frame(self) -> None:
        self._until, self._asked, self.more = time.perf_counter() + FRAME_S, False, False

    def __contains__(self, key: object) -> bool:
        node, port, out = key  # type: ignore[misc]
        tool = self.tool
        if out is (tool.source is not None):
            return False
        pair = (tool.source, Port(node, port)) if tool.source is not None else (Port(node, port), tool.target)
        if pair not in tool.accept._likely:
            if self._asked and time.perf_counter() > self._until:
                self.more = True
                return False
            self._asked = True
        return tool.accept.likely(*pair)  # type: ignore[arg-type]


class Dimmed:
    """The cards on which no port takes the wire."""

    def __init__(self, fitting: Fitting) -> None:
        self.fitting = fitting

    def __contains__(self, node_id: object) -> bool:
        tool = self.fitting.tool
        ends = [end.node for end in (tool.source, tool.target) if end is not None]
        item = tool.scene.cards.get(str(node_id))
        if item is None or item.id in ends:
            return False
        out = tool.source is None
        fits = any((item.id, port, out) in self.fitting for port in (item.outputs if out else item.inputs))
        return not fits and not self.fitting.more


class WireTool(Tool):
    """From an output to an input, or backwards; or an existing wire's end picked up (``picked``)."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, view: CanvasBase, source: Port | None = None, target: Port | None = None, picked: Port | None = None
    ) -> None:
        super().__init__(view)
        assert (source is None) != (target is None)
        self.source, self.target, self.picked = source, target, picked
        self.accept = self.studio.acceptance(without=picked)
        self.over: Port | None = None
        self.verdict: Verdict | None = None
        self.at = QPointF()

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.at = at

    def move(self, at: QPointF, event: QInputEvent) -> None:
        self.at = at
        if not self.far(at):
            return
        marks = self.scene.marks
        if marks.fitting is None:
            fitting = Fitting(self)
            marks.fitting, marks.dim, marks.hidden_wire = fitting, Dimmed(fitting), self.picked
        self.over = self._under(at)
        self.verdict = self._judge(self.over)
        marks.hover_port = (self.over.node, self.over.port, self.source is None) if self.over is not None else None
        marks.hover_card = self.over.node if self.over is not None else ""
        self.scene.update()

    def _under(self, at: QPointF) -> Port | None:
        """The port that a release here would take."""
        hit = self.scene.hit(at, REACH, wires=False)
        fixed = self.source or self.target
        assert fixed is not None
        if not hit.node or hit.node == fixed.node:
            return None
        if hit.port and hit.out == (self.source is None):
            return Port(hit.node, hit.port)
        if self.source is not None:
            return self.accept.free_port(self.source, hit.node)
        assert self.target is not None
        return self.accept.free_output(self.target, hit.node)

    def _judge(self, over: Port | None) -> Verdict | None:
        if over is None:
            return None
        return (
            self.accept.verdict(self.source, over)
            if self.source is not None
            else self.accept.verdict(over, self.target)
        )  # type: ignore[arg-type]

    def release(self, at: QPointF, event: QInputEvent) -> None:
        over = self.over
        self._clear()
        if not self.dragging:
            node = (self.picked or self.source or self.target).node  # type: ignore[union-attr]
            self.studio.select([node])
        elif over is not None:
            ends = (self.source, over) if self.source is not None else (over, self.target)
            connect.draw_wire(self.view, *ends, at, self.picked, self.accept)  # type: ignore[arg-type]
        elif self.picked is not None:
            picked, sheet = self.picked, self.studio.sheet
            self.studio.do("Disconnect", lambda p: edits.disconnect(p, sheet, picked))
        else:
            self.view.wire_dropped.emit(self.source, self.target, at)

    def _clear(self) -> None:
        marks = self.scene.marks
        marks.fitting, marks.dim, marks.hidden_wire, marks.hover_port, marks.hover_card = None, (), None, None, ""
        self.scene.update()

    def cancel(self) -> None:
        self._clear()

    def paint(self, painter: QPainter) -> None:
        if not self.dragging:
            return
        if isinstance(fitting := self.scene.marks.fitting, Fitting) and fitting.more:
            QTimer.singleShot(0, self.scene, self.scene.update)  # also while the hand rests
        theme = self.scene.theme
        fixed = self.source or self.target
        assert fixed is not None
        card = self.scene.cards.get(fixed.node)
        if card is None:
            return
        own = card.anchor(fixed.port, self.source is not None)
        free = self.at
        if self.over is not None and self.over.node in self.scene.cards:
            item = self.scene.cards[self.over.node]
            if self.over.port in (item.outputs if self.source is None else item.inputs):
                free = item.anchor(self.over.port, self.source is None)
        start, end = (own, free) if self.source is not None else (free, own)
        bad = self.verdict is not None and not self.verdict.fits
        pen = QPen(
            QColor(theme.error if bad else theme.accent), 2.4, Qt.PenStyle.DashLine if bad else Qt.PenStyle.SolidLine
        )
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(draw_curve(start, end, card.down))
        painter.setBrush(QColor(theme.error if bad else theme.accent))
        painter.setPen(Qt.PenStyle.NoPen)
        for point in (own, free):
            painter.drawEllipse(point, PORT_RADIUS - 1, PORT_RADIUS - 1)
        pointer_hint.paint_note(painter, self.view, self.at, *self._words())

    def _words(self) -> tuple[str, str]:
        """What stands by the pointer, and how it is meant."""
        if self.verdict is not None:
            return self.verdict.words, "ok" if self.verdict.fits else "error"
        spec = self.accept.spec(self.source) if self.source is not None else None
        if self.picked is not None:
            return "drop here to take the wire out", ""
        return (spec.text if spec is not None else "drop here to add a layer"), ""
