"""A card as a box to scale, with the name and the size of the tensor that leaves it."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.analysis.geometry.card_detail import (
    COUNT_PX,
    LEAST_PX,
    LINE_HEIGHT,
    NAME_PX,
    TEXT_PX,
    abbreviate,
    label_px,
)
from visualnet.analysis.geometry.card_size import HEIGHT, STRIP
from visualnet.analysis.geometry.map_boxes import MapBox, MapScale, extent
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import (
    block_colour,
    paint_badges,
    paint_ports,
    paint_strip,
    shows_rows,
)
from visualnet.app.canvas.scene.painting import font_and_metrics, paint_text
from visualnet.app.figures.volume import SolidColours, draw_volume
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme, mix

PAD = 8.0
RIGHT = Qt.AlignmentFlag.AlignRight


class MapBoxPainter:
    """How a card looks while sizes are shown. What has no size, and what is wrong, collapsed or switched off, looks as usual."""

    def __init__(self, scale: MapScale) -> None:
        self.scale = scale

    def box(self, item: NodeItem) -> MapBox | None:
        """How large the tensor that leaves a card is drawn; None where there is none to draw."""
        content = item.content
        if content.badge == "error" or content.collapsed or content.placeholder or content.mode:
            return None
        drawn = extent(item.facts)
        return self.scale.box(drawn) if drawn is not None else None

    def area(self, item: NodeItem) -> QRectF:
        """From very far the box's front alone, where the box stands."""
        box = self.box(item)
        if box is None:
            return item.rect
        return self._front(item, box).translated(item.x, item.y)

    def paint(self, p: QPainter, item: NodeItem, theme: Theme, scale: float) -> bool:
        """The box at the left, name and size at the right; False where the card is to look as usual."""
        box = self.box(item)
        if box is None:
            return False
        near = shows_rows(scale)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(theme.line), theme.edge))
        p.setBrush(QColor(theme.raised))
        p.drawRoundedRect(QRectF(0.5, 0.5, item.width - 1, item.height - 1), item.radius, item.radius)
        front, shades = self._front(item, box), faces(theme, item.content.family)
        draw_volume(p, front, box.back, shades)
        if item.content.block:
            _draw_second_edge(p, front, shades)
        left = PAD + box.full + 6
        room = QRectF(left, 0, item.width - left - PAD, _stage(item))
        if near:
            self._paint_rows(p, item, theme, room, scale)
            if item.thumbnail is not None:
                paint_strip(p, item, STRIP)
            p.setPen(QPen(QColor(theme.outline), 1.5))
            p.setBrush(QColor(theme.ground))
            paint_ports(p, item)
        else:
            px = math.ceil(label_px(scale / fonts.factor()) * fonts.factor() / scale - 1e-6)
            name = abbreviate(item.content.name, room.width(), font_and_metrics(px, True)[1].horizontalAdvance)
            paint_text(p, room, name, theme.text, px, bold=True, align=RIGHT)
        return True

    def _front(self, item: NodeItem, box: MapBox) -> QRectF:
        """The front of the box, from the card's corner."""
        return QRectF(PAD, (_stage(item) - box.tall) / 2 + box.back, box.wide, box.high)

    def _paint_rows(self, p: QPainter, item: NodeItem, theme: Theme, room: QRectF, scale: float) -> None:
        """Name and size; the size goes first where there is no room for both."""
        content = item.content
        least = math.ceil(LEAST_PX * fonts.factor() / scale - 1e-6)
        name_px, size_px = max(NAME_PX, least), max(TEXT_PX, least)
        whole = font_and_metrics(size_px, figures=True)[1].horizontalAdvance(content.shape) <= room.width()
        rows = LINE_HEIGHT * (name_px + (size_px if whole else 0))
        top = (room.height() - rows) / 2
        middle = top + LINE_HEIGHT * name_px / 2
        end = paint_badges(p, item, theme, room.right(), middle, max(COUNT_PX, least))
        line = QRectF(room.left(), middle - name_px, end - room.left(), 2 * name_px)
        name = abbreviate(content.name, line.width(), font_and_metrics(name_px, True)[1].horizontalAdvance)
        paint_text(p, line, name, theme.text, name_px, bold=True, align=RIGHT)
        if whole:
            line = QRectF(room.left(), top + LINE_HEIGHT * name_px, room.width(), LINE_HEIGHT * size_px)
            paint_text(p, line, content.shape, theme.text, size_px, figures=True, align=RIGHT)


def _stage(item: NodeItem) -> float:
    """How high the part of a card is in which the box stands: a live picture has the rest."""
    return min(item.height, HEIGHT) if item.thumbnail is not None else item.height


def _draw_second_edge(p: QPainter, front: QRectF, shades: SolidColours) -> None:
    """A block has a double edge, as elsewhere."""
    if min(front.width(), front.height()) > 10:
        p.setPen(shades.edge)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(front.adjusted(2.5, 2.5, -2.5, -2.5))


def faces(theme: Theme, family: str) -> SolidColours:
    """The colours of a box of a family."""
    return _faces(block_colour(theme, family), theme.ground if theme.dark else "#000000")


@lru_cache(maxsize=64)
def _faces(front: str, ink: str) -> SolidColours:
    edge = QPen(QColor(mix(front, ink, 0.55)), 0.8)
    edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return SolidColours(QColor(front), QColor(mix(front, "#ffffff", 0.35)), QColor(mix(front, "#000000", 0.28)), edge)
