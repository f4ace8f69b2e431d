"""What sets the open sheet apart from another project, drawn over it: what came, went, changed and follows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from visualnet.analysis.compare.diff_text import headline
from visualnet.analysis.compare.project_diff import ADDED, CHANGED, FOLLOWS, REMOVED, SIGNS, NodeDifference
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import paint_card, paint_label
from visualnet.app.canvas.scene.sheet_layer import LABELS_FROM, SheetLayer
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.features.differences.comparison import Comparison
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.graph import Port

ROLES = {ADDED: "ok", REMOVED: "error", CHANGED: "warning", FOLLOWS: "hint"}
"""The colour of each; the sign says it too."""
LONGEST = 44
NEAR = 0.8
BLOCKS = 0.25
"""Below this scale a card is a speck: its whole area takes the colour."""


class DifferenceLayer(SheetLayer):
    """The overlay of one canvas; it follows ``Comparison``."""

    def __init__(self, view: CanvasBase, differing: Comparison) -> None:
        super().__init__(view.canvas)
        self.view, self.differing = view, differing
        self.marked: dict[str, NodeDifference] = {}
        """What came, changed or follows on the open sheet, by id."""
        self.gone: dict[str, tuple[NodeItem, NodeDifference]] = {}
        """Cards that are no more, where they would stand, by their old id."""
        self.came: set[Port] = set()
        self.went: list[WireItem] = []
        self.setZValue(2.5)
        self.setVisible(False)
        view.canvas.addItem(self)
        differing.changed.connect(self.rebuild)
        differing.shown.connect(self.look_at)
        view.studio.sheet_changed.connect(lambda _: self.rebuild())

    def rebuild(self) -> None:
        """Take what is found on the open sheet."""
        found, sheet = self.differing.found, self.view.studio.sheet
        self.marked, self.gone, self.came, self.went = {}, {}, set(), []
        base = self.differing.base
        if found is not None and base is not None:
            self.marked = {d.after.id: d for d in found.on(sheet) if d.after is not None}
            project = base.analysis.project
            if sheet == "" or sheet in project.blocks:
                self._ghosts(found.on(sheet))
            self.came = {w.wire.target for w in found.wires if w.sheet == sheet and w.status == ADDED}
            self._went([w.wire.target for w in found.wires if w.sheet == sheet and w.status == REMOVED])
        self.setVisible(bool(self.marked or self.gone or self.came or self.went))
        self.canvas.update()

    def _pairs(self) -> dict[str, str]:
        """Which old node is which card."""
        from visualnet.analysis.compare.project_diff import pair

        base = self.differing.base
        assert base is not None
        return pair(base.analysis.project.sheet(self.view.studio.sheet), self.view.studio.graph)

    def _ghosts(self, found: list[NodeDifference]) -> None:
        """A card that is gone stands where it stood beside the nearest card that is still there."""
        base, canvas = self.differing.base, self.canvas
        assert base is not None
        project, graph = base.analysis.project, base.analysis.project.sheet(self.view.studio.sheet)
        facts = base.analysis.sheet(self.view.studio.sheet)
        stays = [
            (graph.places.get(a, (0.0, 0.0)), canvas.cards[b]) for a, b in self._pairs().items() if b in canvas.cards
        ]
        for d in found:
            if d.before is None or d.after is not None:
                continue
            x, y = graph.places.get(d.before.id, (0.0, 0.0))
            if stays:
                (was_x, was_y), card = min(stays, key=lambda s: abs(s[0][0] - x) + abs(s[0][1] - y))
                x, y = card.x + x - was_x, card.y + y - was_y
            item = NodeItem(d.before, (x, y))
            item.show(facts.nodes.get(d.before.id) if facts is not None else None, (), project, graph)
            while any(item.rect.intersects(card.rect) for card in canvas.cards.values()):
                item.y += 40.0
            self.gone[d.before.id] = item, d

    def _went(self, targets: list[Port]) -> None:
        """The way that each lost wire would take between the cards of today."""
        base = self.differing.base
        assert base is not None
        graph, pairs = base.analysis.project.sheet(self.view.studio.sheet), self._pairs() if targets else {}
        for target in targets:
            source = graph.wires[target]
            now = [Port(pairs.get(p.node, ""), p.port) for p in (target, source)]
            wire = WireItem(now[1], now[0])
            if wire.route(self.canvas.cards):
                self.went.append(wire)

    def look_at(self, found: NodeDifference) -> None:
        """Bring a node, or the ghost of one, into view."""
        node = found.after.id if found.after is not None else ""
        gone = self.gone.get(found.before.id) if found.before is not None and not node else None
        item = gone[0] if gone else self.canvas.cards.get(node)
        if item is None:
            return
        shown = self.view.mapToScene(self.view.viewport().rect()).boundingRect()
        pose = self.view.pose()
        if not shown.contains(item.rect) or pose.zoom < LABELS_FROM:
            centre = item.rect.center()
            self.view.glide(Pose(centre.x(), centre.y(), max(pose.zoom, NEAR)))

    # --- painting ----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        near = scale >= LABELS_FROM
        shown = option.exposedRect.adjusted(-60, -60, 60, 60)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._wires(painter, scale)
        for item, _ in self.gone.values():
            if shown.intersects(item.rect):
                painter.save()
                painter.setOpacity(0.45)
                painter.translate(item.x, item.y)
                paint_card(painter, item, self.theme)
                painter.restore()
        for node_id, found in self.marked.items():
            card = self.canvas.cards.get(node_id)
            if card is not None and shown.intersects(card.rect):
                self._mark(painter, card.rect, found, scale, near)
        for item, found in self.gone.values():
            if shown.intersects(item.rect):
                self._mark(painter, item.rect, found, scale, near)

    def _wires(self, painter: QPainter, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.ok), max(3.0, 1.5 / scale)))
        for target in self.came & self.canvas.wires.keys():
            painter.drawPath(self.canvas.wires[target].path)
        lost = QColor(self.theme.error)
        lost.setAlphaF(0.7)
        pen = QPen(lost, max(1.4, 1.0 / scale))
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        for wire in self.went:
            painter.drawPath(wire.path)

    def _mark(self, painter: QPainter, area: QRectF, found: NodeDifference, scale: float, near: bool) -> None:
        """An edge in the colour, the sign at the corner, and near enough the words below."""
        colour = QColor(self.theme.colour(ROLES[found.status]))
        width = (2.6 if found.status != FOLLOWS else 1.4) / min(1.0, max(scale, 0.08) / 0.7)
        pen = QPen(colour, width)
        if found.status in (REMOVED, FOLLOWS):
            pen.setDashPattern([4, 3] if found.status == REMOVED else [1, 2.5])
        painter.setPen(pen)
        fill = QColor(colour)
        fill.setAlphaF(0.0 if scale >= BLOCKS or found.status == FOLLOWS else 0.35)
        painter.setBrush(fill)
        painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), RADIUS, RADIUS)
        if found.status != FOLLOWS:
            self._sign(painter, area.topLeft(), SIGNS[found.status], colour, max(1.0, 0.75 / scale))
        words = headline(found)
        if near and words:
            words = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
            at = QPointF(area.center().x(), area.bottom() + 14)
            paint_label(painter, at, words, self.theme, self.theme.text, colour.name())

    def _sign(self, painter: QPainter, at: QPointF, sign: str, colour: QColor, size: float) -> None:
        painter.setPen(QPen(QColor(self.theme.canvas), 1.5 * size))
        painter.setBrush(colour)
        painter.drawEllipse(at, 9 * size, 9 * size)
        font = fonts.mono(14)
        font.setPixelSize(round(15 * size))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.canvas))
        painter.drawText(
            QRectF(at.x() - 9 * size, at.y() - 9.5 * size, 18 * size, 18 * size), Qt.AlignmentFlag.AlignCenter, sign
        )
