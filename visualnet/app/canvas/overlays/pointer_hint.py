"""Words by the pointer while a gesture runs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.theme import fonts

WIDEST = 340.0
FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


def paint_note(painter: QPainter, view: CanvasBase, at: QPointF, words: str, meant: str = "") -> None:
    """A small box of constant size right below a point of the scene, kept inside the window. ``meant``: ``ok``, ``error`` or nothing."""
    if not words:
        return
    area = _box_for(words, WIDEST)
    place = QPointF(view.mapFromScene(at)) + QPointF(16, 18)
    limit = view.viewport().rect()
    area.moveTo(min(place.x(), limit.right() - area.width() - 8), min(place.y(), limit.bottom() - area.height() - 8))
    _paint_box(painter, view, area, words, meant)


def paint_keys(painter: QPainter, view: CanvasBase, words: str) -> None:
    """Which keys a gesture answers to, in a box at the lower edge of the view."""
    room = QRectF(view.viewport().rect())
    area = _box_for(words, room.width() - 40)
    area.moveCenter(QPointF(room.center().x(), room.bottom() - area.height() / 2 - 12))
    _paint_box(painter, view, area, words)


def _font() -> QFont:
    return fonts.figures(fonts.px(12))


def _box_for(words: str, widest: float) -> QRectF:
    """A box that holds these words, at the origin."""
    box = QFontMetricsF(_font()).boundingRect(QRectF(0, 0, widest, 400), FLAGS, words)
    return QRectF(0, 0, box.width() + 2, box.height()).adjusted(0, 0, 22, 12)


def _paint_box(painter: QPainter, view: CanvasBase, area: QRectF, words: str, meant: str = "") -> None:
    """Words in a box of the viewport."""
    theme = view.canvas.theme
    painter.save()
    painter.resetTransform()
    colour = {"ok": theme.accent, "error": theme.error}.get(meant, theme.line)
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.setBrush(QColor(theme.raised))
    painter.drawRoundedRect(area, 6, 6)
    painter.setFont(_font())
    painter.setPen(QColor(theme.error if meant == "error" else theme.text))
    painter.drawText(area.adjusted(11, 6, -9, -6), FLAGS, words)
    painter.restore()
