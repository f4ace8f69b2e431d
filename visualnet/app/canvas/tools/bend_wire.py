"""Lead a wire over points: drag it where it should go, drag a point elsewhere, double-click a point to take it away."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.tools.tool import Tool
from visualnet.app.theme.tokens import GRID
from visualnet.core.edits import annotate
from visualnet.core.graph import Port
from visualnet.core.project import Project


class BendTool(Tool):
    """A press on a wire selects it; a drag makes a point there, or moves the one that was taken."""

    def __init__(self, view: object, wire: Port, bend: int) -> None:
        super().__init__(view)  # type: ignore[arg-type]
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
            self.bend = place_among(self.view.wire_points(self.wire), self.start)
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


def place_among(points: list[QPointF], at: QPointF) -> int:
    """Between which two of a wire's points (its ends among them) a new one goes."""

    def off(a: QPointF, b: QPointF) -> float:
        return QLineF(a, at).length() + QLineF(at, b).length() - QLineF(a, b).length()

    return min(range(len(points) - 1), key=lambda i: off(points[i], points[i + 1]))


def toggle(project: Project, sheet: str, wire: Port, points: list[QPointF], bend: int, at: QPointF) -> Project:
    """Take a point away, or put one where the wire was double-clicked. ``points`` are those of the wire, its ends among them."""
    inner = [(p.x(), p.y()) for p in points[1:-1]]
    if bend >= 0:
        del inner[bend]
    else:
        inner.insert(place_among(points, at), (at.x(), at.y()))
    return annotate.bend(project, sheet, {wire: inner})
