"""A wire that was let go over empty canvas: it is seen while its other end is searched."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.canvas.scene.wire_item import draw_curve
from visualnet.core.graph import Port

PIECES = 16
"""So many pieces of the wire are kept free: a wire that runs aslant leaves room beside it."""
MARGIN = 12.0
"""So much round the wire and its card is kept free, in px of the sheet."""


class LooseWire:
    """From a port to where it was let go, or backwards; nothing once its card is gone."""

    def __init__(self, scene: CanvasScene, source: Port | None, target: Port | None, at: QPointF) -> None:
        self.scene, self.at = scene, at
        self.forward = source is not None
        port = source or target
        assert port is not None
        self.port = port

    def path(self) -> QPainterPath | None:
        """Its way, in the scene; None once its card is gone."""
        card = self.scene.cards.get(self.port.node)
        if card is None:
            return None
        anchor = card.anchor(self.port.port, self.forward)
        return draw_curve(*((anchor, self.at) if self.forward else (self.at, anchor)), card.down)

    def areas(self) -> list[QRectF]:
        """Where its card is, and the wire piece by piece."""
        path = self.path()
        if path is None:
            return []
        points = [path.pointAtPercent(at / PIECES) for at in range(PIECES + 1)]
        pieces = [QRectF(a, b).normalized().adjusted(0, -MARGIN, 0, MARGIN) for a, b in pairwise(points)]
        return [self.scene.cards[self.port.node].rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN), *pieces]

    def paint(self, painter: QPainter) -> None:
        """Draw it, in the scene's coordinates."""
        path = self.path()
        if path is None:
            return
        painter.setPen(QPen(QColor(self.scene.theme.accent), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
