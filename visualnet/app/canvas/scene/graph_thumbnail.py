"""A small picture of a whole graph: a coloured card for each node, laid out as in its file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from visualnet.analysis.families import family_of
from visualnet.app.theme.tokens import Theme, mix
from visualnet.core.graph import Graph, Topology
from visualnet.core.project import Project

CARD = QSizeF(200, 88)
"""The size of a card on the canvas, near enough for a picture in which it is some 40 px wide."""
LARGEST = 0.42


def places(graph: Graph) -> dict[str, QRectF]:
    """Where each card stands; nodes without a place stand in a row."""
    at = {i: graph.places.get(i, (264.0 * n, 0.0)) for n, i in enumerate(graph.nodes)}
    return {i: QRectF(QPointF(x, y), CARD) for i, (x, y) in at.items()}


def paint_graph(painter: QPainter, area: QRectF, project: Project, theme: Theme) -> None:
    """Draw the main graph of a project into an area, as large as it fits."""
    graph = project.graph
    cards = places(graph)
    if not cards:
        return
    whole = reduce(QRectF.united, cards.values())
    # A wire that goes back to the next row swings out by as much at both ends.
    whole.adjust(-70, 0, 70, 0)
    scale = min(area.width() / whole.width(), area.height() / whole.height(), LARGEST)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    _paint_wires(painter, graph, cards, theme, scale)
    for node in graph:
        _paint_card(painter, cards[node.id], theme, family_of(node, project), scale, bool(node.block))
    painter.restore()


def _paint_wires(painter: QPainter, graph: Graph, cards: Mapping[str, QRectF], theme: Theme, scale: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(mix(theme.ground, theme.wire, 0.8)), 1.25 / scale))
    into = Topology(graph).into
    for node_id, wires in into.items():
        for number, wire in enumerate(wires, 1):
            if wire.source.node in cards:
                end = QPointF(cards[node_id].left(), cards[node_id].top() + CARD.height() * number / (len(wires) + 1))
                painter.drawPath(_curve(cards[wire.source.node], cards[node_id], end))


def _curve(first: QRectF, second: QRectF, end: QPointF) -> QPainterPath:
    """From the right edge of one card to a point on the left edge of another; backwards as a line of text goes on in the next."""
    start = QPointF(first.right(), first.center().y())
    path = QPainterPath(start)
    if end.x() > start.x():
        bend = max((end.x() - start.x()) / 2, 30.0)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        return path
    below = second.top() >= first.bottom()
    lane = (
        min((first.bottom() + second.top()) / 2, first.bottom() + 44)
        if below
        else max(first.bottom(), second.bottom()) + 30
    )
    path.cubicTo(QPointF(start.x() + 60, start.y()), QPointF(start.x() + 60, lane), QPointF(start.x(), lane))
    path.lineTo(end.x(), lane)
    path.cubicTo(QPointF(end.x() - 60, lane), QPointF(end.x() - 60, end.y()), end)
    return path


def _paint_card(painter: QPainter, area: QRectF, theme: Theme, family: str, scale: float, block: bool) -> None:
    """A card: tinted face, the bar of its family, strokes where its words stand; blocks with a second edge."""
    colour = theme.family(family)
    radius = min(8.0, 2.5 / scale)
    shape = QPainterPath()
    shape.addRoundedRect(area, radius * 1.6, radius * 1.6)
    edge = QPen(QColor(mix(theme.raised, colour, 0.55)), 1.0 / scale)
    if block:
        painter.setPen(edge)
        painter.setBrush(QColor(theme.ground))
        painter.drawRoundedRect(
            area.adjusted(-2.6 / scale, -2.6 / scale, 2.6 / scale, 2.6 / scale), radius * 2.2, radius * 2.2
        )
    painter.setPen(edge)
    painter.setBrush(QColor(mix(theme.raised, colour, 0.3 if theme.dark else 0.22)))
    painter.drawPath(shape)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    bar = QPainterPath()
    bar.addRect(QRectF(area.left(), area.top(), 4.5 / scale, area.height()))
    painter.drawPath(shape.intersected(bar))
    left = area.left() + 4.5 / scale + 14
    painter.setBrush(QColor(mix(theme.raised, theme.text if theme.dark else colour, 0.62)))
    painter.drawRoundedRect(QRectF(left, area.top() + 24, area.width() * 0.36, 11), 5, 5)
    painter.setBrush(QColor(mix(theme.raised, colour, 0.5)))
    painter.drawRoundedRect(QRectF(left, area.top() + 52, area.width() * 0.58, 11), 5, 5)
