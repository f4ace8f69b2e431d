"""Drop a layer from the palette: on the sheet, or on a wire to put it in between."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QInputEvent, QPainter, QPen

from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import placing
from visualnet.app.theme.tokens import GRID, RADIUS
from visualnet.core.graph import BLOCK_PREFIX, Port
from visualnet.core.user.block_library import PREFIX as LIBRARY
from visualnet.layers import LAYERS

MIME = "application/x-visualnet-layer"
LONGEST = 200


def kind_of(data: QMimeData, blocks: object) -> str | None:
    """The kind that is dragged: a layer's tag, a block's name or ``block:NAME``; None for anything else."""
    if not data.hasFormat(MIME):
        return None
    raw = bytes(data.data(MIME).data())[:LONGEST]
    text = raw.decode("utf-8", "replace").strip()
    if text in LAYERS or text.startswith(LIBRARY):
        return text
    name = text.removeprefix(BLOCK_PREFIX)
    return BLOCK_PREFIX + name if name in blocks else None  # type: ignore[operator]


class DropTool(Tool):
    """What hangs at the pointer while something is dragged over the canvas."""

    def __init__(self, view: CanvasBase, kind: str) -> None:
        super().__init__(view)
        self.kind = kind
        self.at = QPointF()
        self.wire: Port | None = None

    def hover(self, at: QPointF) -> None:
        """The pointer is here now."""
        self.at = at
        self.wire = self.scene.hit(at).wire
        self.scene.marks.hover_wire = self.wire
        self.scene.update()

    def place(self) -> tuple[float, float]:
        """The corner of the card that would be dropped here, on the grid."""
        x, y = self.at.x() - MIN_WIDTH / 2, self.at.y() - HEIGHT / 2
        return float(round(x / GRID) * GRID), float(round(y / GRID) * GRID)

    def drop(self) -> None:
        """Add it."""
        wire = self.wire
        self.cancel()
        placing.add(self.view, self.kind, self.place(), insert=wire)

    def cancel(self) -> None:
        self.scene.marks.hover_wire = None
        self.scene.update()

    def release(self, at: QPointF, event: QInputEvent) -> None:
        self.cancel()

    def paint(self, painter: QPainter) -> None:
        x, y = self.place()
        accent = QColor(self.scene.theme.accent)
        pen = QPen(accent, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        accent.setAlpha(24)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(x, y, MIN_WIDTH, HEIGHT), RADIUS, RADIUS)
