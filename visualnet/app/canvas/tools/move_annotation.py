"""Move and stretch frames and notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.base import CanvasBase, Tool, adds
from visualnet.app.canvas.commands.annotate import frame_contents
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import Project
from visualnet.core.validation import LEAST_AREA


class MoveAnnotationTool(Tool):
    """A press selects; a drag moves a note, or a frame with all that stands in it; at the corner it stretches."""

    def __init__(self, view: CanvasBase, remark: str, corner: bool) -> None:
        super().__init__(view)
        self.id, self.corner = remark, corner

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.studio.select(())
        self.view.select_wires(())
        self.view.select_remarks([*self.scene.marks.remarks, self.id] if adds(event) else [self.id])
        self.areas, self.cards = frame_contents(self.scene, self.id)
        if self.corner:
            self.areas, self.cards = {self.id: self.areas[self.id]}, {}
        self.now = dict(self.areas)
        self.places = dict(self.cards)

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at) or self.id not in self.scene.remarks:
            return
        way = at - self.start
        own = self.areas[self.id]
        if self.corner:
            right, bottom = (round(v / GRID) * GRID for v in (own.right() + way.x(), own.bottom() + way.y()))
            width, height = max(LEAST_AREA[0], right - own.left()), max(LEAST_AREA[1], bottom - own.top())
            self.now = {self.id: QRectF(own.left(), own.top(), width, height)}
        else:
            dx = round((own.left() + way.x()) / GRID) * GRID - own.left()
            dy = round((own.top() + way.y()) / GRID) * GRID - own.top()
            self.now = {i: area.translated(dx, dy) for i, area in self.areas.items()}
            self.places = {i: (x + dx, y + dy) for i, (x, y) in self.cards.items()}
            self.scene.shift(self.places)
        for remark, area in self.now.items():
            self.scene.remarks[remark].area = area
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            return
        areas = {i: (a.left(), a.top(), a.width(), a.height()) for i, a in self.now.items()}
        places, sheet = self.places, self.studio.sheet

        def edit(project: Project) -> Project:
            project = annotate.place_remarks(project, sheet, areas)
            return edits.move(project, sheet, places) if places else project

        kind = self.scene.remarks[self.id].remark.kind if self.id in self.scene.remarks else "frame"
        if not self.studio.do(f"Stretch {kind}" if self.corner else f"Move {kind}", edit):
            self.scene.settle()

    def cancel(self) -> None:
        self.scene.settle()
