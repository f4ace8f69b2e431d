"""Words by the pointer while a gesture runs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.theme import fonts

WIDEST = 340.0


def paint_note(painter: QPainter, view: CanvasBase, at: QPointF, words: str, meant: str = "") -> None:
    """A small box of constant size right below a point of the scene, kept inside the window. ``meant``: ``ok``, ``error`` or nothing."""
    if not words:
        return
    theme = view.canvas.theme
    font = fonts.figures(fonts.px(12))
    metrics = QFontMetricsF(font)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    box = metrics.boundingRect(QRectF(0, 0, WIDEST, 400), flags, words)
    area = QRectF(0, 0, box.width() + 2, box.height()).adjusted(0, 0, 22, 12)
    place = QPointF(view.mapFromScene(at)) + QPointF(16, 18)
    limit = view.viewport().rect()
    area.moveTo(min(place.x(), limit.right() - area.width() - 8), min(place.y(), limit.bottom() - area.height() - 8))
    painter.save()
    painter.resetTransform()
    colour = {"ok": theme.accent, "error": theme.error}.get(meant, theme.line)
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.setBrush(QColor(theme.raised))
    painter.drawRoundedRect(area, 6, 6)
    painter.setFont(font)
    painter.setPen(QColor(theme.error if meant == "error" else theme.text))
    painter.drawText(area.adjusted(11, 6, -9, -6), flags, words)
    painter.restore()
