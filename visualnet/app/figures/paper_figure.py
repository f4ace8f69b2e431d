"""The figure drawn: volumes, sheets, bars and boxes with lines of ink, as papers print them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import LIGHT, mix
from visualnet.figures.paper_content import Content
from visualnet.figures.paper_layout import LINE, SHEET, Layout, PlacedPiece, Route, bounds, place, segments, sheets

INK, QUIET_INK = "#1c2028", "#4a5162"
EDGE = 0.8
TEXT_PX = 11
DARKEST = 0.62


class Figure:
    """A network as a figure; it knows its area and paints itself."""

    ground = "#ffffff"

    def __init__(self, content: Content) -> None:
        self.layout: Layout = place(content, _widths(content))
        left, top, right, bottom = bounds(self.layout)
        self.area = QRectF(left, top, right - left, bottom - top).adjusted(-16, -16, 16, 16)

    def paint(self, p: QPainter) -> Iterator[float]:
        """Draw it a piece at a time; yields how much is done."""
        spots = sorted(self.layout.spots.values(), key=lambda s: (s.column, s.y))
        for route in self.layout.routes:
            _route(p, route)
        for number, spot in enumerate(spots):
            _DRAW[spot.piece.form](p, spot)
            _words(p, spot)
            yield (number + 1) / len(spots)
        for route in self.layout.routes:
            _kernel(p, self.layout.spots[route.link.source], self.layout.spots[route.link.target])


def _widths(content: Content) -> dict[str, float]:
    plain, bold = QFontMetricsF(fonts.sans(TEXT_PX)), QFontMetricsF(_bold())
    words = {w: plain.horizontalAdvance(w) for p in content.pieces.values() for w in (p.title, *p.notes)}
    return words | {p.size: bold.horizontalAdvance(p.size) for p in content.pieces.values()}


def _bold() -> QFont:
    return fonts.sans(TEXT_PX, QFont.Weight.DemiBold)


# --- colours ------------------------------------------------------------------------------------------------------------------------


def _colour(spot: PlacedPiece, dark: float, family: str = "") -> QColor:
    """The family's colour, washed out; ``dark`` is for the faces turned away."""
    return QColor(mix("#ffffff", LIGHT.family(family or spot.piece.family), dark))


def _pen(spot: PlacedPiece) -> QPen:
    pen = QPen(QColor(mix(LIGHT.family(spot.piece.family), "#000000", 0.45)), EDGE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


# --- bodies -------------------------------------------------------------------------------------------------------------------------


def _box(p: QPainter, spot: PlacedPiece) -> None:
    """A solid volume: channels along the flow, height upwards, width running back."""
    body = spot.body
    x, y, w, h, b = spot.x, spot.y - body.high / 2, body.wide, body.high, body.back
    p.setPen(_pen(spot))
    p.setBrush(_colour(spot, 0.30))
    p.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + b, y - b), QPointF(x + w + b, y - b), QPointF(x + w, y)]))
    p.setBrush(_colour(spot, DARKEST))
    right = [QPointF(x + w, y), QPointF(x + w + b, y - b), QPointF(x + w + b, y - b + h), QPointF(x + w, y + h)]
    p.drawPolygon(QPolygonF(right))
    p.setBrush(_colour(spot, 0.42))
    p.drawRect(QRectF(x, y, w, h))
    at = x
    for share in spot.piece.parts[:-1]:
        at += share * w
        p.drawLine(QPointF(at, y + h), QPointF(at, y))
        p.drawLine(QPointF(at, y), QPointF(at + b, y - b))
    if spot.piece.block:
        _twin(p, spot, QRectF(x, y, w, h))


def _twin(p: QPainter, spot: PlacedPiece, front: QRectF) -> None:
    """A block's double edge."""
    if min(front.width(), front.height()) > 10:
        pen = _pen(spot)
        pen.setWidthF(EDGE * 0.75)
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(front.adjusted(2.5, 2.5, -2.5, -2.5))


def _sheets(p: QPainter, spot: PlacedPiece) -> None:
    """Maps one behind the other, the last one in front."""
    body, count = spot.body, sheets(spot.piece.extent[0])
    p.setPen(_pen(spot))
    for number in range(count):
        near = number / max(1, count - 1)
        p.setBrush(_colour(spot, 0.46 - 0.24 * near))
        behind = (count - 1 - number) * SHEET
        front = QRectF(spot.x + number * SHEET, spot.y - body.high / 2 - behind, body.wide, body.high)
        p.drawRect(front)
    if spot.piece.block:
        _twin(p, spot, front)


def _bar(p: QPainter, spot: PlacedPiece) -> None:
    _box(p, spot)


def _label(p: QPainter, spot: PlacedPiece) -> None:
    """A plain box with its words inside."""
    body = spot.body
    area = QRectF(spot.x, spot.y - body.high / 2, body.wide, body.high)
    p.setPen(_pen(spot))
    p.setBrush(_colour(spot, 0.26))
    p.drawRoundedRect(area, 5, 5)
    if spot.piece.block:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(area.adjusted(2.5, 2.5, -2.5, -2.5), 3, 3)
    lines = (spot.piece.title, *spot.piece.notes)
    top = area.center().y() - LINE * len(lines) / 2
    for number, line in enumerate(lines):
        _text(p, area.center().x(), top + number * LINE, line, INK if not number else QUIET_INK, bold=False)


def _sign(p: QPainter, spot: PlacedPiece) -> None:
    """Arithmetic: its sign in a circle."""
    middle, radius = QPointF(spot.x + spot.body.wide / 2, spot.y), spot.body.wide / 2
    p.setPen(QPen(QColor(INK), EDGE))
    p.setBrush(QColor("#ffffff"))
    p.drawEllipse(middle, radius, radius)
    font = fonts.sans(15)
    metrics = QFontMetricsF(font)
    p.setFont(font)
    box = metrics.tightBoundingRect(spot.piece.title)
    p.drawText(QPointF(middle.x() - box.center().x(), middle.y() - box.center().y()), spot.piece.title)


_DRAW = {"box": _box, "sheets": _sheets, "bar": _bar, "label": _label, "sign": _sign}


# --- words, links, kernels ----------------------------------------------------------------------------------------------------------


def _text(p: QPainter, middle: float, top: float, text: str, colour: str, bold: bool) -> None:
    font = _bold() if bold else fonts.sans(TEXT_PX)
    metrics = QFontMetricsF(font)
    p.setFont(font)
    p.setPen(QColor(colour))
    p.drawText(QPointF(middle - metrics.horizontalAdvance(text) / 2, top + metrics.ascent()), text)


def _words(p: QPainter, spot: PlacedPiece) -> None:
    middle, top = spot.middle, spot.caption + 5
    for number, line in enumerate(spot.body.words):
        _text(p, middle, top + number * LINE, line, INK if not number else QUIET_INK, bold=not number)


def _route(p: QPainter, route: Route) -> None:
    pen = QPen(QColor(QUIET_INK), 1.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    points = [QPointF(*at) for at in route.points]
    p.drawPolyline(QPolygonF(points))
    last, end = points[-2], points[-1]
    length = max(1e-6, ((end - last).x() ** 2 + (end - last).y() ** 2) ** 0.5)
    along = (end - last) / length
    across = QPointF(-along.y(), along.x())
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(QUIET_INK))
    p.drawPolygon(QPolygonF([end, end - along * 6 + across * 2.6, end - along * 6 - across * 2.6]))
    if route.link.words:
        start, stop = max(segments(route), key=lambda s: abs(s[1][0] - s[0][0]))
        _text(p, (start[0] + stop[0]) / 2, start[1] - LINE - 1, route.link.words, QUIET_INK, bold=False)


def _kernel(p: QPainter, source: PlacedPiece, target: PlacedPiece) -> None:
    """The window on the piece before, and the lines to the one number that it makes."""
    shares = target.piece.kernel
    if (
        shares is None
        or target.column != source.column + 1
        or abs(target.y - source.y) > 40
        or source.piece.form not in ("box", "sheets")
    ):
        return
    corners = _window(source, *shares)
    pen = QPen(QColor(INK), EDGE * 0.9)
    p.setPen(pen)
    p.setBrush(QColor(255, 255, 255, 150))
    p.drawPolygon(QPolygonF(corners))
    pen.setStyle(Qt.PenStyle.DotLine)
    p.setPen(pen)
    end = QPointF(target.x, target.y - 0.18 * target.body.high)
    if target.piece.form == "sheets":
        end += QPointF(target.body.back + 0.3 * target.body.wide, 0)
        p.drawRect(QRectF(end.x(), end.y() - 1.5, 3, 3))
    for corner in (corners[1], corners[2]):
        p.drawLine(corner, end)


def _window(source: PlacedPiece, high: float, wide: float) -> list[QPointF]:
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
