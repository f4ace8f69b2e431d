"""Cards tinted by a figure, with the figure in words below each: what heat map and dashboard lay over a sheet."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import floor
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPixmap

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.overlays.pointer_hint import paint_note
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import paint_block_label, paint_label, shows_labels
from visualnet.app.canvas.scene.painting import blank_pixmap, device_ratio
from visualnet.app.theme.tokens import RADIUS, mix
from visualnet.core.graph import Port
from visualnet.figures.colours.maps import SEQUENTIAL

FAR = 0.45
"""Below this scale a card is nothing but its colour and its name."""
TINT = 0.22
"""How much of its colour a card takes on; so little that its muted words can still be read."""
GREY = 0.55
"""How far the grey of cards without a figure fades into the ground."""
MARGIN = 12.0
"""How far the words below a card may reach beyond it."""
BUDGET_S = 0.003
"""How long a frame may spend on new pictures."""
MOST_PICTURES = 600
_COLOURS = tuple("#{:02x}{:02x}{:02x}".format(*row) for row in SEQUENTIAL.tolist())


def amount_colour(share: float) -> str:
    """The colour map of amounts, from 0 to 1."""
    return _COLOURS[round(min(max(share, 0.0), 1.0) * (len(_COLOURS) - 1))]


def paint_amounts(p: QPainter, bar: QRectF) -> None:
    """The colour map of amounts from left to right, for a legend."""
    shades = QLinearGradient(bar.topLeft(), bar.topRight())
    for share in (number / 10 for number in range(11)):
        shades.setColorAt(share, QColor(amount_colour(share)))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(shades)
    p.drawRoundedRect(bar, 3, 3)


class CardTint(NamedTuple):
    """The colour of one card (none: only words), and the words below it; ``strength`` from 0 to 1 says how far near it is tinted."""

    colour: str
    words: str
    strength: float = 1.0


class _Look(NamedTuple):
    """All that a tinted card's picture rests on."""

    width: float
    height: float
    colour: str
    words: str
    name: str
    """Written on it from far, where the tint hides the card's own."""
    scale: float
    theme: str
    strength: float


class TintLayer(SheetLayer):
    """The tints, over all cards, from a picture for each: many rounded shapes and words in every frame would take too long.

    Text stays readable through them. From far a card is its colour, and its name.
    """

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view.canvas)
        self.tints: Mapping[str, CardTint] = {}
        self._pictures: dict[str, tuple[_Look, QPixmap]] = {}
        self.setZValue(50)

    def show_tints(self, tints: Mapping[str, CardTint]) -> None:
        """Tint these cards and no others."""
        if tints != self.tints:
            self.tints = tints
            self.update()
        if not tints:
            self._pictures.clear()
        self.setVisible(bool(tints))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Tint the cards that meet the area. New pictures are painted within a share of the frame; the rest follow in the next ones."""
        if not self.tints:
            return
        far = scale < FAR
        greyed = far and any(tint.colour for tint in self.tints.values())
        if far and not greyed:
            return  # words alone have no room
        world, ratio, late = painter.worldTransform(), device_ratio(painter), False
        until = time.perf_counter() + BUDGET_S
        if len(self._pictures) > MOST_PICTURES:
            self._pictures.clear()
        painter.save()
        painter.resetTransform()
        for node_id in self.canvas.ids_in(area, MARGIN):
            tint, item = self.tints.get(node_id), self.canvas.cards[node_id]
            if tint is None and not greyed:
                continue
            look = self._look_of(item, tint, scale, ratio)
            kept = self._pictures.get(node_id)
            if kept is None or kept[0] != look:
                if time.perf_counter() < until:
                    kept = self._pictures[node_id] = look, self._render(item, look, ratio)
                else:
                    late = True
            corner = world.map(QPointF(item.x - MARGIN, item.y - MARGIN))
            if kept is None:
                painter.setOpacity(1.0 if far else TINT)
                painter.fillRect(world.mapRect(item.rect), QColor(look.colour or self._grey))
                painter.setOpacity(1.0)
            elif kept[0].scale == look.scale:
                at = QPointF(floor(corner.x() * ratio + 0.5) / ratio, floor(corner.y() * ratio + 0.5) / ratio)
                painter.drawPixmap(at, kept[1])
            else:
                size = kept[1].deviceIndependentSize() * (look.scale / kept[0].scale)
                painter.drawPixmap(QRectF(corner, size), kept[1], QRectF(kept[1].rect()))
        painter.restore()
        if late:
            self.canvas.frame_wanted.emit()

    @property
    def _grey(self) -> str:
        """From far, of cards without a figure: their family's colour would pass for one."""
        return mix(self.theme.outline, self.theme.canvas, GREY)

    def _look_of(self, item: NodeItem, tint: CardTint | None, scale: float, ratio: float) -> _Look:
        words, name = (tint.words if tint is not None else ""), ""
        colour = tint.colour if tint is not None else ""
        if scale < FAR:
            words, name = "", item.content.name if shows_labels(scale) else ""
        strength = tint.strength if tint is not None else 1.0
        return _Look(item.width, item.height, colour, words, name, scale * ratio, self.theme.name, strength)

    def _render(self, item: NodeItem, look: _Look, ratio: float) -> QPixmap:
        scale = look.scale / ratio
        width, height = ((size + 2 * MARGIN) * look.scale for size in (item.width, item.height))
        picture = blank_pixmap(int(width) + 1, int(height) + 1, ratio)
        p = QPainter(picture)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(scale, scale)
        p.translate(MARGIN, MARGIN)
        body = QRectF(0.5, 0.5, item.width - 1, item.height - 1)
        if scale < FAR:
            ground = look.colour or self._grey
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(ground))
            p.drawRoundedRect(body, RADIUS, RADIUS)
            if look.name:
                paint_block_label(p, item, self.theme, scale, ground)
        else:
            if look.colour:
                fill = QColor(look.colour)
                fill.setAlphaF(TINT * look.strength)
                p.setPen(QPen(QColor(look.colour), 2.5))
                p.setBrush(fill)
                p.drawRoundedRect(body, RADIUS, RADIUS)
            at, edge = QPointF(item.width / 2, item.height + 1), look.colour or self.theme.outline
            paint_label(p, at, look.words, self.theme, self.theme.text, edge)
        p.end()
        return picture


class FigureNotes(SheetLayer):
    """The figure of the card or wire under the pointer, in words, where none is written on the sheet."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view.canvas)
        self.view = view
        self.cards: Mapping[str, str] = {}
        self.wires: Mapping[Port, str] = {}
        self.setZValue(60)

    def show_notes(self, cards: Mapping[str, str], wires: Mapping[Port, str]) -> None:
        """Tell these of the cards and wires that are pointed at."""
        self.cards, self.wires = cards, wires
        self.setVisible(bool(cards or wires))
        self.update()

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Tell of what is pointed at."""
        marks = self.canvas.marks
        wire = self.canvas.wires.get(marks.hover_wire) if marks.hover_wire is not None else None
        card = self.canvas.cards.get(marks.hover_card)
        if wire is not None and (words := self.wires.get(wire.target)):
            paint_note(painter, self.view, wire.path.pointAtPercent(0.5), words)
        elif card is not None and (words := self.cards.get(card.id)):
            paint_note(painter, self.view, card.rect.bottomLeft(), words)
