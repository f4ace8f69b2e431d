"""The items of the open sheet by id, and where they are: what layers, routes, labels and gestures read of a scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from visualnet.analysis.geometry.boxes import Box, Boxes, grow, rows_meeting, stack
from visualnet.app.canvas.scene.annotation_item import AnnotationItem
from visualnet.app.canvas.scene.highlights import Highlights
from visualnet.app.canvas.scene.node_item import MARGIN, NodeItem
from visualnet.app.canvas.scene.node_painter import block_colour
from visualnet.app.canvas.scene.wire_item import WireItem, WireStyle
from visualnet.app.theme.tokens import DARK, Theme
from visualnet.core.graph import Graph, Port
from visualnet.core.project import MAIN, Project


class SheetHit(NamedTuple):
    """What is under a point: a port (``port`` set), a card (``node`` set), a wire (``wire`` set; ``bend`` one of its points), a frame or
    note (``annotation`` set; ``corner``: where it is stretched), or nothing."""

    node: str = ""
    port: str = ""
    out: bool = False
    wire: Port | None = None
    bend: int = -1
    annotation: str = ""
    corner: bool = False


class CardPainter(Protocol):
    """Another way to paint cards than in full and as blocks."""

    def paint(self, p: QPainter, item: NodeItem, theme: Theme, scale: float) -> bool:
        """Paint a card for a scale of the screen, its corner at 0, 0; False where it is to look as usual."""

    def area(self, item: NodeItem) -> QRectF:
        """What a card is from very far: a rectangle of the sheet in its family's colour."""


class SheetIndex(QGraphicsScene):
    """Cards, wires and annotations of one sheet, with the spatial questions about them. ``CanvasScene`` fills it."""

    frame_wanted = Signal()
    """Some cards were painted from a sprite of another scale: another frame makes them sharp."""

    def __init__(self, theme: Theme = DARK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.theme = theme
        self.project = Project()
        self.sheet = MAIN
        self.cards: dict[str, NodeItem] = {}
        self.wires: dict[Port, WireItem] = {}
        self.by_node: dict[str, set[Port]] = {}
        self.annotations: dict[str, AnnotationItem] = {}
        self.marks = Highlights()
        self.card_painter: CardPainter | None = None
        """How cards are painted, if not as usual."""
        self.failing: set[Port] = set()
        """The wires along which something arrives that does not fit."""
        self.wire_styles: Mapping[Port, WireStyle] = {}
        """Wires that are drawn by a figure."""
        self.moving_cards: frozenset[str] = frozenset()
        """The cards that are being moved, and"""
        self.moving_wires: frozenset[Port] = frozenset()
        """the wires that go with them."""
        self.hurry = False
        """While the view moves: a card without a sprite may be a plain rectangle for a frame."""
        self.zooming = False
        self.generation = 0
        """Counts whatever may change the picture; see ``frame_cache.py``."""
        self._rows: dict[str, int] = {}
        self._wire_rows: dict[Port, int] = {}
        self._blocks: dict[str, list[QRectF]] | None = None
        self._whole: tuple[frozenset[Port], QPainterPath] | None = None
        self._rects: Boxes | None = None
        self._bounds: Boxes | None = None

    @property
    def graph(self) -> Graph:
        return self.project.sheet(self.sheet)

    def update(self, *area: object) -> None:
        """Have it painted anew; a kept picture of it is stale."""
        self.generation += 1
        super().update(*area)  # type: ignore[call-overload]
        if not area:
            # Qt forgets that all is to be painted when a part (a label on the view has other words) is painted first.
            for view in self.views():
                view.viewport().update()

    def set_wire_styles(self, styles: Mapping[Port, WireStyle]) -> None:
        """Draw these wires by a figure, and all others as usual."""
        if styles != self.wire_styles:
            self.wire_styles = styles
            self.update()

    def wire_changed(self, wire: WireItem) -> None:
        """A wire has got another curve."""
        if wire.target not in self.moving_wires:
            self._whole = None
        if self._bounds is not None and wire.target in self._wire_rows:
            self._bounds[self._wire_rows[wire.target]] = box_of(wire.bounds)

    def rects(self) -> Boxes:
        """The box of every card, in the order of ``cards``."""
        if self._rects is None:
            self._rects = stack([card.box for card in self.cards.values()])
            self._rows = {node_id: row for row, node_id in enumerate(self.cards)}
        return self._rects

    def blocks(self) -> dict[str, list[QRectF]]:
        """Every card's rectangle by the colour that it has from afar."""
        if self._blocks is None:
            self._blocks = {}
            for item in self.cards.values():
                colour = (
                    self.theme.error if item.content.badge == "error" else block_colour(self.theme, item.content.family)
                )
                area = item.rect if self.card_painter is None else self.card_painter.area(item)
                self._blocks.setdefault(colour, []).append(area)
        return self._blocks

    def all_wires(self, without: frozenset[Port]) -> QPainterPath:
        """Every wire but some as one path: one call instead of a thousand, for the view from afar."""
        if self._whole is None or self._whole[0] != without:
            path = QPainterPath()
            for target, wire in self.wires.items():
                if target not in without:
                    path.addPath(wire.path)
            self._whole = (without, path)
        return self._whole[1]

    def ids_in(self, area: QRectF, margin: float = 0.0) -> list[str]:
        """The cards that meet an area, in drawing order."""
        rows, ids = rows_meeting(self.rects(), grow(box_of(area), margin)), list(self.cards)
        return ids if len(rows) == len(ids) else [ids[row] for row in rows]

    def covered(self, box: Box) -> bool:
        """Whether a card meets the box."""
        return bool(rows_meeting(self.rects(), box).size)

    def count_under(self, box: Box) -> int:
        """How many cards meet the box."""
        return int(rows_meeting(self.rects(), box).size)

    def wires_in(self, area: QRectF) -> list[WireItem]:
        """The wires whose bounds meet an area."""
        wires = list(self.wires.values())
        if self._bounds is None:
            self._bounds = stack([box_of(wire.bounds) for wire in wires])
            self._wire_rows = {target: row for row, target in enumerate(self.wires)}
        rows = rows_meeting(self._bounds, box_of(area))
        return wires if len(rows) == len(wires) else [wires[row] for row in rows]

    def contents(self, ids: Iterable[str] | None = None) -> QRectF:
        """The area that cards take up, all or some."""
        rects = self.rects()
        if ids is not None:
            rects = rects[[self._rows[i] for i in ids if i in self._rows]]
        if not len(rects):
            return QRectF()
        low, high = rects[:, :2].min(axis=0).tolist(), rects[:, 2:].max(axis=0).tolist()
        return QRectF(QPointF(*low), QPointF(*high))

    def picture_area(self) -> QRectF:
        """The area of cards and wires, with what they let hang over."""
        area = self.contents().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        for part in (
            *(wire.bounds for wire in self.wires.values()),
            *(item.area for item in self.annotations.values()),
        ):
            area |= part
        return area

    def hit(self, at: QPointF, reach: float = 13.0, wires: bool = True) -> SheetHit:
        """What is under a point: ports before cards before wires, the topmost first."""
        around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        near = sorted(self.ids_in(around), key=self.marks.selected.__contains__)[::-1]
        for node_id in near:
            found = self.cards[node_id].port_at(at, reach)
            if found is not None:
                return SheetHit(node_id, *found)
        for node_id in near:
            if self.cards[node_id].rect.contains(at):
                return SheetHit(node_id)
        if not wires:
            return SheetHit()
        for wire in self.wires_in(around):
            bend = wire.bend_at(at)
            if bend >= 0 or wire.near(at, reach * 0.6):
                return SheetHit(wire=wire.target, bend=bend)
        for annotation in reversed(self.annotations.values()):
            if (part := annotation.part_at(at)) is not None:
                return SheetHit(annotation=annotation.id, corner=part == "corner")
        return SheetHit()


def box_of(area: QRectF) -> Box:
    return area.left(), area.top(), area.right(), area.bottom()
