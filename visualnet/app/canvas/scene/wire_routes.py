"""Which way each wire of a scene goes: round the cards, within a share of the time; and what is written on it."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

from PySide6.QtCore import QObject, QRectF, QTimer

from visualnet.analysis.card_content import input_fails, shape_leaving
from visualnet.analysis.geometry.boxes import Box, SpatialIndex
from visualnet.app.canvas.scene.sheet_index import SheetIndex
from visualnet.core.graph import Port

DETOURS_S, SLICE_S, LATER_MS = 0.012, 0.008, 12
"""How long an edit may spend on finding ways for wires, how long a later moment may, and how far these are apart."""
MANY_ZONES = 60
"""With more changes at once than this every wire is drawn anew."""
PASSING = 48.0
"""How far from a wire a card can be that made it go round."""


class WireRoutes(QObject):
    """Draws the wires of one scene anew where something moved."""

    def __init__(self, scene: SheetIndex) -> None:
        super().__init__(scene)
        self.scene = scene
        self.index: SpatialIndex | None = None
        """Where the cards stand; None after one of them moved."""
        self._waiting: dict[Port, None] = {}
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._finish_some)
        self._straight: set[Port] = set()
        """The wires that were drawn straight while cards moved."""
        self.moving = False
        """Whether cards stand elsewhere than the document says, while they are dragged or glide."""

    def draw(self, targets: Iterable[Port], detour: bool = True, budget_s: float = DETOURS_S) -> None:
        """Draw these wires anew. Without ``detour`` they may pass behind cards: for while something is dragged. When the time is up the
        rest go straight for now, and find their ways in the next moments."""
        until, cards = perf_counter() + budget_s, self.scene.cards
        for target in targets:
            wire = self.scene.wires.get(target)
            if wire is None or wire.source.node not in cards or target.node not in cards:
                continue
            if detour:  # While something is dragged no fact changes.
                wire.label, wire.failing = self.label_of(target), self.fails(target)
                (self.scene.failing.add if wire.failing else self.scene.failing.discard)(target)
            else:
                self._straight.add(target)
            in_time = detour and perf_counter() < until
            if detour and not in_time:
                self._waiting[target] = None
            wire.route(cards, self.near if in_time else None)
            self.scene.wire_changed(wire)
        if self._waiting and not self._later.isActive():
            self._later.start()

    def take_straight(self) -> set[Port]:
        """The wires that were drawn straight while cards moved, given over to be drawn well."""
        found, self._straight = self._straight, set()
        return found

    def finish(self, budget_s: float = 1e9) -> None:
        """Find the ways that there was no time for."""
        if self.moving:
            return
        waiting, self._waiting = [t for t in self._waiting if t in self.scene.wires], {}
        self.draw(waiting, budget_s=budget_s)
        if waiting:
            self.scene.update()

    def _finish_some(self) -> None:
        self.finish(SLICE_S)

    @property
    def settled(self) -> bool:
        """Whether every wire has found its way."""
        return not self.moving and not self._waiting

    def near(self, area: Box) -> list[Box]:
        """The cards that meet an area; cheap for many questions in a row."""
        if self.index is None:
            self.index = SpatialIndex(self.scene.rects())
        return self.index.near(area)

    def wires_near(self, zones: list[QRectF]) -> set[Port]:
        """The wires that a change in these areas may concern."""
        wires = self.scene.wires
        if len(zones) > MANY_ZONES:
            return set(wires)
        near = [zone.adjusted(-PASSING, -PASSING, PASSING, PASSING) for zone in zones]
        return {target for target, wire in wires.items() if any(map(wire.bounds.intersects, near))}

    def label_of(self, target: Port) -> str:
        """The shape that a wire carries, in words."""
        source = self.scene.wires[target].source
        item = self.scene.cards.get(source.node)
        return shape_leaving(item.facts, source.port) if item is not None else ""

    def fails(self, target: Port) -> bool:
        """Whether the tensor that arrives here does not fit."""
        item = self.scene.cards.get(target.node)
        return item is not None and input_fails(item.facts, item.problems, target.port)
