"""A card's course over the run as a picture for its strip: the mean as a line, the spread as a band about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from visualnet.app.theme.tokens import Theme

SIZE = (288, 68)
"""Twice as fine as the strip of a card at its usual size."""
BAND = 0.28


def draw_course(points: Sequence[tuple[int, float, float]], theme: Theme) -> QImage:
    """Step, mean and spread from left to right; zero is a faint line where it is in view. One look alone is a flat line."""
    width, height = SIZE
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if not points:
        return image
    shown = [*points, (points[0][0] + 1, *points[0][1:])] if len(points) == 1 else list(points)
    low = min(mean - spread for _, mean, spread in shown)
    high = max(mean + spread for _, mean, spread in shown)
    low, high = (low, high) if high > low else (low - 1, high + 1)
    first, last = shown[0][0], shown[-1][0]

    def at(step: int, value: float) -> QPointF:
        x = (step - first) / max(last - first, 1) * (width - 4) + 2
        return QPointF(x, height - 4 - (value - low) / (high - low) * (height - 8))

    p = QPainter(image)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    band = QColor(theme.accent)
    band.setAlphaF(BAND)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(band)
    upper = [at(step, mean + spread) for step, mean, spread in shown]
    lower = [at(step, mean - spread) for step, mean, spread in reversed(shown)]
    p.drawPolygon(QPolygonF([*upper, *lower]))
    if low < 0 < high:
        p.setPen(QPen(QColor(theme.outline), 1.5, Qt.PenStyle.DashLine))
        p.drawLine(at(first, 0.0), at(last, 0.0))
    p.setPen(QPen(QColor(theme.accent), 3.0))
    p.drawPolyline(QPolygonF([at(step, mean) for step, mean, _ in shown]))
    p.end()
    return image
