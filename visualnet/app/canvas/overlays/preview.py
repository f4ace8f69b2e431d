"""What the open sheet would become, drawn over it: ghosts of cards and wires, and new shapes. The document is not touched."""

from __future__ import annotations

import math
from functools import reduce

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.analysis.geometry.card_detail import ROWS_FROM
from visualnet.analysis.problem_list import problems_by_node
from visualnet.analysis.repair.preview import EditPreview, SheetChange
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.scene.layers.sheet_layer import LABELS_FROM, SheetLayer
from visualnet.app.canvas.scene.node_item import MARGIN, NodeItem
from visualnet.app.canvas.scene.node_painter import detail_of, paint_card
from visualnet.app.canvas.scene.painting import enlargement, font_and_metrics, paint_text, translucent
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS, mix
from visualnet.core.graph import Port

MOST = 400
"""Of more ghosts than this the first are drawn."""
AROUND = 56.0
NEAR = 0.7


class PreviewOverlay(SheetLayer):
    """The overlay of one canvas. It follows ``Studio.preview_changed``, and gives the view back where it was."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view.canvas)
        self.view = view
        self.change: SheetChange | None = None
        self.cards: dict[str, NodeItem] = {}
        """The cards that would come or say something else, by id."""
        self.wires: dict[Port, WireItem] = {}
        self.kept: Pose | None = None
        """Where the view looked before it had to move."""
        self.setZValue(3)
        self.setVisible(False)
        view.canvas.addItem(self)
        view.studio.preview_changed.connect(self.show_preview)

    def show_preview(self, seen: EditPreview | None) -> None:
        """Draw what would be; None takes it away."""
        studio = self.view.studio
        self.change = seen.on(studio.sheet, studio.path) if seen is not None else None
        self.cards, self.wires = {}, {}
        if self.change is not None and seen is not None:
            self._build(self.change, seen)
        self.setVisible(self.change is not None)
        self._move_view()
        self.canvas.update()

    def _build(self, change: SheetChange, seen: EditPreview) -> None:
        problems = problems_by_node(seen.then.problems, self.view.studio.sheet)
        wanted = [*change.diff.added, *change.diff.changed, *change.mended]
        for node_id in list(dict.fromkeys(wanted))[:MOST]:
            old = self.canvas.cards.get(node_id)
            place = (old.x, old.y) if old is not None else change.after.places.get(node_id, (0.0, 0.0))
            item = NodeItem(change.after.nodes[node_id], place)
            facts = change.facts.nodes.get(node_id) if change.facts is not None else None
            item.show(facts, problems.get(node_id, ()), seen.then.project, change.after)
            if old is None or item.content != old.content:
                self.cards[node_id] = item
        there = {**self.canvas.cards, **self.cards}
        for source, target in change.diff.wires_added[:MOST]:
            wire = WireItem(source, target)
            if wire.route(there):
                self.wires[target] = wire

    def area(self) -> QRectF:
        """All that would change, in the scene."""
        if self.change is None:
            return QRectF()
        rects = [card.rect for card in self.cards.values()]
        rects += [self.canvas.cards[i].rect for i in self.change.touched if i in self.canvas.cards]
        return reduce(QRectF.united, rects, QRectF())

    def _move_view(self) -> None:
        """Bring what would change into view, no further than needed; afterwards look where one looked before."""
        view, area, seen, pose = self.view, self.area(), self.view.seen, self.view.pose()
        if area.isEmpty():
            if self.kept is not None:
                view.glide(self.kept)
            self.kept = None
            return
        if seen.contains(area):
            return
        self.kept = self.kept or pose
        room = area.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        zoom = min(max(pose.zoom, NEAR), pose.zoom * min(seen.width() / room.width(), seen.height() / room.height()))
        zoom = pose.zoom if seen.width() >= room.width() and seen.height() >= room.height() else zoom
        view.glide(Pose(room.center().x(), room.center().y(), zoom))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        change = self.change
        if change is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_going(painter, change)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_dashed(self.theme.accent, 2.4))
        for wire in self.wires.values():
            painter.drawPath(wire.path)
        for node_id, item in self.cards.items():
            self._paint_card(painter, item, node_id in change.diff.added, scale)
        if scale >= LABELS_FROM * 0.6:
            for node_id, (was, becomes) in list(change.reshaped.items())[:MOST]:
                if node_id in self.canvas.cards:
                    item = self.cards.get(node_id) or self.canvas.cards[node_id]
                    self._paint_reshaped(painter, item, was, becomes, scale)

    def _paint_going(self, painter: QPainter, change: SheetChange) -> None:
        """Wires and cards that would go: under a veil, dashed in red."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for wire in change.diff.wires_removed[:MOST]:
            drawn = self.canvas.wires.get(wire.target)
            if drawn is not None:
                painter.setPen(QPen(QColor(self.theme.canvas), 4.0))
                painter.drawPath(drawn.path)
                painter.setPen(_dashed(self.theme.error, 1.6))
                painter.drawPath(drawn.path)
                _paint_cross(painter, drawn.path.pointAtPercent(0.5), self.theme.error)
        for node_id in change.diff.removed[:MOST]:
            item = self.canvas.cards.get(node_id)
            if item is not None:
                painter.setPen(_dashed(self.theme.error, 1.8))
                painter.setBrush(translucent(self.theme.canvas, 190))
                painter.drawRoundedRect(item.rect, RADIUS, RADIUS)
                _paint_cross(painter, item.rect.center(), self.theme.error, 9.0)

    def _paint_card(self, painter: QPainter, item: NodeItem, fresh: bool, scale: float) -> None:
        painter.save()
        painter.translate(item.x, item.y)
        # What stands there is hidden wholly, so that no two texts lie over each other.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.canvas))
        painter.drawRoundedRect(QRectF(-1, -1, item.width + 2, item.height + 2), RADIUS, RADIUS)
        # From afar the rows of a card have no room: what would come stands there as at the least scale that has them.
        paint_card(painter, item, self.theme, detail_of(item, max(scale, ROWS_FROM * fonts.factor())))
        painter.setBrush(translucent(self.theme.accent, 26))
        painter.setPen(_dashed(self.theme.accent, 2.0))
        painter.drawRoundedRect(QRectF(0.5, 0.5, item.width - 1, item.height - 1), RADIUS, RADIUS)
        if not fresh and not item.content.badge:
            _paint_tick(painter, QRectF(item.width - 26, 11, 14, 14), self.theme.ok)
        painter.restore()

    def _paint_reshaped(self, painter: QPainter, item: NodeItem, was: str, becomes: str, scale: float) -> None:
        """``6×28×28 → 6×14×14`` under the card."""
        px = math.ceil(12 * enlargement(12, scale))
        text = f"{was} → {becomes}" if was not in ("", "?") else f"→ {becomes}"
        width = font_and_metrics(px, figures=True)[1].horizontalAdvance(text) + 16
        tall = px + 8.0
        pill = QRectF(item.rect.center().x() - width / 2, item.rect.bottom() + MARGIN - 4, width, tall)
        painter.setPen(QPen(QColor(mix(self.theme.raised, self.theme.accent, 0.5)), 1.0))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawRoundedRect(pill, tall / 2, tall / 2)
        colour = self.theme.accent if becomes != "?" else self.theme.error
        paint_text(painter, pill, text, colour, px, figures=True, align=Qt.AlignmentFlag.AlignHCenter)


def _dashed(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setDashPattern([4, 3])
    return pen


def _paint_cross(painter: QPainter, at: QPointF, colour: str, reach: float = 6.0) -> None:
    painter.setPen(_round_pen(colour))
    for way in (1, -1):
        painter.drawLine(at + QPointF(-reach, -reach * way), at + QPointF(reach, reach * way))


def _paint_tick(painter: QPainter, area: QRectF, colour: str) -> None:
    """Where a badge stood: this card would be mended."""
    painter.setPen(_round_pen(colour))
    corner = QPointF(area.left() + area.width() * 0.42, area.bottom() - 2)
    painter.drawPolyline(
        [QPointF(area.left() + 2, area.center().y()), corner, QPointF(area.right() - 1, area.top() + 3)]
    )


def _round_pen(colour: str) -> QPen:
    return QPen(QColor(colour), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
