"""Drop a layer from the palette: on the sheet, or on a wire to put it in between."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QMimeData, QPointF, QRectF
from PySide6.QtGui import QInputEvent, QPainter

from visualnet.analysis.connect.insert_node import known_kind, passes_on
from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH
from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import placing
from visualnet.app.canvas.tools.pens import use_area_pen
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.graph import Port

MIME = "application/x-visualnet-layer"
LONGEST = 200


def dragged_kind(data: QMimeData, blocks: Container[str]) -> str | None:
    """The kind that is dragged; None for anything else."""
    text = bytes(data.data(MIME).data())[:LONGEST].decode("utf-8", "replace").strip()
    return known_kind(text, blocks) if data.hasFormat(MIME) else None


class DropTool(Tool):
    """What hangs at the pointer while something is dragged over the canvas."""

    def __init__(self, view: CanvasBase, kind: str) -> None:
        super().__init__(view)
        self.kind = kind
        self.at = QPointF()
        self.wire: Port | None = None
        self.passes_on = passes_on(self.studio.project, kind)

    def hover(self, at: QPointF) -> None:
        """The pointer is here now."""
        self.at = at
        self.wire = self.scene.marks.hover_wire = self.scene.hit(at).wire
        self.scene.update()

    def place(self) -> tuple[float, float]:
        """The corner of the card that would be dropped here, on the grid."""
        return snap(self.at.x() - MIN_WIDTH / 2), snap(self.at.y() - HEIGHT / 2)

    def drop(self) -> None:
        """Add it."""
        self.cancel()
        if self.wire is not None:
            placing.insert(self.view, self.kind, [self.wire], dropped=self.place())
        else:
            placing.add(self.view, self.kind, self.place())

    def cancel(self) -> None:
        self.scene.marks.hover_wire = None
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        self.cancel()

    def paint(self, painter: QPainter) -> None:
        use_area_pen(painter, self.scene.theme)
        place = self.place()
        if self.wire is not None and self.passes_on:
            place = placing.find_room(self.view, [self.wire], (MIN_WIDTH, HEIGHT), place).at
        painter.drawRoundedRect(QRectF(*place, MIN_WIDTH, HEIGHT), RADIUS, RADIUS)
