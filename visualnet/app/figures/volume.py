"""A tensor drawn as a solid: channels along the flow, height upwards, width running back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


class SolidColours(NamedTuple):
    """The colours of a solid's faces, and the pen of its edges."""

    front: QColor
    top: QColor
    side: QColor
    edge: QPen


def draw_volume(
    painter: QPainter, front: QRectF, back: float, faces: SolidColours, parts: Sequence[float] = ()
) -> None:
    """A solid with this front that runs so far ``back``, up and to the right. ``parts`` are the shares of what it was joined from."""
    x, y, w, h, b = front.x(), front.y(), front.width(), front.height(), back
    painter.setPen(faces.edge)
    painter.setBrush(faces.top)
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + b, y - b), QPointF(x + w + b, y - b), QPointF(x + w, y)]))
    painter.setBrush(faces.side)
    right = [QPointF(x + w, y), QPointF(x + w + b, y - b), QPointF(x + w + b, y - b + h), QPointF(x + w, y + h)]
    painter.drawPolygon(QPolygonF(right))
    painter.setBrush(faces.front)
    painter.drawRect(front)
    at = x
    for share in parts[:-1]:
        at += share * w
        painter.drawLine(QPointF(at, y + h), QPointF(at, y))
        painter.drawLine(QPointF(at, y), QPointF(at + b, y - b))
