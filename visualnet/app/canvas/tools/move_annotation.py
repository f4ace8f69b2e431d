"""Move and stretch frames and notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QInputEvent

from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.canvas.tools.tool import Tool, adds
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.project import Project
from visualnet.core.validation import LEAST_AREA


class RemarkTool(Tool):
    """A press selects; a drag moves a note, or a frame with all that stands in it; at the corner it stretches."""

    def __init__(self, view: object, remark: str, corner: bool) -> None:
        super().__init__(view)  # type: ignore[arg-type]
        self.id, self.corner = remark, corner

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.studio.select(())
        self.view.select_wires(())
        self.view.select_remarks([*self.scene.marks.remarks, self.id] if adds(event) else [self.id])
        self.areas, self.cards = held(self.scene, self.id)
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


def held(scene: CanvasScene, remark: str) -> tuple[dict[str, QRectF], dict[str, tuple[float, float]]]:
    """What moves with a remark: its own area and those of the remarks in a frame, and where the cards in it stand."""
    frame = QRectF(scene.remarks[remark].area)
    areas = {remark: frame}
    if scene.remarks[remark].remark.kind != "frame":
        return areas, {}
    inside = (scene.cards[i] for i in scene.ids_in(frame) if frame.contains(scene.cards[i].rect))
    for other in scene.remarks.values():
        if other.id != remark and frame.contains(other.area):
            areas[other.id] = QRectF(other.area)
    return areas, {c.id: (c.x, c.y) for c in inside}
