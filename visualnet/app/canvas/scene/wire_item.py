"""One wire on the canvas: its curve, its label, whether what arrives fits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from visualnet.app.canvas.routing import wire_geometry
from visualnet.app.canvas.scene.node_painter import label_width
from visualnet.core.graph import Port

REACH = 7.0
TALL = 18.0
"""A label's height."""
ENOUGH = 3
"""So many places for a label are worth asking for."""
FREE = 4.0
"""How far a label keeps from cards."""


class WireItem:
    """A wire in the scene, found by where it ends."""

    __slots__ = ("bends", "bounds", "checked", "failing", "label", "path", "pills", "source", "target")

    def __init__(self, source: Port, target: Port) -> None:
        self.source, self.target = source, target
        self.label, self.failing = "", False
        self.path = QPainterPath()
        self.bounds = QRectF()
        self.pills: list[QRectF] = []
        """Where its label could lie, the best place first; none of them meets a card, if they were"""
        self.checked = False
        """held against the cards."""
        self.bends: list[QPointF] = []
        """The points that a person leads it over."""

    def route(
        self,
        start: QPointF,
        end: QPointF,
        own: tuple[QRectF, QRectF],
        near: wire_geometry.Near | None = None,
        down: bool = False,
    ) -> None:
        """Draw the curve anew, round the cards that ``near`` tells of; ``own`` are the two that it joins."""
        way = wire_geometry.find(start, end, self.bends, own, near, down)
        self.path = wire_geometry.path(way)
        self.bounds = self.path.controlPointRect().adjusted(-4, -4, 4, 4)
        self.pills, self.checked = self._pills(way.spots, near, down) if self.label else [], near is not None
        for pill in self.pills:
            self.bounds = self.bounds.united(pill.adjusted(-2, -2, 2, 2))

    def _pills(self, spots: Sequence[wire_geometry.Spot], near: wire_geometry.Near | None, down: bool) -> list[QRectF]:
        width = label_width(self.label)
        wanted = TALL + 14 if down else width + 48
        found = []
        for spot in spots:
            if spot.room >= wanted:
                pill = QRectF(spot.at[0] - width / 2, spot.at[1] - TALL / 2, width, TALL)
                if near is None or not near(pill.adjusted(-FREE, -FREE, FREE, FREE)):
                    found.append(pill)
                    if len(found) == ENOUGH:
                        break
        return found

    def carry(self, dx: float, dy: float) -> None:
        """Move the curve as it is."""
        self.path.translate(dx, dy)
        self.bounds.translate(dx, dy)
        self.bends = [at + QPointF(dx, dy) for at in self.bends]
        for pill in self.pills:
            pill.translate(dx, dy)

    def bend_at(self, at: QPointF, reach: float = REACH) -> int:
        """Which of its points is at a point of the scene; −1 for none."""
        near = [((p - at).manhattanLength(), i) for i, p in enumerate(self.bends)]
        best = min(near, default=(reach + 1, -1))
        return best[1] if best[0] <= reach * 1.6 else -1

    def near(self, at: QPointF, reach: float = REACH) -> bool:
        """Whether a point of the scene is on the wire."""
        if not self.bounds.adjusted(-reach, -reach, reach, reach).contains(at):
            return False
        stroker = QPainterPathStroker()
        stroker.setWidth(2 * reach)
        return stroker.createStroke(self.path).contains(at)

    def meets(self, area: QRectF) -> bool:
        """Whether the wire runs through an area of the scene."""
        if not self.bounds.intersects(area):
            return False
        stroker = QPainterPathStroker()
        stroker.setWidth(1)
        return stroker.createStroke(self.path).intersects(area)
