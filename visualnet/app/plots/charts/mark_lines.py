"""How marks of a run and the tag at the pointer are drawn over a curve plot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from visualnet.app.plots.colours import PlotColours, translucent
from visualnet.figures.ticks import MarkGroup

REACH = 8
"""So near to a mark, in px, the pointer asks for its words."""
PAD = 5


def draw_mark(painter: QPainter, colours: PlotColours, group: MarkGroup, box: QRectF) -> None:
    """A line from top to bottom with its letters at the top."""
    metrics = painter.fontMetrics()
    high, wide = metrics.height() + 2, max(metrics.horizontalAdvance(group.label) + 8, metrics.height() + 2)
    left = min(max(group.at - wide / 2, box.left()), box.right() - wide)
    tag = QRectF(left, box.top(), wide, high)
    painter.save()
    painter.setPen(QPen(translucent(colours.muted, 0.8), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(group.at, tag.bottom(), group.at, box.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(translucent(colours.muted, 0.9), 1))
    painter.setBrush(colours.raised)
    painter.drawRoundedRect(tag.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(colours.text)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, group.label)
    painter.restore()


def draw_tag(painter: QPainter, colours: PlotColours, box: QRectF, x: float, lines: Sequence[str]) -> None:
    """Words beside the pointer, on the side where there is room."""
    metrics = painter.fontMetrics()
    wide: float = max(metrics.horizontalAdvance(line) for line in lines) + 2 * PAD
    if wide > box.width():
        wide = box.width()
        lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(wide) - 2 * PAD) for line in lines]
    left = x + 3 if x + 3 + wide < box.right() else max(x - 3 - wide, box.left())
    each = metrics.height() + 2
    tag = QRectF(left, box.top() + 18, wide, each * len(lines) + 2)
    painter.fillRect(tag, translucent(colours.raised, 0.9))
    for at, line in enumerate(lines):
        row = QRectF(left + PAD, tag.top() + 1 + at * each, wide - 2 * PAD, each)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
