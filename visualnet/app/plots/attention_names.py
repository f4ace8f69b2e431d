"""The names of rows and columns beside a large map of attention."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from visualnet.app.plots.colours import PlotColours
from visualnet.figures.sequences.attention import Attention

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
GAP = 5


def draw_names(
    painter: QPainter, colours: PlotColours, shown: Attention, rect: QRectF, query: int, room: float
) -> None:
    """Name the queries at the left of a map and the sources below it, as many as have room; the chosen query always."""
    high = QFontMetricsF(painter.font()).height()
    _, queries, sources = shown.weights.shape
    for of_query, count in ((True, queries), (False, sources)):
        step = (rect.height() if of_query else rect.width()) / count
        stride = max(math.ceil(high / step), 1)
        for at in range(0, count, stride):
            if not of_query:
                _draw_name(painter, colours.muted, shown.short_name(at), rect, (at + 0.5) * step, False, room)
            elif abs(at - query) >= stride:
                _draw_name(painter, colours.muted, shown.short_name(at, True), rect, (at + 0.5) * step, True, room)
    at = (query + 0.5) * rect.height() / queries
    _draw_name(painter, colours.accent, shown.short_name(query, True), rect, at, True, room)


def _draw_name(
    painter: QPainter, colour: QColor, name: str, rect: QRectF, at: float, of_query: bool, room: float
) -> None:
    text = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room)
    painter.setPen(colour)
    if of_query:
        painter.drawText(QRectF(rect.left() - room - GAP, rect.top() + at - 10, room, 20), RIGHT, text)
        return
    painter.save()
    painter.translate(rect.left() + at, rect.bottom() + GAP)
    painter.rotate(-90)
    painter.drawText(QRectF(-room, -10, room, 20), RIGHT, text)
    painter.restore()
