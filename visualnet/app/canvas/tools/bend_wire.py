"""Lead a wire over points: drag it where it should go, drag a point elsewhere, double-click a point to take it away."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QInputEvent

from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.core.edits import annotate
from visualnet.core.graph import Port


class BendTool(Tool):
    """A press on a wire selects it; a drag makes a point there, or moves the one that was taken."""

    def __init__(self, view: CanvasBase, wire: Port, bend: int) -> None:
        super().__init__(view)
        self.wire, self.bend = wire, bend
        self.points = list(self.scene.wires[wire].bends)

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.studio.select(())
        self.view.select_wires([self.wire])

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at) or self.wire not in self.scene.wires:
            return
        if self.bend < 0:
            ends = [p.toTuple() for p in self.view.wire_points(self.wire)]
            self.bend = annotate.new_waypoint(ends, self.start.toTuple())
            self.points.insert(self.bend, self.start)
        self.points[self.bend] = QPointF(snap(at.x()), snap(at.y()))
        self.scene.wires[self.wire].bends = list(self.points)
        self.scene.routes.draw([self.wire], detour=False)
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging or self.wire not in self.scene.wires:
            return
        target, sheet, points = self.wire, self.studio.sheet, [p.toTuple() for p in self.points]
        if not self.studio.do("Bend wire", lambda p: annotate.set_waypoints(p, sheet, {target: points})):
            self.scene.settle()

    def cancel(self) -> None:
        self.scene.settle()
