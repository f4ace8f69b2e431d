"""What actions are worth on each cell of a grid: the best one as an arrow, its worth as colour, and what lies there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import capitalize_first, format_number
from visualnet.figures.charts.marks import (
    SMALL,
    Area,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Rectangle,
    Stroke,
)
from visualnet.figures.colours.indices import LEVELS

ARROWS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
"""Which way an action leads that is called so, by key or by name: right and down are 1."""
MARGIN, BAR = 12.0, 64.0


@dataclass(frozen=True, eq=False)
class ActionField(Chart):
    """``values`` (row, column, action) is what each action is worth on each cell; ``actions`` are their names, ``ways`` a way of `ARROWS`
    for each, or nothing. ``cells`` (row, column) are numbers of ``kinds``: what lies there. ``here`` is the cell (row, column) of who
    plays.
    """

    kind = "action_field"
    values: NDArray[Any]
    actions: tuple[str, ...]
    ways: tuple[str, ...]
    cells: NDArray[np.int64]
    kinds: tuple[str, ...]
    here: tuple[int, int] | None

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest worth of the best action."""
        best = self.values.max(-1)
        best = best[np.isfinite(best)]
        return (float(best.min()), float(best.max())) if best.size else (0.0, 0.0)

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        rows, columns, _ = self.values.shape
        side = max(min((width - 2 * MARGIN - BAR) / columns, (height - 2 * MARGIN - 18) / rows), 4.0)
        left, top = max((width - BAR - side * columns) / 2, MARGIN), MARGIN
        low, high = self.ends
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for row, column in np.ndindex(rows, columns):
            x, y = left + column * side, top + row * side
            worth = self.values[row, column]
            best = int(np.nan_to_num(worth, nan=-np.inf).argmax())
            share = (float(worth[best]) - low) / (high - low) if high > low else 0.5
            ground = f"amount:{round(share if np.isfinite(share) else 0.0, 2)}"
            marks.append(Rectangle(x + 0.5, y + 0.5, side - 1, side - 1, ground))
            name = self.kinds[int(self.cells[row, column])] if self.kinds else ""
            marks += _lying(name, x, y, side)
            marks += self._arrow(best, x + side / 2, y + side / 2, side, f"on {ground}")
            if (row, column) == self.here:
                corners = ((x + 1, y + 1), (x + side - 1, y + 1), (x + side - 1, y + side - 1), (x + 1, y + side - 1))
                marks.append(Stroke((*corners, corners[0]), "warning", 2.5))
            told = ", ".join(f"{one} {format_number(float(v))}" for one, v in zip(self.actions, worth, strict=True))
            regions.append(
                HitRegion(x, y, side, side, f"row {row}, column {column}{f', {name}' if name else ''}: {told}")
            )
        marks += _bar(left + side * columns + 16, top, side * rows, low, high)
        if self.here is not None:
            marks.append(Label(left, top + side * rows + 12, "framed: where it stands now", size=SMALL))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _arrow(self, best: int, x: float, y: float, side: float, colour: str) -> Iterable[Mark]:
        way = ARROWS.get(self.ways[best])
        if way is None:
            yield Label(x, y, self.actions[best][:1], colour, align="centre")
            return
        (right, down), reach, head = way, 0.3 * side, 0.14 * side
        tip, tail = (x + right * reach, y + down * reach), (x - right * reach, y - down * reach)
        yield Stroke((tail, tip), colour, max(side / 18, 1.2))
        base = tip[0] - right * head, tip[1] - down * head
        wings = (base[0] - down * head, base[1] + right * head), (base[0] + down * head, base[1] - right * head)
        yield Area(((tip[0] + right, tip[1] + down), *wings), colour)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("row", "column", "what lies there", *self.actions)
        for row, column in np.ndindex(*self.values.shape[:2]):
            name = self.kinds[int(self.cells[row, column])] if self.kinds else ""
            yield (row, column, name, *map(float, self.values[row, column]))

    def description(self) -> str:
        rows, columns, _ = self.values.shape
        low, high = (format_number(value) for value in self.ends)
        return f"the best action on each of {rows}×{columns} cells, worth {low} to {high}"


def _lying(name: str, x: float, y: float, side: float) -> Iterable[Mark]:
    """What lies on a cell, in its corner: a wedge for cheese, a cross for poison, a ring for a hole or cliff; of the rest its letter."""
    at, size = (x + 0.82 * side, y + 0.2 * side), 0.12 * side
    if name == "cheese":
        wedge = ((at[0] - size, at[1] + size), (at[0] + size, at[1] + size), (at[0] + size, at[1] - size))
        yield Area(tuple((a + 0.0, b) for a, b in wedge), "surface")
        yield Area(tuple((at[0] + 0.8 * (a - at[0]), at[1] + 0.8 * (b - at[1])) for a, b in wedge), "curve:1")
    elif name == "poison":
        for colour, wide in (("surface", 4.5), ("warning", 2.2)):
            yield Stroke(((at[0] - size, at[1] - size), (at[0] + size, at[1] + size)), colour, wide)
            yield Stroke(((at[0] - size, at[1] + size), (at[0] + size, at[1] - size)), colour, wide)
    elif name in ("hole", "cliff"):
        yield Dots((at,), "text", size, 1.0)
        yield Dots((at,), "surface", size / 2, 1.0)
    elif name in ("goal", "start"):
        yield Dots((at,), "surface", 1.3 * size, 1.0)
        yield Label(at[0], at[1], capitalize_first(name[0]), "text", align="centre", bold=True)


def _bar(x: float, top: float, tall: float, low: float, high: float) -> Iterable[Mark]:
    parts = min(LEVELS, 40)
    for at in range(parts):
        yield Rectangle(x, top + tall * at / parts, 10, tall / parts + 0.5, f"amount:{round(1 - at / (parts - 1), 2)}")
    yield Label(x + 14, top + 5, format_number(high))
    if high > low and tall > 30:
        yield Label(x + 14, top + tall - 5, format_number(low))
