"""The items of the open sheet by id, and where they are: what layers, routes, labels and gestures read of a scene."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from visualnet.app.canvas.routing.spatial_index import meeting
from visualnet.app.canvas.scene.annotation_item import AnnotationItem
from visualnet.app.canvas.scene.highlights import Highlights
from visualnet.app.canvas.scene.node_item import MARGIN, NodeItem
from visualnet.app.canvas.scene.node_painter import block_colour
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.theme.tokens import DARK, Theme
from visualnet.core.graph import Graph, Port
from visualnet.core.project import MAIN, Project


class Hit(NamedTuple):
    """What is under a point: a port (``port`` set), a card (``node`` set), a wire (``wire`` set; ``bend`` one of its points), a frame or
    note (``remark`` set; ``corner``: where it is stretched), or nothing."""

    node: str = ""
    port: str = ""
    out: bool = False
    wire: Port | None = None
    bend: int = -1
    remark: str = ""
    corner: bool = False


NOTHING = Hit()


class SheetIndex(QGraphicsScene):
    """Cards, wires and annotations of one sheet, with the spatial questions about them. ``CanvasScene`` fills it."""

    def __init__(self, theme: Theme = DARK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.theme = theme
        self.project = Project()
        self.sheet = MAIN
        self.cards: dict[str, NodeItem] = {}
        self.wires: dict[Port, WireItem] = {}
        self.by_node: dict[str, set[Port]] = {}
        self.remarks: dict[str, AnnotationItem] = {}
        self.marks = Highlights()
        self.failing: set[Port] = set()
        """The wires along which something arrives that does not fit."""
        self.lifted: frozenset[str] = frozenset()
        """The cards that are being moved, and"""
        self.loose: frozenset[Port] = frozenset()
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
        self._rects: NDArray[np.float64] | None = None
        self._bounds: NDArray[np.float64] | None = None

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

    def redrawn(self, wire: WireItem) -> None:
        """A wire has got another curve."""
        if wire.target not in self.loose:
            self._whole = None
        if self._bounds is not None and wire.target in self._wire_rows:
            b = wire.bounds
            self._bounds[self._wire_rows[wire.target]] = (b.left(), b.top(), b.right(), b.bottom())

    def rects(self) -> NDArray[np.float64]:
        """Left, top, right, bottom of every card, in the registry's order."""
        if self._rects is None:
            flat = chain.from_iterable((c.x, c.y, c.x + c.width, c.y + c.height) for c in self.cards.values())
            self._rects = np.fromiter(flat, float, 4 * len(self.cards)).reshape(-1, 4)
            self._rows = {node_id: row for row, node_id in enumerate(self.cards)}
        return self._rects

    def blocks(self) -> dict[str, list[QRectF]]:
        """Every card's rectangle by the colour that it has from afar."""
        if self._blocks is None:
            self._blocks = {}
            for item in self.cards.values():
                colour = self.theme.error if item.face.badge == "error" else block_colour(self.theme, item.face.family)
                self._blocks.setdefault(colour, []).append(item.rect)
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
        if not self.cards:
            return []
        hits = meeting(self.rects(), area, margin)
        if len(hits) == len(self.cards):
            return list(self.cards)
        ids = list(self.cards)
        return [ids[i] for i in hits]

    def wires_in(self, area: QRectF) -> list[WireItem]:
        """The wires whose bounds meet an area."""
        if not self.wires:
            return []
        if self._bounds is None:
            boxes = (w.bounds for w in self.wires.values())
            flat = chain.from_iterable((b.left(), b.top(), b.right(), b.bottom()) for b in boxes)
            self._bounds = np.fromiter(flat, float, 4 * len(self.wires)).reshape(-1, 4)
            self._wire_rows = {target: row for row, target in enumerate(self.wires)}
        hits = meeting(self._bounds, area, 0.0)
        wires = list(self.wires.values())
        return wires if len(hits) == len(wires) else [wires[i] for i in hits]

    def contents(self, ids: Iterable[str] | None = None) -> QRectF:
        """The area that cards take up, all or some."""
        area = QRectF()
        if ids is None:
            if self.cards:
                rects = self.rects()
                low, high = rects[:, :2].min(axis=0), rects[:, 2:].max(axis=0)
                area = QRectF(QPointF(*map(float, low)), QPointF(*map(float, high)))
        else:
            for node_id in ids:
                if node_id in self.cards:
                    area = area.united(self.cards[node_id].rect)
        return area

    def picture_area(self) -> QRectF:
        """The area of cards and wires, with what they let hang over."""
        area = self.contents().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        for wire in self.wires.values():
            area = area.united(wire.bounds)
        for item in self.remarks.values():
            area = area.united(item.area)
        return area

    # --- what is where ----------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, reach: float = 13.0, wires: bool = True) -> Hit:
        """What is under a point: ports before cards before wires, the topmost first."""
        near = self.ids_in(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach))
        near.sort(key=lambda i: i in self.marks.selected)
        for node_id in reversed(near):
            found = self.cards[node_id].port_at(at, reach)
            if found is not None:
                return Hit(node_id, *found)
        for node_id in reversed(near):
            if self.cards[node_id].rect.contains(at):
                return Hit(node_id)
        if wires:
            for wire in self.wires_in(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)):
                if wire.near(at, reach * 0.6) or wire.bend_at(at) >= 0:
                    return Hit(wire=wire.target, bend=wire.bend_at(at))
        for remark in reversed(self.remarks.values()) if wires else ():
            if (part := remark.part_at(at)) is not None:
                return Hit(remark=remark.id, corner=part == "corner")
        return NOTHING
