"""One wire on the canvas: its curve, its label, whether what arrives fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from visualnet.analysis.geometry.boxes import Box
from visualnet.analysis.geometry.label_placement import free_spots
from visualnet.analysis.geometry.wire_paths import Near, WirePath, find_path
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.painting import label_width, to_rect
from visualnet.core.graph import Port

REACH = 7.0


class WireStyle(NamedTuple):
    """How a wire is drawn by a figure: its colour, and its width in px of the usual size."""

    colour: str
    width: float


class WireItem:
    """A wire in the scene, found by where it ends."""

    __slots__ = ("back", "bends", "bounds", "checked", "failing", "label", "path", "pills", "source", "target")

    def __init__(self, source: Port, target: Port) -> None:
        self.source, self.target = source, target
        self.label, self.failing = "", False
        self.path = QPainterPath()
        self.bounds = QRectF()
        self.pills: tuple[Box, ...] = ()
        """Where its label could lie, the best place first; none of them meets a card, if they were"""
        self.checked = False
        """held against the cards."""
        self.back = False
        """Whether it leads back, as from the end of a row to the next."""
        self.bends: list[QPointF] = []
        """The points that a person leads it over."""

    def route(self, cards: Mapping[str, NodeItem], near: Near | None = None) -> bool:
        """Draw the curve anew, round the cards that ``near`` tells of; False while one of the two that it joins is missing."""
        first, second = cards.get(self.source.node), cards.get(self.target.node)
        if first is None or second is None:
            return False
        start, end = first.wire_end(self.source.port, True), second.wire_end(self.target.port, False)
        self.back = end[1] < start[1] if first.down else end[0] < start[0]
        points, own = [at.toTuple() for at in self.bends], (first.box, second.box)
        found = find_path(start, end, points, own, near, first.down)
        self.path, self.checked = to_path(found), near is not None
        self.pills = free_spots(found.spots, label_width(self.label), near, first.down) if self.label else ()
        self.bounds = self.path.controlPointRect().adjusted(-4, -4, 4, 4)
        for pill in self.pills:
            self.bounds |= to_rect(pill).adjusted(-2, -2, 2, 2)
        return True

    def carry(self, dx: float, dy: float) -> None:
        """Move the curve as it is."""
        self.path.translate(dx, dy)
        self.bounds.translate(dx, dy)
        self.bends = [at + QPointF(dx, dy) for at in self.bends]
        self.pills = tuple((x1 + dx, y1 + dy, x2 + dx, y2 + dy) for x1, y1, x2, y2 in self.pills)

    def bend_at(self, at: QPointF, reach: float = REACH) -> int:
        """Which of its points is at a point of the scene; −1 for none."""
        near = [((p - at).manhattanLength(), i) for i, p in enumerate(self.bends)]
        distance, best = min(near, default=(reach + 1, -1))
        return best if distance <= reach * 1.6 else -1

    def near(self, at: QPointF, reach: float = REACH) -> bool:
        """Whether a point of the scene is on the wire."""
        return self.bounds.adjusted(-reach, -reach, reach, reach).contains(at) and self._band(2 * reach).contains(at)

    def meets(self, area: QRectF) -> bool:
        """Whether the wire runs through an area of the scene."""
        return self.bounds.intersects(area) and self._band(1).intersects(area)

    def _band(self, width: float) -> QPainterPath:
        """What a stroke of this width along the wire covers."""
        stroker = QPainterPathStroker()
        stroker.setWidth(width)
        return stroker.createStroke(self.path)


def to_path(found: WirePath) -> QPainterPath:
    """The same curve for Qt."""
    path = QPainterPath(QPointF(*found.start))
    for segment in found.segments:
        if segment.one is None or segment.two is None:
            path.lineTo(*segment.to)
        else:
            path.cubicTo(*segment.one, *segment.two, *segment.to)
    return path


def draw_curve(start: QPointF, end: QPointF, down: bool = False) -> QPainterPath:
    """The plain curve between two points, for while a wire is drawn."""
    return to_path(find_path(start.toTuple(), end.toTuple(), down=down))
