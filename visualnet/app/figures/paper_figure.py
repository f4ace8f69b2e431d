"""The figure drawn: volumes, sheets, bars and boxes with lines of ink, as papers print them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from visualnet.app.figures.volume import SolidColours, draw_volume
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import LIGHT, mix
from visualnet.figures.paper_content import Content
from visualnet.figures.paper_layout import LINE, SHEET, PaperLayout, PlacedPiece, Route, bounds, place, segments, sheets

INK, QUIET_INK = "#1c2028", "#4a5162"
EDGE = 0.8
TEXT_PX = 11
DARKEST = 0.62


class Figure:
    """A network as a figure; it knows its area and paints itself."""

    ground = "#ffffff"

    def __init__(self, content: Content) -> None:
        self.layout: PaperLayout = place(content, _text_widths(content))
        left, top, right, bottom = bounds(self.layout)
        self.area = QRectF(left, top, right - left, bottom - top).adjusted(-16, -16, 16, 16)

    def paint(self, painter: QPainter) -> Iterator[float]:
        """Draw it a piece at a time; yields how much is done."""
        spots = sorted(self.layout.spots.values(), key=lambda s: (s.column, s.y))
        for route in self.layout.routes:
            _draw_route(painter, route)
        for number, spot in enumerate(spots):
            _DRAW[spot.piece.form](painter, spot)
            _draw_words(painter, spot)
            yield (number + 1) / len(spots)
        for route in self.layout.routes:
            _draw_kernel(painter, self.layout.spots[route.link.source], self.layout.spots[route.link.target])


def _text_widths(content: Content) -> dict[str, float]:
    plain, bold, pieces = QFontMetricsF(fonts.sans(TEXT_PX)), QFontMetricsF(_bold_font()), content.pieces.values()
    words = {text: plain.horizontalAdvance(text) for piece in pieces for text in (piece.title, *piece.notes)}
    return words | {piece.size: bold.horizontalAdvance(piece.size) for piece in pieces}


def _bold_font() -> QFont:
    return fonts.sans(TEXT_PX, QFont.Weight.DemiBold)


def _colour(spot: PlacedPiece, dark: float) -> QColor:
    """The family's colour, washed out; ``dark`` is for the faces turned away."""
    return QColor(mix("#ffffff", LIGHT.family(spot.piece.family), dark))


def _edge_pen(spot: PlacedPiece) -> QPen:
    pen = QPen(QColor(mix(LIGHT.family(spot.piece.family), "#000000", 0.45)), EDGE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _draw_box(painter: QPainter, spot: PlacedPiece) -> None:
    """A solid volume: channels along the flow, height upwards, width running back."""
    body = spot.body
    front = QRectF(spot.x, spot.y - body.high / 2, body.wide, body.high)
    faces = SolidColours(_colour(spot, 0.42), _colour(spot, 0.30), _colour(spot, DARKEST), _edge_pen(spot))
    draw_volume(painter, front, body.back, faces, spot.piece.parts)
    if spot.piece.block:
        _draw_double_edge(painter, spot, front)


def _draw_double_edge(painter: QPainter, spot: PlacedPiece, front: QRectF) -> None:
    """A block's double edge."""
    if min(front.width(), front.height()) > 10:
        pen = _edge_pen(spot)
        pen.setWidthF(EDGE * 0.75)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(front.adjusted(2.5, 2.5, -2.5, -2.5))


def _draw_sheets(painter: QPainter, spot: PlacedPiece) -> None:
    """Maps one behind the other, the last one in front."""
    body, count = spot.body, sheets(spot.piece.extent[0])
    painter.setPen(_edge_pen(spot))
    for number in range(count):
        near = number / max(1, count - 1)
        painter.setBrush(_colour(spot, 0.46 - 0.24 * near))
        behind = (count - 1 - number) * SHEET
        front = QRectF(spot.x + number * SHEET, spot.y - body.high / 2 - behind, body.wide, body.high)
        painter.drawRect(front)
    if spot.piece.block:
        _draw_double_edge(painter, spot, front)


def _draw_label(painter: QPainter, spot: PlacedPiece) -> None:
    """A plain box with its words inside."""
    body = spot.body
    area = QRectF(spot.x, spot.y - body.high / 2, body.wide, body.high)
    painter.setPen(_edge_pen(spot))
    painter.setBrush(_colour(spot, 0.26))
    painter.drawRoundedRect(area, 5, 5)
    if spot.piece.block:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(2.5, 2.5, -2.5, -2.5), 3, 3)
    lines = (spot.piece.title, *spot.piece.notes)
    top = area.center().y() - LINE * len(lines) / 2
    for number, line in enumerate(lines):
        _draw_text(painter, area.center().x(), top + number * LINE, line, INK if not number else QUIET_INK, bold=False)


def _draw_sign(painter: QPainter, spot: PlacedPiece) -> None:
    """Arithmetic: its sign in a circle."""
    middle, radius = QPointF(spot.x + spot.body.wide / 2, spot.y), spot.body.wide / 2
    painter.setPen(QPen(QColor(INK), EDGE))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(middle, radius, radius)
    font = fonts.sans(15)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    box = metrics.tightBoundingRect(spot.piece.title)
    painter.drawText(QPointF(middle.x() - box.center().x(), middle.y() - box.center().y()), spot.piece.title)


_DRAW = {"box": _draw_box, "sheets": _draw_sheets, "bar": _draw_box, "label": _draw_label, "sign": _draw_sign}


def _draw_text(painter: QPainter, middle: float, top: float, text: str, colour: str, bold: bool) -> None:
    font = _bold_font() if bold else fonts.sans(TEXT_PX)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(QPointF(middle - metrics.horizontalAdvance(text) / 2, top + metrics.ascent()), text)


def _draw_words(painter: QPainter, spot: PlacedPiece) -> None:
    middle, top = spot.middle, spot.caption + 5
    for number, line in enumerate(spot.body.words):
        _draw_text(painter, middle, top + number * LINE, line, INK if not number else QUIET_INK, bold=not number)


def _draw_route(painter: QPainter, route: Route) -> None:
    pen = QPen(QColor(QUIET_INK), 1.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    points = [QPointF(*at) for at in route.points]
    painter.drawPolyline(QPolygonF(points))
    end, run = points[-1], points[-1] - points[-2]
    along = run / max(1e-6, math.hypot(run.x(), run.y()))
    across = QPointF(-along.y(), along.x())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(QUIET_INK))
    painter.drawPolygon(QPolygonF([end, end - along * 6 + across * 2.6, end - along * 6 - across * 2.6]))
    if route.link.words:
        start, stop = max(segments(route), key=lambda s: abs(s[1][0] - s[0][0]))
        _draw_text(painter, (start[0] + stop[0]) / 2, start[1] - LINE - 1, route.link.words, QUIET_INK, bold=False)


def _draw_kernel(painter: QPainter, source: PlacedPiece, target: PlacedPiece) -> None:
    """The window on the piece before, and the lines to the one number that it makes."""
    shares = target.piece.kernel
    if (
        shares is None
        or target.column != source.column + 1
        or abs(target.y - source.y) > 40
        or source.piece.form not in ("box", "sheets")
    ):
        return
    corners = _window_corners(source, *shares)
    pen = QPen(QColor(INK), EDGE * 0.9)
    painter.setPen(pen)
    painter.setBrush(QColor(255, 255, 255, 150))
    painter.drawPolygon(QPolygonF(corners))
    pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    end = QPointF(target.x, target.y - 0.18 * target.body.high)
    if target.piece.form == "sheets":
        end += QPointF(target.body.back + 0.3 * target.body.wide, 0)
        painter.drawRect(QRectF(end.x(), end.y() - 1.5, 3, 3))
    for corner in (corners[1], corners[2]):
        painter.drawLine(corner, end)


def _window_corners(source: PlacedPiece, high: float, wide: float) -> list[QPointF]:
    """The window's corners on the face that shows height and width, a quarter down."""
    body = source.body
    h = min(body.high, max(5.0, high * body.high))
    if source.piece.form == "sheets":
        w = min(body.wide, max(5.0, wide * body.wide))
        x = source.x + body.back + (body.wide - w) * 0.72
        y = source.y - body.high / 2 + (body.high - h) * 0.62
        return [QPointF(x, y), QPointF(x + w, y), QPointF(x + w, y + h), QPointF(x, y + h)]
    w = min(body.back, max(3.5, wide * body.back))
    x = source.x + body.wide + (body.back - w) / 2
    y = source.y - body.high / 2 - (body.back - w) / 2 + (body.high - h) * 0.45
    return [QPointF(x, y), QPointF(x + w, y - w), QPointF(x + w, y - w + h), QPointF(x, y + h)]
