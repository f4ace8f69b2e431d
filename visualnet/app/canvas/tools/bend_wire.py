"""Lead a wire over points: drag it where it should go, drag a point elsewhere, double-click a point to take it away."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import wire_points
from visualnet.app.theme.tokens import GRID
from visualnet.core.edits import annotate
from visualnet.core.graph import Port


class BendTool(Tool):
    """A press on a wire selects it; a drag makes a point there, or moves the one that was taken."""

    def __init__(self, view: CanvasBase, wire: Port, bend: int) -> None:
        super().__init__(view)
        self.wire, self.bend = wire, bend
        self.before = list(self.scene.wires[wire].bends)

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.studio.select(())
        self.view.select_wires([self.wire])

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at) or self.wire not in self.scene.wires:
            return
        wire = self.scene.wires[self.wire]
        points = list(self.before)
        if self.bend < 0:
            self.bend = wire_points.place_among(self.view.wire_points(self.wire), self.start)
            self.before.insert(self.bend, self.start)
            points = list(self.before)
        points[self.bend] = QPointF(round(at.x() / GRID) * GRID, round(at.y() / GRID) * GRID)
        wire.bends = points
        self.scene.routes.draw([self.wire], detour=False)
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging or self.wire not in self.scene.wires:
            return
        target, sheet = self.wire, self.studio.sheet
        points = [(p.x(), p.y()) for p in self.scene.wires[target].bends]
        if not self.studio.do("Bend wire", lambda p: annotate.bend(p, sheet, {target: points})):
            self.scene.settle()

    def cancel(self) -> None:
        self.scene.settle()
