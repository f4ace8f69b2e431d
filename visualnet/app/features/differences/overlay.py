"""What sets the open sheet apart from another project, drawn over it: what came, went, changed and follows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.analysis.compare.difference_text import headline
from visualnet.analysis.compare.project_diff import (
    ADDED,
    CHANGED,
    FOLLOWS,
    REMOVED,
    SIGNS,
    NodeDifference,
    pair,
    place_beside_nearest,
)
from visualnet.analysis.facts import Analysis
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.scene.layers.sheet_layer import LABELS_FROM, SheetLayer
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import paint_card, paint_label
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.features.differences.comparison import DocumentComparison
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.graph import Graph, Port
from visualnet.core.project import MAIN

ROLES = {ADDED: "ok", REMOVED: "error", CHANGED: "warning", FOLLOWS: "hint"}
"""The colour of each; the sign says it too."""
DASHES: dict[str, list[float]] = {REMOVED: [4, 3], FOLLOWS: [1, 2.5]}
LONGEST = 44
NEAR = 0.8
BLOCKS = 0.25
"""Below this scale a card is a speck: its whole area takes the colour."""
OVERHANG = 60
"""How far a mark may reach beyond its card, in px."""


class DifferenceLayer(SheetLayer):
    """The overlay of one canvas; it follows ``Comparison``."""

    def __init__(self, view: CanvasBase, comparison: DocumentComparison) -> None:
        super().__init__(view.canvas)
        self.view, self.comparison = view, comparison
        self.marked: dict[str, NodeDifference] = {}
        """What came, changed or follows on the open sheet, by id."""
        self.gone: dict[str, tuple[NodeItem, NodeDifference]] = {}
        """Cards that are no more, where they would stand, by their old id."""
        self.came: set[Port] = set()
        self.went: list[WireItem] = []
        self.setZValue(2.5)
        self.setVisible(False)
        view.canvas.addItem(self)
        comparison.changed.connect(self.rebuild)
        comparison.shown.connect(self.look_at)
        view.studio.sheet_changed.connect(self.rebuild)

    def rebuild(self) -> None:
        """Take what is found on the open sheet."""
        found, base, studio = self.comparison.found, self.comparison.base, self.view.studio
        sheet = studio.sheet
        self.marked, self.gone, self.came, self.went = {}, {}, set(), []
        if found is not None and base is not None:
            nodes, wires = found.on(sheet), [w for w in found.wires if w.sheet == sheet]
            self.marked = {d.after.id: d for d in nodes if d.after is not None}
            self.came = {w.wire.target for w in wires if w.status == ADDED}
            if sheet == MAIN or sheet in base.analysis.project.blocks:
                before = base.analysis.project.sheet(sheet)
                cards = self.canvas.cards
                stays = {old: cards[new] for old, new in pair(before, studio.graph).items() if new in cards}
                self._add_ghosts(nodes, base.analysis, before, stays)
                for wire in wires:
                    if wire.status == REMOVED:
                        self._add_lost_wire(*wire.wire, stays)
        self.setVisible(bool(self.marked or self.gone or self.came or self.went))
        self.canvas.update()

    def _add_ghosts(
        self, found: list[NodeDifference], base: Analysis, before: Graph, stays: Mapping[str, NodeItem]
    ) -> None:
        """A card that is gone stands where it stood beside the nearest card that is still there."""
        facts, now = base.sheet(self.view.studio.sheet), {i: (card.x, card.y) for i, card in stays.items()}
        for d in found:
            if d.before is not None and d.after is None:
                item = NodeItem(d.before, place_beside_nearest(before, d.before.id, now))
                item.show(facts.nodes.get(item.id) if facts is not None else None, (), base.project, before)
                while any(item.rect.intersects(card.rect) for card in self.canvas.cards.values()):
                    item.y += 40.0
                self.gone[item.id] = item, d

    def _add_lost_wire(self, source: Port, target: Port, stays: Mapping[str, NodeItem]) -> None:
        """The way that a lost wire would take between the cards of today."""
        if source.node in stays and target.node in stays:
            start, end = stays[source.node], stays[target.node]
            now = Port(start.id, source.port), Port(end.id, target.port)
            wire = WireItem(*now)
            if wire.route(self.canvas.cards):
                self.went.append(wire)

    def look_at(self, found: NodeDifference) -> None:
        """Bring a node, or the ghost of one, into view."""
        if found.after is not None:
            item = self.canvas.cards.get(found.after.id)
        else:
            item, _ = self.gone.get(found.node.id, (None, None))
        if item is None:
            return
        shown = self.view.mapToScene(self.view.viewport().rect()).boundingRect()
        pose, centre = self.view.pose(), item.rect.center()
        if not shown.contains(item.rect) or pose.zoom < LABELS_FROM:
            self.view.glide(Pose(centre.x(), centre.y(), max(pose.zoom, NEAR)))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the marks that meet the area, and the cards and wires that are gone."""
        shown = area.adjusted(-OVERHANG, -OVERHANG, OVERHANG, OVERHANG)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_wires(painter, scale)
        ghosts = [(item, d) for item, d in self.gone.values() if shown.intersects(item.rect)]
        for item, _ in ghosts:
            painter.save()
            painter.setOpacity(0.45)
            painter.translate(item.x, item.y)
            paint_card(painter, item, self.theme)
            painter.restore()
        for node_id, found in self.marked.items():
            card = self.canvas.cards.get(node_id)
            if card is not None and shown.intersects(card.rect):
                self._draw_mark(painter, card.rect, found, scale)
        for item, found in ghosts:
            self._draw_mark(painter, item.rect, found, scale)

    def _draw_wires(self, painter: QPainter, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.ok), max(3.0, 1.5 / scale)))
        for target in self.came & self.canvas.wires.keys():
            painter.drawPath(self.canvas.wires[target].path)
        lost = QColor(self.theme.error)
        lost.setAlphaF(0.7)
        pen = QPen(lost, max(1.4, 1.0 / scale))
        pen.setDashPattern(DASHES[REMOVED])
        painter.setPen(pen)
        for wire in self.went:
            painter.drawPath(wire.path)

    def _draw_mark(self, painter: QPainter, area: QRectF, found: NodeDifference, scale: float) -> None:
        """An edge in the colour, the sign at the corner, and near enough the words below."""
        colour, follows = QColor(self.theme.colour(ROLES[found.status])), found.status == FOLLOWS
        pen = QPen(colour, (1.4 if follows else 2.6) / min(1.0, max(scale, 0.08) / 0.7))
        if found.status in DASHES:
            pen.setDashPattern(DASHES[found.status])
        painter.setPen(pen)
        fill = QColor(colour)
        fill.setAlphaF(0.0 if scale >= BLOCKS or follows else 0.35)
        painter.setBrush(fill)
        painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), RADIUS, RADIUS)
        if not follows:
            self._draw_sign(painter, area.topLeft(), SIGNS[found.status], colour, max(1.0, 0.75 / scale))
        words = headline(found)
        if scale >= LABELS_FROM and words:
            words = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
            at = QPointF(area.center().x(), area.bottom() + 14)
            paint_label(painter, at, words, self.theme, self.theme.text, colour.name())

    def _draw_sign(self, painter: QPainter, at: QPointF, sign: str, colour: QColor, size: float) -> None:
        painter.setPen(QPen(QColor(self.theme.canvas), 1.5 * size))
        painter.setBrush(colour)
        painter.drawEllipse(at, 9 * size, 9 * size)
        font = fonts.figures(14)
        font.setPixelSize(round(15 * size))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.canvas))
        area = QRectF(at.x() - 9 * size, at.y() - 9.5 * size, 18 * size, 18 * size)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sign)
