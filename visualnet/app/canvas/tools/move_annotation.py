"""Move and stretch frames and notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QInputEvent

from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase, Tool, adds
from visualnet.app.canvas.commands.arrange import card_areas
from visualnet.core import edits
from visualnet.core.edits import annotate, frame_contents
from visualnet.core.validation import LEAST_AREA


class MoveAnnotationTool(Tool):
    """A press selects; a drag moves a note, or a frame with all that stands in it; at the corner it stretches."""

    def __init__(self, view: CanvasBase, annotation: str, corner: bool) -> None:
        super().__init__(view)
        self.id, self.corner = annotation, corner

    def press(self, at: QPointF, event: QInputEvent) -> None:
        super().press(at, event)
        self.studio.select(())
        self.view.select_wires(())
        self.view.select_annotations([*self.scene.marks.annotations, self.id] if adds(event) else [self.id])
        cards = {} if self.corner else card_areas(self.scene)
        self.areas, inside = frame_contents.moved_with(self.scene.graph, self.id, cards)
        if self.corner:
            self.areas = {self.id: self.areas[self.id]}
        self.cards = {i: cards[i][:2] for i in inside}
        self.kind = self.scene.graph.annotations[self.id].kind
        self.now, self.places = self.areas, self.cards

    def move(self, at: QPointF, event: QInputEvent) -> None:
        if not self.far(at) or self.id not in self.scene.annotations:
            return
        way, (x, y, width, height) = at - self.start, self.areas[self.id]
        if self.corner:
            right, bottom = snap(x + width + way.x()), snap(y + height + way.y())
            self.now = {self.id: (x, y, max(LEAST_AREA[0], right - x), max(LEAST_AREA[1], bottom - y))}
        else:
            dx, dy = snap(x + way.x()) - x, snap(y + way.y()) - y
            self.now = {i: (a[0] + dx, a[1] + dy, a[2], a[3]) for i, a in self.areas.items()}
            self.places = {i: (left + dx, top + dy) for i, (left, top) in self.cards.items()}
            self.scene.shift(self.places)
        for annotation, area in self.now.items():
            self.scene.annotations[annotation].area = QRectF(*area)
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        if not self.dragging:
            return
        areas, places, sheet = self.now, self.places, self.studio.sheet
        label = f"{'Stretch' if self.corner else 'Move'} {self.kind}"
        if not self.studio.do(label, lambda p: edits.move(annotate.place_annotations(p, sheet, areas), sheet, places)):
            self.scene.settle()

    def cancel(self) -> None:
        self.scene.settle()
