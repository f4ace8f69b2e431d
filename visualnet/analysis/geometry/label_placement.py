"""Where the labels of wires lie: no two over each other, none over a card, and the same whatever part of the sheet is in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeVar

from visualnet.analysis.geometry.boxes import Box, grow, overlap
from visualnet.analysis.geometry.wire_paths import LabelPosition, Near
from visualnet.core.graph import Port

TALL = 18.0
"""A label's height."""
ENOUGH = 3
"""So many places for a label are worth asking for."""
FREE = 4.0
"""How far a label keeps from cards."""
CELL_WIDTH, CELL_HEIGHT = 128.0, 48.0
"""A cell of the grid in which labels that could meet are found."""
Cell = tuple[int, int]
Rank = tuple[bool, int, float, float, Port]
Wire = TypeVar("Wire", bound="LabelledWire")


class LabelledWire(Protocol):
    """What is asked of a wire."""

    target: Port
    failing: bool
    pills: tuple[Box, ...]
    """Where its label could lie, the best place first."""
    checked: bool
    """Whether these places are known to be clear of cards."""


class LabelledSheet(Protocol):
    """What is asked of the sheet."""

    moving_wires: frozenset[Port]
    """The wires that are being moved."""

    @property
    def wires(self) -> Mapping[Port, LabelledWire]: ...

    def covered(self, box: Box) -> bool:
        """Whether a card meets the box."""


def free_spots(spots: Iterable[LabelPosition], width: float, near: Near | None, down: bool) -> tuple[Box, ...]:
    """Boxes for a label of this width, the best first, clear of the cards that ``near`` tells of."""
    found: list[Box] = []
    for (x, y), room in spots:
        if room >= (TALL + 14 if down else width + 48):
            pill = (x - width / 2, y - TALL / 2, x + width / 2, y + TALL / 2)
            if near is None or not near(grow(pill, FREE)):
                found.append(pill)
                if len(found) == ENOUGH:
                    break
    return tuple(found)


class LabelCandidate(NamedTuple):
    """Where a label could lie, and how soon it may choose: what fails first, then what has least choice, then from the left."""

    rank: Rank
    pills: tuple[Box, ...]
    checked: bool


class LabelPlacement:
    """One sheet's. A label's place follows from the wires alone; it is found when first asked for, and kept until a wire changes.

    Cards that are being moved take the labels of their wires along; all others stay where they were.
    """

    def __init__(self, sheet: LabelledSheet) -> None:
        self.sheet = sheet
        self._wishes: dict[Port, LabelCandidate] = {}
        self._cells: dict[Cell, set[Port]] = {}
        self._stale: set[Port] = set()
        self._placed: dict[Port, Box | None] = {}

    def clear(self) -> None:
        """Another sheet is shown: forget every label."""
        for kept in (self._wishes, self._cells, self._stale, self._placed):
            kept.clear()

    def changed(self, target: Port) -> None:
        """This wire came, went, or has got another curve."""
        self._stale.add(target)

    def place(self, wires: Iterable[Wire]) -> list[tuple[Wire, Box]]:
        """Where the labels of these wires lie; those for which there is no room are left out."""
        self._update_wishes()
        found, moving = [], []
        for wire in wires:
            if not wire.pills:
                continue
            if wire.target in self.sheet.moving_wires:
                moving.append(wire)
            elif (pill := self._place(wire.target)) is not None:
                found.append((wire, pill))
        return found + self._place_moving(moving)

    def _update_wishes(self) -> None:
        """Take in what changed, but for what is still being moved."""
        stale, self._stale = self._stale - self.sheet.moving_wires, self._stale & self.sheet.moving_wires
        for target in stale:
            wire, old = self.sheet.wires.get(target), self._wishes.pop(target, None)
            new = _wish(wire) if wire is not None and wire.pills else None
            if new is not None:
                self._wishes[target] = new
            if new == old:
                continue
            for cell in _cells(old.pills) if old is not None else ():
                self._cells[cell].discard(target)
            for cell in _cells(new.pills) if new is not None else ():
                self._cells.setdefault(cell, set()).add(target)
            self._placed.clear()

    def _place(self, target: Port) -> Box | None:
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

    def _free(self, pill: Box, before: Iterable[Box], checked: bool) -> bool:
        return not any(overlap(pill, other) for other in before) and (checked or not self.sheet.covered(pill))

    def _place_moving(self, wires: list[Wire]) -> list[tuple[Wire, Box]]:
        """The labels on wires that are being moved: they give way to those that stand."""
        found: list[tuple[Wire, Box]] = []
        for wire in sorted(wires, key=lambda w: (not w.failing, w.target)):
            near = {o for cell in _cells(wire.pills) for o in self._cells.get(cell, ())} - self.sheet.moving_wires
            before = [p for o in near if (p := self._place(o)) is not None] + [p for _, p in found]
            pill = next((p for p in wire.pills if self._free(p, before, False)), None)
            if pill is not None:
                found.append((wire, pill))
        return found


def _wish(wire: LabelledWire) -> LabelCandidate:
    left, top, _, _ = wire.pills[0]
    return LabelCandidate((not wire.failing, len(wire.pills), left, top, wire.target), wire.pills, wire.checked)


def _cells(pills: Iterable[Box]) -> set[Cell]:
    found: set[Cell] = set()
    for left, top, right, bottom in pills:
        columns = range(int(left // CELL_WIDTH), int(right // CELL_WIDTH) + 1)
        found.update((x, y) for x in columns for y in range(int(top // CELL_HEIGHT), int(bottom // CELL_HEIGHT) + 1))
    return found
