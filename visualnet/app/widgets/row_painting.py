"""How delegates and small pictures paint a row of a list: its ground, and lines of text that end in … where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from visualnet.app.theme.tokens import Theme


def draw_row_ground(painter: QPainter, area: QRect | QRectF, theme: Theme, current: bool, hovered: bool) -> None:
    """The rounded ground of a row that is current or under the pointer; nothing under any other."""
    if current or hovered:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.selection if current else theme.hover))
        painter.drawRoundedRect(area, 6, 6)


def draw_line(
    painter: QPainter,
    area: QRect | QRectF,
    text: str,
    font: QFont,
    colour: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """One line of text in the middle of the area's height; how wide it is."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, elide, area.width())
    painter.drawText(QRectF(area), align | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
