"""The last picture of the sheet, kept while the view is only shifted, or only some cards are moved over it.

What was seen moves along, what comes into view is painted; cards that are being moved, and their wires, lie above what stands.

A whole frame of a large sheet takes most of the 8 ms that a frame may; a strip at the edge takes a tenth.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from visualnet.app.canvas.camera.camera import Camera
from visualnet.app.canvas.scene.layers.sheet_layer import ALL, MOVING, STANDING
from visualnet.app.canvas.scene.node_painter import shows_labels

BLURRED_S = 0.1
"""So long a picture with some cards not yet sharp may be kept."""


class FrameCache:
    """One view's. It holds while nothing on the sheet changes (``CanvasScene.generation``), and the zoom stays."""

    def __init__(self, view: Camera) -> None:
        self.view = view
        self.picture: QPixmap | None = None
        self._key: object = None
        self._at = QPoint()
        self._made = 0.0
        self._late = False
        self._open: QRegion | None = None
        """Where no card stands that is not moved: what wires of moved cards may be painted on."""
        self.strips = 0
        """How many frames were made by shifting, for tests."""

    def drop(self) -> None:
        """Paint the next frame anew."""
        self.picture = None

    def mark_blurred(self) -> None:
        """Some cards of the picture are not sharp yet: make another before long."""
        self._late = True

    def paint(self) -> bool:
        """Paint the viewport from the kept picture; False if this frame has to be painted as usual."""
        view = self.view
        canvas = view.canvas
        ratio = view.viewport().devicePixelRatioF()
        size, at = view.viewport().size(), QPoint(view.horizontalScrollBar().value(), view.verticalScrollBar().value())
        key = (canvas.generation, view.transform(), size, ratio)
        held, self._key = key == self._key, key
        moving = bool(canvas.moving_cards) and shows_labels(view.zoom)
        covered = any(i.isVisible() for i in canvas.items() if i not in canvas.layers)
        if not held or covered or ratio != round(ratio) or not (canvas.hurry or moving):
            # While every frame is another, keeping it would only cost time.
            self.drop()
            return False
        if self._late and time.monotonic() - self._made > BLURRED_S:
            self.drop()
        if self.picture is None:
            self._late = False
            self.picture = QPixmap(size * ratio)
            self.picture.setDevicePixelRatio(ratio)
            fresh = [QRect(QPoint(0, 0), size)]
            self._made = time.monotonic()
        else:
            fresh = self._shift(self._at - at, round(ratio))
        self._at = at
        kept, whole = self.picture, QRect(QPoint(0, 0), size)
        self._fill(kept, fresh, STANDING if moving else ALL)
        if fresh:
            self._open = None
        painter = QPainter(view.viewport())
        painter.drawPixmap(0, 0, kept)
        painter.setWorldTransform(view.viewportTransform())
        area = view.mapToScene(whole).boundingRect()
        if moving:
            self._paint_layers(painter, area, MOVING)
        view.drawForeground(painter, area)
        painter.end()
        if self._late:
            canvas.frame_wanted.emit()  # what is kept as it was would stay blurred
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

    def _fill(self, picture: QPixmap, strips: list[QRect], part: str) -> None:
        """Paint these parts of the picture."""
        view = self.view
        world = view.viewportTransform()
        inverse, _ = world.inverted()
        for strip in strips:
            area = inverse.mapRect(QRectF(strip))
            painter = QPainter(picture)
            painter.setRenderHints(view.renderHints())
            painter.setClipRect(strip)
            painter.setWorldTransform(world)
            view.drawBackground(painter, area)
            self._paint_layers(painter, area, part)
            painter.end()

    def _paint_layers(self, painter: QPainter, area: QRectF, part: str) -> None:
        canvas = self.view.canvas
        for layer in canvas.layers:
            if part == MOVING and layer is canvas.annotation_layer:
                continue
            painter.save()
            if part == MOVING and layer is canvas.wire_layer:
                self._clip_between_cards(painter, area)
            layer.part = part
            layer.draw(painter, area, self.view.zoom)
            layer.part = ALL
            painter.restore()

    def _clip_between_cards(self, painter: QPainter, area: QRectF) -> None:
        """Let wires pass behind the cards that stand, as they do otherwise."""
        world, canvas = painter.worldTransform(), self.view.canvas
        if self._open is None:
            self._open = QRegion(self.view.viewport().rect())
            for node_id in canvas.ids_in(area):
                if node_id not in canvas.moving_cards:
                    self._open -= world.mapRect(canvas.cards[node_id].rect).toAlignedRect()
        painter.resetTransform()
        painter.setClipRegion(self._open)
        painter.setWorldTransform(world)
