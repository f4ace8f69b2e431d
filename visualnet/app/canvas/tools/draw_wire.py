"""Draw a wire and see, while drawing, where it fits, what would come out, or why not."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QInputEvent, QPainter

from visualnet.analysis.connect.wire_draft import FittingPorts, UnfittingNodes, WireDraft
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.scene.node_item import PORT_RADIUS
from visualnet.app.canvas.scene.wire_item import draw_curve
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
        self.draft = WireDraft(self.studio.acceptance(without=picked), fixed, source is not None, picked)
        self.fitting = FittingPorts(self.draft)
        self.at = QPointF()

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.at = at

    def move(self, at: QPointF, event: QInputEvent) -> None:
        self.at = at
        if not self.far(at):
            return
        marks, draft = self.scene.marks, self.draft
        if marks.fitting is None:
            marks.fitting, marks.dim = self.fitting, UnfittingNodes(self.fitting, self.scene.cards)
            marks.hidden_wire = draft.picked
        hit = self.scene.hit(at, REACH, wires=False)
        draft.aim(hit.node, hit.port, hit.out)
        over = draft.over
        marks.hover_port = (over.node, over.port, not draft.forward) if over is not None else None
        marks.hover_card = over.node if over is not None else ""
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        self.cancel()
        draft, picked, sheet = self.draft, self.draft.picked, self.studio.sheet
        if not self.dragging:
            self.studio.select([(picked or draft.fixed).node])
        elif draft.over is not None:
            connect.draw_wire(self.view, *draft.ends(draft.over), at, picked, draft.accept)
        elif picked is not None:
            self.studio.do("Disconnect", lambda p: edits.disconnect(p, sheet, picked))
        else:
            ends = (draft.fixed, None) if draft.forward else (None, draft.fixed)
            self.view.wire_dropped.emit(*ends, at)

    def cancel(self) -> None:
        marks = self.scene.marks
        marks.fitting, marks.dim, marks.hidden_wire, marks.hover_port, marks.hover_card = None, (), None, None, ""
        self.scene.update()

    def paint(self, painter: QPainter) -> None:
        draft, card = self.draft, self.scene.cards.get(self.draft.fixed.node)
        if self.dragging and self.fitting.more:
            QTimer.singleShot(0, self.scene, self.scene.update)  # also while the hand rests
        if not self.dragging or card is None:
            return
        own, free = card.anchor(draft.fixed.port, draft.forward), self.at
        if draft.over is not None and draft.over.node in self.scene.cards:
            item = self.scene.cards[draft.over.node]
            if draft.over.port in (item.inputs if draft.forward else item.outputs):
                free = item.anchor(draft.over.port, not draft.forward)
        colour = use_wire_pen(painter, self.scene.theme, draft.fits)
        painter.drawPath(draw_curve(*((own, free) if draft.forward else (free, own)), card.down))
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        for point in (own, free):
            painter.drawEllipse(point, PORT_RADIUS - 1, PORT_RADIUS - 1)
        pointer_hint.paint_note(painter, self.view, self.at, *draft.hint())
