"""The two items that paint the whole sheet: all wires, then all cards. One item each, because a call per card and frame is too many."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Container
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from visualnet.app.canvas.card_paint import FULL, LABEL, block_colour, paint_block, paint_card, paint_label
from visualnet.app.canvas.node_item import MARGIN, PORT_RADIUS, NodeItem
from visualnet.app.canvas.wire_item import WireItem
from visualnet.app.theme.tokens import RADIUS, Theme
from visualnet.core.graph import Port

if TYPE_CHECKING:
    from visualnet.app.canvas.scene import CanvasScene

EVERYWHERE = QRectF(-2e7, -2e7, 4e7, 4e7)
SPRITE_BYTES = 96 * 2**20
BUDGET_S = 0.003
"""How long a frame may spend on sharpening sprites; what is left over follows in the next frames."""
FINE_WIRES = 0.3
LABELS_FROM = 0.6


class Marks:
    """What lies over the drawing and is not in the document: selection, hover, and what a gesture shows."""

    def __init__(self) -> None:
        self.selected: set[str] = set()
        self.wires: set[Port] = set()
        self.hover_card = ""
        self.hover_port: tuple[str, str, bool] | None = None
        self.hover_wire: Port | None = None
        self.focus = ""
        self.fitting: Container[tuple[str, str, bool]] | None = None
        """While a wire is drawn: the ports that take it. Everything else is dimmed."""
        self.dim: Container[str] = ()
        self.hidden_wire: Port | None = None

    def reset(self) -> None:
        self.__init__()  # type: ignore[misc]

    def keep(self, cards: Collection[str], wires: Collection[Port]) -> None:
        """Forget what is gone."""
        self.selected.intersection_update(cards)
        self.wires.intersection_update(wires)
        if self.hover_card not in cards:
            self.hover_card, self.hover_port = "", None
        if self.focus not in cards:
            self.focus = ""
        if self.hover_wire not in wires:
            self.hover_wire = None


class Sprites:
    """Each card's picture at the scale it was last drawn at. The oldest go when memory is full."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bool], tuple[object, float, QPixmap]] = OrderedDict()
        self._bytes = 0

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def forget(self, node_id: str) -> None:
        for full in (True, False):
            kept = self._kept.pop((node_id, full), None)
            if kept is not None:
                self._bytes -= _size(kept[2])

    def find(self, item: NodeItem, full: bool) -> tuple[object, float, QPixmap] | None:
        return self._kept.get((item.id, full))

    def keep(self, item: NodeItem, full: bool, stamp: object, scale: float, picture: QPixmap) -> None:
        key = (item.id, full)
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= _size(old[2])
        self._kept[key] = (stamp, scale, picture)
        self._bytes += _size(picture)
        while self._bytes > SPRITE_BYTES and len(self._kept) > 1:
            _, (_, _, gone) = self._kept.popitem(last=False)
            self._bytes -= _size(gone)


def _size(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4


class _Layer(QGraphicsItem):
    """An item that covers everything and paints what is exposed."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        # Not called `scene`: that is Qt's own, and answers another thing while the item is taken out.
        self.canvas = scene
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    @property
    def theme(self) -> Theme:
        return self.canvas.theme


class WireLayer(_Layer):
    """All wires."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.draw(painter, option.exposedRect, option.levelOfDetailFromTransform(painter.worldTransform()))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the wires that meet the area; fails and highlights last, so that nothing hides them."""
        theme, marks = self.theme, self.canvas.marks
        plain: list[WireItem] = []
        special: list[tuple[WireItem, QPen]] = []
        for wire in self.canvas.wires_in(area):
            if wire.target == marks.hidden_wire:
                continue
            lit = wire.target == marks.hover_wire or wire.target in marks.wires
            touching = not lit and (wire.source.node in marks.selected or wire.target.node in marks.selected)
            if wire.failing:
                special.append((wire, _pen(theme.error, 2.6 if lit else 2.0, scale, Qt.PenStyle.DashLine)))
            elif lit:
                special.append((wire, _pen(theme.accent, 2.6, scale)))
            elif touching or marks.hover_card in (wire.source.node, wire.target.node):
                special.append((wire, _pen(theme.accent if touching else theme.text, 2.0, scale)))
            else:
                plain.append(wire)
        painter.save()
        if marks.fitting is not None:
            painter.setOpacity(0.45)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(theme.wire, 2.0, scale))
        if scale < FINE_WIRES:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale > 0.2 and len(plain) < 600)
            lines: list[QLineF] = []
            for wire in plain:
                lines += wire.segments
            painter.drawLines(lines)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            for wire in plain:
                painter.drawPath(wire.path)
        for wire, pen in special:
            painter.setPen(pen)
            painter.drawPath(wire.path)
        painter.restore()
        if scale >= LABELS_FROM:
            self._labels(painter, [*plain, *(w for w, _ in special)])

    def _labels(self, painter: QPainter, wires: list[WireItem]) -> None:
        theme = self.theme
        for wire in wires:
            if wire.label_at is not None:
                paint_label(painter, wire.label_at, wire.label, theme, theme.error if wire.failing else None)


def _pen(colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    # Cosmetic, so that the thin line of a far zoom takes Qt's fast path.
    pen = QPen(QColor(colour), max(1.0, width * min(scale, 1.6)), style, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    if style == Qt.PenStyle.DashLine:
        pen.setDashPattern([4, 3])
    return pen


class CardLayer(_Layer):
    """All cards, from sprites."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self.sprites = Sprites()
        self.hurry = False
        """While the view moves: a card without a sprite may be a plain rectangle for a frame."""
        self.wants_more: Callable[[], None] | None = None
        """Called when some cards are shown from a sprite of another scale and want another frame."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.draw(painter, option.exposedRect, option.levelOfDetailFromTransform(painter.worldTransform()))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the cards that meet the area, the selected ones on top."""
        canvas, marks = self.canvas, self.canvas.marks
        ids = canvas.ids_in(area, MARGIN)
        if marks.selected:
            ids.sort(key=marks.selected.__contains__)
        items = [canvas.cards[i] for i in ids]
        if scale < LABEL:
            self._blocks(painter, items)
        else:
            self._sprites(painter, items, scale)
        self._rings(painter, items, scale)

    def draw_sharp(self, painter: QPainter, area: QRectF) -> None:
        """Paint every card as lines and text, for files."""
        for node_id in self.canvas.ids_in(area, MARGIN):
            item = self.canvas.cards[node_id]
            painter.save()
            painter.translate(item.x, item.y)
            paint_card(painter, item, self.theme)
            painter.restore()

    def _blocks(self, painter: QPainter, items: list[NodeItem]) -> None:
        """From very far: one call for each colour."""
        by_colour: dict[str, list[QRectF]] = {}
        for item in items:
            colour = self.theme.error if item.face.badge == "error" else block_colour(self.theme, item.face.family)
            by_colour.setdefault(colour, []).append(QRectF(item.x, item.y, item.width, item.height))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(items) < 1500)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, rects in by_colour.items():
            painter.setBrush(QColor(colour))
            painter.drawRects(rects)
        painter.restore()

    def _sprites(self, painter: QPainter, items: list[NodeItem], scale: float) -> None:
        world = painter.worldTransform()
        ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
        marks, theme, full = self.canvas.marks, self.theme, scale >= FULL
        dims = marks.dim
        painter.save()
        painter.resetTransform()
        until = time.perf_counter() + BUDGET_S
        late = False
        m11, dx, dy = world.m11(), world.dx(), world.dy()
        for item in items:
            stamp = (item.version, theme.name)
            kept = self.sprites.find(item, full)
            if kept is None or kept[0] != stamp or kept[1] != scale * ratio:
                if (kept is None and not self.hurry) or time.perf_counter() < until:
                    kept = (stamp, scale * ratio, self._render(item, full, scale, ratio))
                    self.sprites.keep(item, full, *kept)
                else:
                    late = True
            if kept is None:
                rough = QRectF(item.x * m11 + dx, item.y * m11 + dy, item.width * m11, item.height * m11)
                painter.fillRect(rough, QColor(theme.raised if full else block_colour(theme, item.face.family)))
                continue
            x, y = (item.x - MARGIN) * m11 + dx, (item.y - MARGIN) * m11 + dy
            dim = item.id in dims
            if dim:
                painter.setOpacity(0.35)
            if kept[1] == scale * ratio:
                painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), kept[2])
            else:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                size = QRectF(x, y, (item.width + 2 * MARGIN) * m11, (item.height + 2 * MARGIN) * m11)
                painter.drawPixmap(size, kept[2], QRectF(kept[2].rect()))
            if dim:
                painter.setOpacity(1.0)
        painter.restore()
        if late and self.wants_more is not None:
            self.wants_more()

    def _render(self, item: NodeItem, full: bool, scale: float, ratio: float) -> QPixmap:
        width, height = (item.width + 2 * MARGIN) * scale, (item.height + 2 * MARGIN) * scale
        picture = QPixmap(max(1, int(width * ratio) + 1), max(1, int(height * ratio) + 1))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        p = QPainter(picture)
        p.scale(scale, scale)
        p.translate(MARGIN, MARGIN)
        if full:
            paint_card(p, item, self.theme)
        else:
            paint_block(p, item, self.theme, scale)
        p.end()
        return picture

    def _rings(self, painter: QPainter, items: list[NodeItem], scale: float) -> None:
        """Selection, hover, focus, the ports that fit, and port names."""
        marks, theme = self.canvas.marks, self.theme
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(marks.selected) < 400 or scale > LABEL)
        for item in items:
            chosen = item.id in marks.selected
            if not (chosen or item.id == marks.hover_card or item.id == marks.focus):
                continue
            style = Qt.PenStyle.DotLine if item.id == marks.focus and not chosen else Qt.PenStyle.SolidLine
            width = 2.0 if chosen or item.id == marks.focus else 1.2
            pen = QPen(QColor(theme.accent if chosen or item.id == marks.focus else theme.outline), width, style)
            pen.setCosmetic(True)
            painter.setPen(pen)
            if scale < LABEL:
                painter.drawRect(item.rect)
            else:
                painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if scale >= 0.3:
            for item in items:
                chosen = item.id in marks.selected
                if chosen or item.id == marks.hover_card or marks.fitting is not None:
                    self._ports(painter, item, scale, chosen)
        painter.restore()

    def _ports(self, painter: QPainter, item: NodeItem, scale: float, chosen: bool) -> None:
        marks, theme = self.canvas.marks, self.theme
        named = item.id == marks.hover_card and scale >= LABELS_FROM and marks.fitting is None
        for ports, out in ((item.inputs, False), (item.outputs, True)):
            for port in ports:
                key = (item.id, port, out)
                fits = marks.fitting is not None and key in marks.fitting
                hot = key == marks.hover_port
                if marks.fitting is not None and not fits and not hot:
                    continue
                at = item.anchor(port, out)
                colour = theme.accent if fits or hot else theme.outline if not chosen else theme.accent
                painter.setPen(QPen(QColor(colour), 1.8))
                painter.setBrush(QColor(theme.accent if fits else theme.ground))
                radius = PORT_RADIUS + (2.0 if hot else 1.0 if fits else 0.0)
                painter.drawEllipse(at, radius, radius)
                if named and (hot or len(ports) > 1):
                    side = QPointF(at.x() + (10 if out else -10), at.y() + (0 if len(ports) > 1 else -16))
                    paint_label(painter, side, port, theme, theme.text, theme.line, 0.0 if out else 1.0)


