"""The dots behind the cards."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from visualnet.app.canvas.scene.painting import blank_pixmap, device_ratio

LEVELS = ((8, 1, 1.3, 2.4), (64, 2, 0.22, 0.5))
"""Every so many px of the scene, dots so large; they begin to show at one scale and are full at the next."""


class BackgroundGrid:
    """Dots every 8 px and stronger ones every 64; each fades out before it becomes noise.

    One row of dots is kept as a strip and laid down row by row: thousands of single dots take longer than all cards.
    """

    def __init__(self) -> None:
        self._strips: dict[int, tuple[object, QPixmap]] = {}

    def paint(self, painter: QPainter, rect: QRectF, colour: str) -> None:
        """Dot an area of the scene."""
        world, ratio = painter.worldTransform(), device_ratio(painter)
        zoom = world.m11()
        painter.save()
        painter.resetTransform()
        for step, size, near, full in LEVELS:
            strength = min(1.0, max(0.0, (zoom - near) / (full - near)))
            if strength <= 0.02:
                continue
            left, top = math.floor(rect.left() / step) * step, math.floor(rect.top() / step) * step
            width = math.ceil((rect.right() - left) * zoom) + size
            strip = self._strip(step, size, zoom, ratio, width, colour)
            painter.setOpacity(strength)
            start = world.map(QPointF(left, top))
            for row in range(int((rect.bottom() - top) / step) + 1):
                painter.drawPixmap(QPointF(round(start.x()), round(start.y() + row * step * zoom)), strip)
        painter.restore()

    def _strip(self, step: int, size: int, zoom: float, ratio: float, width: int, colour: str) -> QPixmap:
        width = math.ceil(width / 256) * 256
        key = (zoom, ratio, width, colour)
        kept = self._strips.get(step)
        if kept is not None and kept[0] == key:
            return kept[1]
        made = blank_pixmap(round(width * ratio), round(size * ratio), ratio)
        p = QPainter(made)
        ink = QColor(colour)
        for at in range(int(width / (step * zoom)) + 1):
            p.fillRect(round(at * step * zoom), 0, size, size, ink)
        p.end()
        self._strips[step] = (key, made)
        return made
