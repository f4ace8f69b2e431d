"""A cell of the zoo as a picture: columns of units, told by shape and colour, and the wires between them."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from visualnet.app.theme.tokens import Theme, mix
from visualnet.templates.zoo import Wires, ZooCell

FAMILY = {
    "i": "data",
    "n": "data",
    "h": "dense",
    "p": "normalization",
    "s": "loss",
    "r": "recurrent",
    "m": "recurrent",
    "g": "recurrent",
    "k": "attention",
    "c": "convolution",
    "o": "activation",
    "x": "activation",
    "d": "data",
}
"""Whose colour each kind of unit has."""
_SIDES = {"s": (3, -90.0), "k": (4, 0.0), "c": (6, 0.0)}
"""The kinds that are polygons: how many corners, and where the first is, in degrees."""


def paint_unit(painter: QPainter, at: QPointF, radius: float, kind: str, theme: Theme) -> None:
    """One unit: its shape says what kind it is, the colour too."""
    colour = QColor(theme.family(FAMILY[kind]))
    painter.setPen(QPen(colour, max(1.2, radius * 0.2)))
    painter.setBrush(QColor(mix(theme.canvas, colour.name(), 0.45)))
    if kind in _SIDES:
        count, first = _SIDES[kind]
        angles = [math.radians(first + 360 * corner / count) for corner in range(count)]
        reach = radius * 1.15
        painter.drawPolygon(QPolygonF([at + QPointF(math.cos(a), math.sin(a)) * reach for a in angles]))
    elif kind in "mg":
        painter.drawRect(_square(at, radius * 0.9))
    else:
        painter.drawEllipse(at, radius, radius)
    _paint_sign(painter, at, radius, kind, colour)


def _paint_sign(painter: QPainter, at: QPointF, radius: float, kind: str, colour: QColor) -> None:
    """What stands inside a unit, so that kinds of one colour are told apart."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if kind == "x":
        painter.setBrush(colour)
        painter.drawEllipse(at, radius * 0.35, radius * 0.35)
    elif kind in "pgr":
        inner = radius * (0.42 if kind != "r" else 0.5)
        if kind == "r":  # a loop, open where the arrow would be
            painter.drawArc(_square(at, inner), 40 * 16, 280 * 16)
        else:
            painter.drawEllipse(at, inner, inner)
    elif kind == "n":
        half = radius * 0.6
        zigzag = [(-half, 0.0), (-half / 3, -half / 2), (half / 3, half / 2), (half, 0.0)]
        painter.drawPolyline([at + QPointF(*point) for point in zigzag])
    elif kind == "d":
        painter.setBrush(colour)
        painter.drawPie(_square(at, radius), -90 * 16, 180 * 16)
    elif kind == "m":
        painter.drawLine(at + QPointF(-radius * 0.5, 0), at + QPointF(radius * 0.5, 0))


def _square(at: QPointF, half: float) -> QRectF:
    return QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)


def paint_cell(painter: QPainter, area: QRectF, cell: ZooCell, theme: Theme) -> None:
    """The whole cell into an area, as large as it fits."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if cell.ring:
        units = _ring(area, cell.columns[0])
        radius = min(area.width(), area.height()) * 0.085
        ends = [(a, b) for at, (_, a) in enumerate(units) for _, b in units[:at]]
        columns = [units]
    else:
        columns, radius = _columns(area, cell)
        ends = [end for gap, (a, b) in enumerate(pairwise(columns)) for end in _joined(a, b, cell.pattern(gap))]
    painter.setPen(QPen(QColor(mix(theme.canvas, theme.wire, 0.55)), max(0.8, radius * 0.1)))
    for start, end in ends:
        painter.drawLine(start, end)
    _paint_skips(painter, cell, columns, radius, theme)
    for column in columns:
        for kind, at in column:
            paint_unit(painter, at, radius, kind, theme)
    if cell.beside:
        _paint_beside(painter, area, cell, columns, radius, theme)
    painter.restore()


_Units = list[tuple[str, QPointF]]


def _ring(area: QRectF, kinds: str) -> _Units:
    reach = min(area.width(), area.height()) * 0.41
    turns = [2 * math.pi * (at + 0.5) / len(kinds) - math.pi / 2 for at in range(len(kinds))]
    return [
        (kind, area.center() + QPointF(math.cos(a), math.sin(a)) * reach) for kind, a in zip(kinds, turns, strict=True)
    ]


def _columns(area: QRectF, cell: ZooCell) -> tuple[list[_Units], float]:
    """The units' places, and their radius: columns stand as far apart as the area allows, within reason."""
    tallest = max(5, *(len(column) for column in cell.columns))
    down = area.height() / (tallest + (1.4 if cell.beside else 0))
    radius = min(down * 0.34, area.width() / len(cell.columns) * 0.3)
    across = min(area.width() / len(cell.columns), down * 1.9)
    middle = area.center() - QPointF(0, down * 0.8 if cell.beside else 0)
    made = []
    for at, kinds in enumerate(cell.columns):
        x = middle.x() + (at - (len(cell.columns) - 1) / 2) * across
        made.append([(k, QPointF(x, middle.y() + (n - (len(kinds) - 1) / 2) * down)) for n, k in enumerate(kinds)])
    return made, radius


def _joined(one: _Units, other: _Units, pattern: Wires) -> list[tuple[QPointF, QPointF]]:
    """The wires between two columns."""
    found = []
    for i, (_, a) in enumerate(one):
        for j, (_, b) in enumerate(other):
            far = abs((i + 0.5) / len(one) - (j + 0.5) / len(other)) * max(len(one), len(other))
            near = {"straight": 0.55, "near": 1.1}.get(pattern, math.inf)
            # Which wires a reservoir drawn by chance has is fixed: the picture stays the same.
            if far <= near and (pattern != "chance" or (3 * i + 5 * j + i * j) % 4 < 2):
                found.append((a, b))
    return found


def _paint_skips(painter: QPainter, cell: ZooCell, columns: list[_Units], radius: float, theme: Theme) -> None:
    """Shortcuts past columns: bows over the drawing."""
    painter.setPen(QPen(QColor(theme.family("shape")), max(1.2, radius * 0.2)))
    for start, end in cell.skips:
        a, b = columns[start][0][1], columns[end][0][1]
        high = min(at.y() for column in columns for _, at in column) - radius * 1.9
        a, b = a + QPointF(radius * 0.45, -radius), b - QPointF(radius * 0.45, radius)
        rise = [a, QPointF(a.x(), high), QPointF(b.x(), high), b]
        painter.drawPolyline(rise)


def _paint_beside(
    painter: QPainter, area: QRectF, cell: ZooCell, columns: list[_Units], radius: float, theme: Theme
) -> None:
    """A memory under the drawing, which the column in the middle reaches."""
    hidden = columns[len(columns) // 2]
    y = area.bottom() - radius * 1.3
    places = [
        QPointF(area.center().x() + (n - (len(cell.beside) - 1) / 2) * radius * 2.8, y) for n in range(len(cell.beside))
    ]
    painter.setPen(QPen(QColor(mix(theme.canvas, theme.wire, 0.55)), max(0.8, radius * 0.1)))
    for at in places:
        painter.drawLine(hidden[-1][1] + QPointF(0, radius), at)
    for kind, at in zip(cell.beside, places, strict=True):
        paint_unit(painter, at, radius, kind, theme)
