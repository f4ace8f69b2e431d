"""Where the words on wires lie: no two over each other, none over a card, and the same whatever part of the sheet is in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QRectF

from visualnet.app.canvas.scene.sheet_index import SheetIndex
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.core.graph import Port

WIDE, HIGH = 128.0, 48.0
"""A cell of the grid in which labels that could meet are found."""
Cell = tuple[int, int]
Rank = tuple[bool, int, float, float, Port]


class Wish(NamedTuple):
    """Where a label could lie, and how soon it may choose: what fails first, then what has least choice, then from the left."""

    rank: Rank
    pills: tuple[QRectF, ...]
    checked: bool
    """Whether these places are known to be clear of cards."""


class LabelPlacement:
    """One scene's. A label's place follows from the wires alone; it is found when first asked for, and kept until a wire changes.

    Cards that are being moved take the labels of their wires along; all others stay where they were.
    """

    def __init__(self, scene: SheetIndex) -> None:
        self.scene = scene
        self._wishes: dict[Port, Wish] = {}
        self._cells: dict[Cell, set[Port]] = {}
        self._stale: set[Port] = set()
        self._placed: dict[Port, QRectF | None] = {}

    def clear(self) -> None:
        """Another sheet is shown: forget every label."""
        self._wishes.clear()
        self._cells.clear()
        self._stale.clear()
        self._placed.clear()

    def changed(self, target: Port) -> None:
        """This wire came, went, or has got another curve."""
        self._stale.add(target)

    def of(self, wires: Iterable[WireItem]) -> list[tuple[WireItem, QRectF]]:
        """Where the labels of these wires lie; those for which there is no room are left out."""
        self._follow()
        found, moving = [], []
        for wire in wires:
            if not wire.pills:
                continue
            if wire.target in self.scene.loose:
                moving.append(wire)
                continue
            pill = self._place(wire.target)
            if pill is not None:
                found.append((wire, pill))
        return found + self._carried(moving)

    def _follow(self) -> None:
        """Take in what changed, but for what is still being moved."""
        stale = self._stale - self.scene.loose
        if not stale:
            return
        self._stale &= self.scene.loose
        other = False
        for target in stale:
            wire = self.scene.wires.get(target)
            new = _wish(wire) if wire is not None and wire.pills else None
            old = self._wishes.get(target)
            if new == old:
                continue
            other = True
            if old is not None:
                for cell in _cells(old.pills):
                    self._cells[cell].discard(target)
                del self._wishes[target]
            if new is not None:
                self._wishes[target] = new
                for cell in _cells(new.pills):
                    self._cells.setdefault(cell, set()).add(target)
        if other:
            self._placed.clear()

    def _place(self, target: Port) -> QRectF | None:
        """Let all choose that may choose before this one and could be in its way, then this one."""
        if target in self._placed:
            return self._placed[target]
        asked, waiting = {target}, [target]
        while waiting:
            for other in self._rivals(waiting.pop()):
                if other not in asked and other not in self._placed:
                    asked.add(other)
                    waiting.append(other)
        for each in sorted(asked, key=lambda t: self._wishes[t].rank):
            wish = self._wishes[each]
            before = [p for o in self._rivals(each) if (p := self._placed.get(o)) is not None]
            self._placed[each] = next((p for p in wish.pills if self._free(p, before, wish.checked)), None)
        return self._placed[target]

    def _rivals(self, target: Port) -> Iterator[Port]:
        """Those that choose before this one, near where it could lie."""
        wish = self._wishes[target]
        near = {o for cell in _cells(wish.pills) for o in self._cells[cell]}
        return (o for o in near if self._wishes[o].rank < wish.rank)

    def _free(self, pill: QRectF, before: Iterable[QRectF], checked: bool) -> bool:
        return not any(pill.intersects(other) for other in before) and (checked or not self.scene.ids_in(pill))

    def _carried(self, wires: list[WireItem]) -> list[tuple[WireItem, QRectF]]:
        """The labels on wires that are being moved: they give way to those that stand."""
        found: list[tuple[WireItem, QRectF]] = []
        for wire in sorted(wires, key=lambda w: (not w.failing, w.target)):
            near = {o for cell in _cells(wire.pills) for o in self._cells.get(cell, ())} - self.scene.loose
            before = [p for o in near if (p := self._place(o)) is not None] + [p for _, p in found]
            pill = next((p for p in wire.pills if self._free(p, before, False)), None)
            if pill is not None:
                found.append((wire, pill))
        return found


def _wish(wire: WireItem) -> Wish:
    first = wire.pills[0]
    rank = (not wire.failing, len(wire.pills), first.left(), first.top(), wire.target)
    return Wish(rank, tuple(QRectF(p) for p in wire.pills), wire.checked)


def _cells(pills: Iterable[QRectF]) -> set[Cell]:
    found = set()
    for pill in pills:
        left, right = int(pill.left() // WIDE), int(pill.right() // WIDE)
        top, bottom = int(pill.top() // HIGH), int(pill.bottom() // HIGH)
        found.update((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))
    return found
