"""What is fed, marked on the canvas: a badge at the port, and the wires that carry what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.analysis.facts import plain_path
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.canvas.scene.painting import enlargement
from visualnet.app.canvas.view import CanvasView
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Graph, Port
from visualnet.core.text.format import format_quantity
from visualnet.training.observations.feeds.feed import units_of, why_not

WIDTH, LEAST_PX, ALPHA = 8.0, 3.0, 0.5
DOT = 6.0
NEAR = 0.36
"""From this scale on a badge has words; further away the dot alone is seen."""


class FeedMarks(QObject):
    """Which ports of the open sheet are fed, and which wires lead on from them."""

    def __init__(self, studio: Studio, view: CanvasView) -> None:
        super().__init__(view)
        self.studio, self.view = studio, view
        self.badges: Mapping[Port, str] = {}
        """What is fed at ports of the open sheet, in words."""
        self.inside: Mapping[str, int] = {}
        """In how many places blocks of the open sheet are fed within."""
        self.wires: frozenset[Port] = frozenset()
        """The wires that carry something else because of it, by their target."""
        self.layer, self.halo = FeedLayer(self), FeedHalo(self)
        view.canvas.addItem(self.halo)
        view.canvas.addItem(self.layer)
        studio.runner.probes.feeds.changed.connect(self.refresh)
        for signal in (studio.analysed, studio.sheet_changed, studio.theme_changed):
            signal.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Look up anew what is fed on the open sheet."""
        badges: dict[Port, list[str]] = {}
        inside: dict[str, int] = {}
        here = plain_path(sheet_path(self.studio))
        for feed in self.studio.runner.probes.feeds.active:
            path = plain_path(feed.port[0])
            facts = self.studio.analysis.find(feed.port[0])
            if path[: len(here)] != here or len(path) <= len(here) or facts is None or why_not(feed, facts):
                continue
            node_id = path[len(here)]
            if len(path) > len(here) + 1:
                inside[node_id] = inside.get(node_id, 0) + 1
            else:
                badges.setdefault(Port(node_id, feed.port[1]), []).append(feed.text(units_of(facts, feed)))
        self.badges = {port: f"fed: {' · '.join(words)}" for port, words in badges.items()}
        self.inside = inside
        self.wires = downstream_wires(self.studio.graph, {*self.badges}, {*inside})
        for layer in (self.halo, self.layer):
            layer.setVisible(bool(self.badges or inside))
            layer.update()


def downstream_wires(graph: Graph, ports: set[Port], nodes: set[str]) -> frozenset[Port]:
    """The wires that leave these ports and nodes, and all that follow."""
    found: set[Port] = set()
    reached = set(nodes)
    is_new = True
    while is_new:
        is_new = False
        for target, source in graph.wires.items():
            if target not in found and (source in ports or source.node in reached):
                found.add(target)
                reached.add(target.node)
                is_new = True
    return frozenset(found)


class FeedHalo(SheetLayer):
    """Under the wires a band in the colour of warnings: what is written on a wire stays to be read."""

    def __init__(self, marks: FeedMarks) -> None:
        super().__init__(marks.view.canvas)
        self.marks = marks
        self.setZValue(0.5)

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Mark the wires that meet the area."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self.theme.warning)
        colour.setAlphaF(ALPHA)
        painter.setPen(QPen(colour, max(WIDTH, LEAST_PX / scale), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for target in self.marks.wires:
            wire = self.canvas.wires.get(target)
            if wire is not None and wire.bounds.intersects(area):
                painter.drawPath(wire.path)
        painter.restore()


class FeedLayer(SheetLayer):
    """At a fed port a dot, and below its card a badge that says what is fed."""

    def __init__(self, marks: FeedMarks) -> None:
        super().__init__(marks.view.canvas)
        self.marks = marks
        self.setZValue(60)

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Mark what meets the area."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows: dict[str, int] = {}
        for port, words in self.marks.badges.items():
            card = self.canvas.cards.get(port.node)
            if card is not None and port.port in card.outputs:
                self._dot(painter, card.anchor(port.port, True), scale)
                self._badge(painter, card.rect, words, scale, rows.setdefault(port.node, 0))
                rows[port.node] += 1
        for node_id, count in self.marks.inside.items():
            card = self.canvas.cards.get(node_id)
            if card is not None:
                words = f"fed inside: {format_quantity(count, 'place')}"
                self._badge(painter, card.rect, words, scale, rows.get(node_id, 0))
        painter.restore()

    def _dot(self, painter: QPainter, at: QPointF, scale: float) -> None:
        painter.setPen(QPen(QColor(self.theme.surface), 1.5))
        painter.setBrush(QColor(self.theme.warning))
        radius = max(DOT, 3.5 / scale)
        painter.drawEllipse(at, radius, radius)

    def _badge(self, painter: QPainter, card: QRectF, words: str, scale: float, row: int) -> None:
        if scale >= NEAR:
            larger = enlargement(11, scale)
            place = QPointF(card.center().x(), card.bottom() + 11 + row * 20 * larger)
            paint_label(painter, place, words, self.theme, self.theme.text, self.theme.warning, 0.5, larger)
