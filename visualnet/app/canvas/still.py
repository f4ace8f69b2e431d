"""The last picture of the sheet, kept while the view is only shifted: what was seen moves along, what comes into view is painted.

A whole frame of a large sheet takes most of the 8 ms that a frame may; a strip at the edge takes a tenth.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from visualnet.app.canvas.camera import Camera


BLURRED_S = 0.1
"""So long a picture with some cards not yet sharp may be kept."""


class Still:
    """One view's. It holds while nothing on the sheet changes (``CanvasScene.generation``), and the zoom stays."""

    def __init__(self, view: Camera) -> None:
        self.view = view
        self.picture: QPixmap | None = None
        self._key: object = None
        self._at = QPoint()
        self._made = 0.0
        self.strips = 0
        """How many frames were made by shifting, for tests."""

    def drop(self) -> None:
        """Paint the next frame anew."""
        self.picture = None

    def blurred(self) -> None:
        """Some cards of the picture are not sharp yet: make another before long."""
        if time.monotonic() - self._made > BLURRED_S:
            self.drop()

    def paint(self) -> bool:
        """Paint the viewport from the kept picture; False if this frame has to be painted as usual."""
        view = self.view
        canvas = view.canvas
        own = {canvas.remark_layer, canvas.wire_layer, canvas.card_layer}
        if not canvas.card_layer.hurry or any(i.isVisible() for i in canvas.items() if i not in own):
            self.drop()
            return False
        ratio = view.viewport().devicePixelRatioF()
        if ratio != round(ratio):
            return False
        size, at = view.viewport().size(), QPoint(view.horizontalScrollBar().value(), view.verticalScrollBar().value())
        key = (canvas.generation, view.transform(), size, ratio)
        if self.picture is None or key != self._key:
            self.picture = QPixmap(size * ratio)
            self.picture.setDevicePixelRatio(ratio)
            fresh = [QRect(QPoint(0, 0), size)]
            self._made = time.monotonic()
        else:
            fresh = self._shift(self._at - at, round(ratio))
        self._key, self._at = key, at
        self._fill(fresh)
        painter = QPainter(view.viewport())
        if self.picture is not None:
            painter.drawPixmap(0, 0, self.picture)
        painter.setWorldTransform(view.viewportTransform())
        view.drawForeground(painter, view.mapToScene(QRect(QPoint(0, 0), size)).boundingRect())
        painter.end()
        return True

    def _shift(self, by: QPoint, ratio: int) -> list[QRect]:
        """Move what was seen; answers what has to be painted."""
        assert self.picture is not None
        whole = QRect(QPoint(0, 0), self.view.viewport().size())
        if by.isNull():
            return []
        stays = whole.translated(by) & whole
        if stays.isEmpty():
            return [whole]
        self.picture.scroll(by.x() * ratio, by.y() * ratio, self.picture.rect())
        self.strips += 1
        strips = []
        if by.x():
            left = stays.right() + 1 if by.x() < 0 else 0
            strips.append(QRect(left, 0, abs(by.x()), whole.height()))
        if by.y():
            top = stays.bottom() + 1 if by.y() < 0 else 0
            strips.append(QRect(stays.left(), top, stays.width(), abs(by.y())))
        return strips

    def _fill(self, strips: list[QRect]) -> None:
        """Paint these parts of the picture."""
        view, canvas = self.view, self.view.canvas
        assert self.picture is not None
        kept = self.picture
        scale = view.zoom
        world = view.viewportTransform()
        inverse, _ = world.inverted()
        for strip in strips:
            area = inverse.mapRect(QRectF(strip))
            painter = QPainter(kept)
            painter.setRenderHints(view.renderHints())
            painter.setClipRect(strip)
            painter.setWorldTransform(world)
            view.drawBackground(painter, area)
            for layer in (canvas.remark_layer, canvas.wire_layer, canvas.card_layer):
                painter.save()
                layer.draw(painter, area, scale)
                painter.restore()
            painter.end()
