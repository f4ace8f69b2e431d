"""The item that paints all frames and notes."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QColor, QPainter, QPalette

from visualnet.app.canvas.scene.annotation_item import PAD, READABLE, AnnotationItem
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.painting import cosmetic_pen, enlargement, font_and_metrics, translucent
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS, mix


class AnnotationLayer(SheetLayer):
    """All frames and notes, under the wires and the cards."""

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the annotations that meet the area, frames first."""
        shown = [r for r in self.canvas.annotations.values() if r.area.intersects(area)]
        if not shown:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in sorted(shown, key=lambda r: r.annotation.kind != "frame"):
            chosen = item.id in self.canvas.marks.annotations
            (self._paint_frame if item.annotation.kind == "frame" else self._paint_note)(painter, item, scale, chosen)
        painter.restore()

    def _paint_frame(self, painter: QPainter, item: AnnotationItem, scale: float, chosen: bool) -> None:
        theme, colour = self.canvas.theme, item.colour(self.canvas.theme)
        painter.setPen(
            cosmetic_pen(theme.accent if chosen else mix(theme.canvas, colour, 0.55), 2.0 if chosen else 1.0)
        )
        painter.setBrush(translucent(colour, 20 if theme.dark else 26))
        painter.drawRoundedRect(item.area, RADIUS + 4, RADIUS + 4)
        px = min(80, math.ceil(13 * enlargement(13, scale)))
        font, metrics = font_and_metrics(px, bold=True)
        words = metrics.elidedText(
            item.annotation.text or "Frame", Qt.TextElideMode.ElideRight, item.area.width() - 2 * PAD
        )
        painter.setFont(font)
        painter.setPen(QColor(theme.text if item.annotation.text else theme.muted))
        rise = metrics.ascent() + (8 if px == 13 else 2)
        painter.drawText(QPointF(item.area.left() + PAD, item.area.top() + rise), words)
        self._paint_corner(painter, item, scale)

    def _paint_note(self, painter: QPainter, item: AnnotationItem, scale: float, chosen: bool) -> None:
        theme, colour = self.canvas.theme, item.colour(self.canvas.theme)
        ground = mix(theme.surface, colour, 0.12) if item.annotation.colour else theme.surface
        painter.setPen(cosmetic_pen(theme.accent if chosen else mix(theme.canvas, colour, 0.5), 2.0 if chosen else 1.0))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(item.area, RADIUS, RADIUS)
        painter.save()
        painter.setClipRect(item.area.adjusted(PAD / 2, PAD / 2, -PAD / 2, -PAD / 2), Qt.ClipOperation.IntersectClip)
        painter.translate(item.area.left() + PAD, item.area.top() + PAD)
        if scale >= READABLE * fonts.factor():
            context = QAbstractTextDocumentLayout.PaintContext()
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.Link):
                context.palette.setColor(role, QColor(theme.text))
            larger = enlargement(13, scale)
            painter.scale(larger, larger)
            item.document(larger).documentLayout().draw(painter, context)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(ground, theme.muted, 0.5)))
            for line in range(max(1, min(12, round((item.area.height() - 2 * PAD) / 20)))):
                painter.drawRect(
                    QRectF(0, line * 20 + 4, (item.area.width() - 2 * PAD) * (0.9, 0.75, 0.85)[line % 3], 7)
                )
        painter.restore()
        self._paint_corner(painter, item, scale)

    def _paint_corner(self, painter: QPainter, item: AnnotationItem, scale: float) -> None:
        """Two strokes where it can be stretched."""
        if scale < READABLE:
            return
        painter.setPen(cosmetic_pen(self.canvas.theme.outline, 1.2))
        right, bottom = item.area.right() - 4, item.area.bottom() - 4
        for size in (9.0, 5.0):
            painter.drawLine(QPointF(right - size, bottom), QPointF(right, bottom - size))
