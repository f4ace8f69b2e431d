"""The item that paints all cards, from sprites. One item for all, because a call per card and frame is too many."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import floor
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from visualnet.app.canvas.scene.block_thumbnail import paint_miniature
from visualnet.app.canvas.scene.layers.sheet_layer import LABELS_FROM, MOVING, STANDING, SheetLayer
from visualnet.app.canvas.scene.node_item import MARGIN, NodeItem
from visualnet.app.canvas.scene.node_painter import (
    SIGN,
    block_colour,
    detail_of,
    fault_sign,
    paint_block,
    paint_block_label,
    paint_card,
    paint_control,
    paint_label,
    paint_ports,
    port_radius,
    shows_labels,
    shows_rows,
)
from visualnet.app.canvas.scene.painting import blank_pixmap, cosmetic_pen, device_ratio, enlargement
from visualnet.app.canvas.scene.sheet_index import SheetIndex

SPRITE_BYTES = 96 * 2**20
NEWS_S = 0.005
MANY_CARDS = 400
"""From so many on, blocks go without their names while the zoom changes; they come back when it rests."""
BUDGET_S = 0.002
"""How long a frame may spend on sharpening sprites; what is left over follows in the next frames."""
MOST_SHARED = 200
"""So many pictures that cards share are kept."""


class Sprite(NamedTuple):
    """The picture of a card: the card's version, the scale in device px, the picture."""

    version: int
    scale: float
    picture: QPixmap

    @property
    def bytes(self) -> int:
        return self.picture.width() * self.picture.height() * 4


class Sprites:
    """Each card's picture at the scale it was last drawn at. The oldest go when memory is full."""

    def __init__(self) -> None:
        self.full: OrderedDict[str, Sprite] = OrderedDict()
        self.block: OrderedDict[str, Sprite] = OrderedDict()
        self._shared: dict[object, QPixmap] = {}
        self.ringed: dict[tuple[str, bool], Sprite] = {}
        """The ring that each card was last drawn with, by its id and whether it was selected."""
        self._bytes = 0

    def clear(self) -> None:
        for kept in (self.full, self.block, self._shared, self.ringed):
            kept.clear()
        self._bytes = 0

    def forget(self, node_id: str) -> None:
        for chosen in (False, True):
            self.ringed.pop((node_id, chosen), None)
        for kept in (self.full, self.block):
            self._drop(kept, node_id)

    def keep(self, kept: OrderedDict[str, Sprite], node_id: str, sprite: Sprite) -> None:
        self._drop(kept, node_id)
        kept[node_id] = sprite
        self._bytes += sprite.bytes
        while self._bytes > SPRITE_BYTES and len(kept) > 1:
            self._drop(kept, next(iter(kept)))

    def _drop(self, kept: OrderedDict[str, Sprite], node_id: str) -> None:
        gone = kept.pop(node_id, None)
        if gone is not None:
            self._bytes -= gone.bytes

    def share(self, key: object, make: Callable[[], QPixmap]) -> QPixmap:
        """The picture that all cards with this key have; ``make`` draws it when it is first wanted."""
        if key not in self._shared:
            if len(self._shared) >= MOST_SHARED:
                self._shared.clear()
            self._shared[key] = make()
        return self._shared[key]


def _snap(x: float, y: float, ratio: float) -> QPointF:
    """The nearest whole px of the device; not ``round``, which takes halves up or down in turn, so that cards would shiver in a pan."""
    return QPointF(floor(x * ratio + 0.5) / ratio, floor(y * ratio + 0.5) / ratio)


def _sprite_of(item: NodeItem, scale: float, ratio: float) -> QPixmap:
    """An empty picture for a card with what hangs over its edges."""
    width, height = ((size + 2 * MARGIN) * scale * ratio for size in (item.width, item.height))
    return blank_pixmap(int(width) + 1, int(height) + 1, ratio)


@contextmanager
def _painting(picture: QPixmap, scale: float) -> Iterator[QPainter]:
    """Paint a card into its sprite, in the card's coordinates."""
    p = QPainter(picture)
    p.scale(scale, scale)
    p.translate(MARGIN, MARGIN)
    yield p
    p.end()


class CardLayer(SheetLayer):
    """All cards, from sprites."""

    def __init__(self, scene: SheetIndex) -> None:
        super().__init__(scene)
        self.sprites = Sprites()

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the cards that meet the area, the selected ones on top."""
        canvas, marks = self.canvas, self.canvas.marks
        if not shows_labels(scale) or (
            self.canvas.zooming and not shows_rows(scale) and len(canvas.cards) > MANY_CARDS
        ):
            self._paint_blocks(painter)
            self._paint_outlines(painter)
            return
        ids = canvas.ids_in(area, MARGIN)
        if self.part == STANDING:
            ids = [i for i in ids if i not in canvas.moving_cards]
        elif self.part == MOVING:
            ids = [i for i in ids if i in canvas.moving_cards]
        if marks.selected:
            ids.sort(key=marks.selected.__contains__)
        items = [canvas.cards[i] for i in ids]
        self._paint_sprites(painter, items, scale)
        self._paint_rings(painter, items, scale)

    def _paint_blocks(self, painter: QPainter) -> None:
        """From very far: one call for each colour."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self.canvas.cards) < 1500)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, rects in self.canvas.blocks().items():
            painter.setBrush(QColor(colour))
            painter.drawRects(rects)
        painter.restore()
        self._paint_faults(painter)

    def _paint_faults(self, painter: QPainter) -> None:
        """From very far the cards with a fault carry its sign, not only its colour."""
        areas = self.canvas.blocks().get(self.theme.error, ())
        if not areas:
            return
        world, ratio = painter.worldTransform(), device_ratio(painter)
        sign = self.sprites.share(("fault", ratio), lambda: fault_sign(self.theme, ratio))
        painter.save()
        painter.resetTransform()
        for area in areas:
            at = world.map(area.center())
            painter.drawPixmap(_snap(at.x(), at.y(), 1.0) - QPointF(SIGN / 2, SIGN / 2), sign)
        painter.restore()

    def _paint_sprites(self, painter: QPainter, items: list[NodeItem], scale: float) -> None:
        world, ratio = painter.worldTransform(), device_ratio(painter)
        full, dims = shows_rows(scale), self.canvas.marks.dim
        pictures = self.sprites.full if full else self.sprites.block
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform,
            len(items) < (120 if self.canvas.zooming else 300) or not self.canvas.hurry,
        )
        until = time.perf_counter() + BUDGET_S
        late = False
        wanted = scale * ratio
        m11, dx, dy = world.m11(), world.dx() - MARGIN * world.m11(), world.dy() - MARGIN * world.m11()
        draw, clock = painter.drawPixmap, time.perf_counter
        for item in items:
            kept = pictures.get(item.id)
            if kept is None or kept[0] != item.version or kept[1] != wanted:
                # What says something new comes before what is only blurred.
                news = not self.canvas.hurry and (
                    kept is None or (kept[0] != item.version and clock() < until + NEWS_S)
                )
                if news or clock() < until:
                    kept = Sprite(item.version, wanted, self._render(item, full, scale, ratio))
                    self.sprites.keep(pictures, item.id, kept)
                else:
                    late = True
            x, y = item.x * m11 + dx, item.y * m11 + dy
            if kept is None:
                self._paint_rough(painter, item, x, y, m11, full)
                continue
            if dims:
                painter.setOpacity(0.35 if item.id in dims else 1.0)
            if kept[1] != wanted:
                size = QRectF(x, y, (item.width + 2 * MARGIN) * m11, (item.height + 2 * MARGIN) * m11)
                draw(size, kept[2], QRectF(kept[2].rect()))
            elif ratio == 1.0:
                draw(floor(x + 0.5), floor(y + 0.5), kept[2])
            else:
                draw(_snap(x, y, ratio), kept[2])
        painter.restore()
        if late:
            self.canvas.frame_wanted.emit()

    def _paint_rough(self, painter: QPainter, item: NodeItem, x: float, y: float, scale: float, full: bool) -> None:
        """A card for a frame in which there is no time for more."""
        area = QRectF(x + MARGIN * scale, y + MARGIN * scale, item.width * scale, item.height * scale)
        painter.fillRect(area, QColor(self.theme.raised if full else block_colour(self.theme, item.content.family)))

    def _render(self, item: NodeItem, full: bool, scale: float, ratio: float) -> QPixmap:
        if (own_painter := self.canvas.card_painter) is not None:
            picture = _sprite_of(item, scale, ratio)
            with _painting(picture, scale) as p:
                if own_painter.paint(p, item, self.theme, scale):
                    return picture
        # A block's shape is shared by all of its size and colour; its name is written on a copy.
        picture = _sprite_of(item, scale, ratio) if full else QPixmap(self._block_picture(item, scale, ratio))
        with _painting(picture, scale) as p:
            if full:
                paint_card(p, item, self.theme, detail_of(item, scale))
            elif not paint_miniature(p, item, self.canvas.project, self.theme, scale):
                paint_block_label(p, item, self.theme, scale)
        return picture

    def _block_picture(self, item: NodeItem, scale: float, ratio: float) -> QPixmap:
        """The block without its name."""

        def make() -> QPixmap:
            picture = _sprite_of(item, scale, ratio)
            with _painting(picture, scale) as p:
                paint_block(p, item, self.theme, scale)
            return picture

        content = item.content
        look = (content.family, content.badge == "error", content.block, content.mode, content.collapsed)
        return self.sprites.share((item.width, item.height, *look, scale * ratio), make)

    def _paint_outlines(self, painter: QPainter) -> None:
        """Selection from very far."""
        marks, cards = self.canvas.marks, self.canvas.cards
        if not marks.selected and not marks.hover_card:
            return
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ids, colour in (((marks.hover_card,), self.theme.outline), (marks.selected, self.theme.accent)):
            painter.setPen(cosmetic_pen(colour, 2.0))
            painter.drawRects([cards[i].rect for i in ids if i in cards])
        painter.restore()

    def _paint_rings(self, painter: QPainter, items: list[NodeItem], scale: float) -> None:
        """Selection, hover, the ports that fit, and port names."""
        marks = self.canvas.marks
        if not marks.selected and not marks.hover_card and marks.fitting is None:
            return
        world, ratio = painter.worldTransform(), device_ratio(painter)
        painter.save()
        painter.resetTransform()
        for item in items:
            chosen = item.id in marks.selected
            if chosen or item.id == marks.hover_card:
                corner = world.map(QPointF(item.x - MARGIN, item.y - MARGIN))
                at = _snap(corner.x(), corner.y(), ratio)
                painter.drawPixmap(at, self._ring_picture(item, chosen, scale, ratio))
        painter.restore()
        if scale >= 0.3:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for item in items:
                if item.id == marks.hover_card or marks.fitting is not None:
                    self._paint_ports(painter, item, scale, item.id in marks.selected)
            painter.restore()

    def _ring_picture(self, item: NodeItem, chosen: bool, scale: float, ratio: float) -> QPixmap:
        """The edge of a selected or hovered card with its ports, as a sprite: cards of one size share it."""
        drawn = self.sprites.ringed.get((item.id, chosen))
        if drawn is None or drawn[:2] != (item.version, scale * ratio):
            ports = tuple((item.offset(p, out), out) for side, out in item.sides for p in side)
            key = (item.width, item.height, ports, chosen, scale * ratio, item.down, item.content.collapsed)
            picture = self.sprites.share(key, lambda: self._paint_ring(item, chosen, scale, ratio))
            drawn = self.sprites.ringed[item.id, chosen] = Sprite(item.version, scale * ratio, picture)
        return drawn.picture

    def _paint_ring(self, item: NodeItem, chosen: bool, scale: float, ratio: float) -> QPixmap:
        picture = _sprite_of(item, scale, ratio)
        colour = self.theme.accent if chosen else self.theme.outline
        with _painting(picture, scale) as p:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(cosmetic_pen(colour, 2.0 if chosen else 1.2))
            p.drawRoundedRect(QRectF(0.5, 0.5, item.width - 1, item.height - 1), item.radius, item.radius)
            if shows_rows(scale):
                p.setPen(QPen(QColor(colour), 1.8))
                p.setBrush(QColor(self.theme.ground))
                paint_ports(p, item)
        return picture

    def _paint_ports(self, painter: QPainter, item: NodeItem, scale: float, chosen: bool) -> None:
        marks, theme = self.canvas.marks, self.theme
        named = item.id == marks.hover_card and scale >= LABELS_FROM and marks.fitting is None
        for ports, out in item.sides:
            for port in ports:
                key = (item.id, port, out)
                fits = marks.fitting is not None and key in marks.fitting
                hot = key == marks.hover_port
                if marks.fitting is not None and not fits and not hot:
                    continue
                at = item.anchor(port, out)
                colour = theme.accent if fits or hot or chosen else theme.outline
                painter.setPen(QPen(QColor(colour), 1.8))
                painter.setBrush(QColor(theme.accent if fits else theme.ground))
                radius = port_radius(item, ports) + (2.0 if hot else 1.0 if fits else 0.0)
                painter.drawEllipse(at, radius, radius)
                if named and (hot or len(ports) > 1):
                    self._paint_port_name(painter, item, at, port, out, len(ports), enlargement(11, scale))
        if item.id == marks.hover_card and shows_rows(scale) and marks.fitting is None and not item.content.collapsed:
            paint_control(painter, item.control, False, theme, theme.hover)

    def _paint_port_name(
        self, painter: QPainter, item: NodeItem, at: QPointF, port: str, out: bool, count: int, larger: float
    ) -> None:
        theme = self.theme
        if item.down:
            # Side by side the names would lie over each other: they go up and down in turn.
            step = 18 * (list(item.outputs if out else item.inputs).index(port) % 3) if count > 1 else 0
            below = QPointF(0, (18 + step) * (1 if out else -1))
            paint_label(painter, at + below * larger, port, theme, theme.text, theme.line, larger=larger)
        else:
            side = QPointF(at.x() + (10 if out else -10), at.y() + (0 if count > 1 else -16))
            paint_label(painter, side, port, theme, theme.text, theme.line, 0.0 if out else 1.0, larger)
