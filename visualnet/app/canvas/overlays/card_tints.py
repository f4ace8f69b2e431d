"""Cards tinted by a figure, with the figure in words below each: what heat map and dashboard lay over a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.overlays.pointer_hint import paint_note
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import paint_block_label, paint_label, shows_labels
from visualnet.app.theme.tokens import RADIUS, mix
from visualnet.core.graph import Port
from visualnet.figures.colours.maps import SEQUENTIAL

FAR = 0.45
"""Below this scale a card is nothing but its colour and its name."""
TINT = 0.36
GREY = 0.55
"""How far the grey of cards without a figure fades into the ground."""
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
    """The colour of one card (none: only words), and the words below it."""

    colour: str
    words: str


class TintLayer(SheetLayer):
    """The tints, over all cards; text stays readable through them. From far a card is its colour."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view.canvas)
        self.tints: Mapping[str, CardTint] = {}
        self.setZValue(50)

    def show_tints(self, tints: Mapping[str, CardTint]) -> None:
        """Tint these cards and no others."""
        if tints != self.tints:
            self.tints = tints
            self.update()
        self.setVisible(bool(tints))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Tint the cards that meet the area."""
        if not self.tints:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        coloured = any(tint.colour for tint in self.tints.values())
        for node_id in self.canvas.ids_in(area, 24.0):
            tint, item = self.tints.get(node_id), self.canvas.cards[node_id]
            if scale < FAR:
                if coloured:
                    self._paint_block(painter, item, tint.colour if tint is not None else "", scale)
            elif tint is not None:
                if tint.colour:
                    self._tint(painter, item.rect.adjusted(0.5, 0.5, -0.5, -0.5), tint.colour)
                at = QPointF(item.rect.center().x(), item.rect.bottom() + 1)
                paint_label(painter, at, tint.words, self.theme, self.theme.text, tint.colour or self.theme.outline)
        painter.restore()

    def _tint(self, painter: QPainter, body: QRectF, colour: str) -> None:
        fill = QColor(colour)
        fill.setAlphaF(TINT)
        # Bright words stay bright under a tint that only adds light, dark words dark under one that only takes it.
        modes = QPainter.CompositionMode
        painter.setCompositionMode(modes.CompositionMode_Screen if self.theme.dark else modes.CompositionMode_Multiply)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        painter.setCompositionMode(modes.CompositionMode_SourceOver)
        painter.setPen(QPen(QColor(colour), 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, RADIUS, RADIUS)

    def _paint_block(self, painter: QPainter, item: NodeItem, colour: str, scale: float) -> None:
        """From far: the colour and the name. A card without a figure is grey, or its family's colour would pass for one."""
        theme = self.theme
        ground = colour or mix(theme.outline, theme.canvas, GREY)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(item.rect, RADIUS, RADIUS)
        if shows_labels(scale):
            painter.translate(item.x, item.y)
            paint_block_label(painter, item, theme, scale, ground)
            painter.translate(-item.x, -item.y)


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
