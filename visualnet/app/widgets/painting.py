"""How widgets and delegates paint: a painter for a widget, rounded areas, the ground of a row, and lines of text that end in … where there
is no room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from visualnet.app.theme.tokens import Theme


@contextmanager
def painting(widget: QWidget, smooth: bool = True) -> Iterator[QPainter]:
    """A painter of the widget, with ``smooth`` edges or of whole pixels; it ends also where painting fails."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    try:
        yield painter
    finally:
        painter.end()


def fill_rounded(painter: QPainter, area: QRect | QRectF, filling: QBrush | QColor | str, radius: float) -> None:
    """An area with rounded corners and no edge; a colour as ``#rrggbb``. The painter has no pen after it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(filling) if isinstance(filling, str) else filling)
    painter.drawRoundedRect(area, radius, radius)


def draw_row_ground(painter: QPainter, area: QRect | QRectF, theme: Theme, current: bool, hovered: bool) -> None:
    """The rounded ground of a row that is current or under the pointer; nothing under any other."""
    if current or hovered:
        fill_rounded(painter, area, theme.selection if current else theme.hover, 6)


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
