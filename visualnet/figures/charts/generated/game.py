"""The state of a game as a drawing: a grid with what lies on it, or shapes in the plane, with what was done last beneath it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray

from visualnet.core.text.format import capitalize_first
from visualnet.figures.charts.marks import (
    SMALL,
    Area,
    Chart,
    ChartDrawing,
    Dots,
    Label,
    Mark,
    Points,
    Rectangle,
    Stroke,
    shorten,
)

MARGIN, BELOW = 10.0, 20.0
CHEESE, CRUST, POISON, MOUSE, NOSE, EYE, HOLE = (
    "#E8B923",
    "#9A7A12",
    "#C8363B",
    "#8C8F98",
    "#E59AA5",
    "#20222a",
    "#15171c",
)
"""The colours of what lies on a grid, in every theme: also the window's (`app/features/play`)."""
ROUND = 24
"""A disc is an area of so many corners, where it has an edge."""
COLOURS = {
    "track": "muted",
    "cart": "accent",
    "pole": "curve:1",
    "joint": "text",
    "goal": "curve:2",
    "wall": "text",
    "taxi": CHEESE,
    "passenger": "curve:3",
    "walker": "accent",
}
"""The colours of shapes by their role; of any other it is the accent."""


class GameShape(NamedTuple):
    """A ``line`` through points (x, y), an ``area`` within them, or a ``disc`` about the only one, in the picture's units."""

    kind: str
    role: str
    points: Points
    size: float = 0.0


@dataclass(frozen=True, eq=False)
class GameChart(Chart):
    """A picture ``wide`` and ``tall`` in units of its own, x to the right and y down. Where it is a grid, ``cells`` (row, column) are
    numbers of ``kinds``, each a square of side 1. ``words`` tell of it, and stand beneath where they are ``written``; ``told`` is the
    table of what happened, with its head."""

    kind = "game"
    wide: float
    tall: float
    cells: NDArray[Any] | None = None
    kinds: tuple[str, ...] = ()
    shapes: tuple[GameShape, ...] = ()
    words: str = ""
    told: tuple[Sequence[Any], ...] = ()
    written: bool = False

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        below = BELOW if self.written else 0.0
        room = max(width - 2 * MARGIN, 8.0), max(height - 2 * MARGIN - below, 8.0)
        scale = min(room[0] / self.wide, room[1] / self.tall)
        left, top = (width - scale * self.wide) / 2, MARGIN + (room[1] - scale * self.tall) / 2
        marks: list[Mark] = []
        if self.cells is not None:
            marks += _grid(self.cells, self.kinds, left, top, scale)
        for shape in self.shapes:
            marks += _drawn(shape, left, top, scale)
        if self.written:
            words = shorten(self.words, width - 2 * MARGIN)
            marks.append(Label(width / 2, top + scale * self.tall + BELOW / 2 + 2, words, "muted", SMALL, "centre"))
        return ChartDrawing(width, height, tuple(marks))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield from self.told or (("state",), (self.words,))

    def description(self) -> str:
        return self.words or "the state of the game"


def _grid(cells: NDArray[Any], kinds: tuple[str, ...], left: float, top: float, side: float) -> Iterable[Mark]:
    rows, columns = cells.shape
    yield Rectangle(left, top, columns * side, rows * side, "amount:0")
    for at in range(rows + 1):
        yield Stroke(((left, top + at * side), (left + columns * side, top + at * side)), "line")
    for at in range(columns + 1):
        yield Stroke(((left + at * side, top), (left + at * side, top + rows * side)), "line")
    for row in range(rows):
        for column in range(columns):
            number = int(cells[row, column])
            kind = kinds[number] if number < len(kinds) else ""
            if number or kind in _LYING:
                x, y = left + (column + 0.5) * side, top + (row + 0.5) * side
                yield from _LYING.get(kind, _letter)(x, y, side, kind)


def _disc(x: float, y: float, across: float, down: float, colour: str, alpha: float = 1.0) -> Area:
    turns = (2 * math.pi * at / ROUND for at in range(ROUND))
    return Area(tuple((x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns), colour, alpha)


# --- what lies on a cell ----------------------------------------------------------------------------------------------


def _cheese(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    wedge = tuple((x + a * side, y + b * side) for a, b in ((-0.34, 0.28), (0.34, 0.28), (0.34, -0.06), (-0.1, -0.28)))
    yield Area(wedge, CHEESE)
    yield Stroke((*wedge, wedge[0]), CRUST, max(side / 30, 1))
    for a, b, radius in ((-0.12, 0.1, 0.07), (0.12, 0.16, 0.05), (0.16, -0.06, 0.06)):
        yield Dots(((x + a * side, y + b * side),), CRUST, radius * side, 1.0)


def _poison(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    yield Dots(((x, y),), POISON, 0.3 * side, 1.0)
    reach = 0.13 * side
    for way in (1, -1):
        yield Stroke(((x - reach, y - way * reach), (x + reach, y + way * reach)), "#ffffff", max(side / 12, 1.5))


def _hole(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    yield _disc(x, y, 0.38 * side, 0.32 * side, "muted")
    yield _disc(x, y, 0.35 * side, 0.29 * side, HOLE)


def _cliff(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    yield Rectangle(x - side / 2, y - side / 2, side, side, POISON, 0.35)
    for at in (-0.25, 0.0, 0.25):
        yield Stroke(((x + at * side, y - 0.45 * side), (x + (at - 0.2) * side, y + 0.45 * side)), POISON, 1.2)


def _flag(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    foot = x - 0.15 * side, y + 0.32 * side
    head = foot[0], foot[1] - 0.62 * side
    yield Stroke((foot, head), "text", max(side / 22, 1.5))
    yield Area((head, (head[0] + 0.38 * side, head[1] + 0.13 * side), (head[0], head[1] + 0.26 * side)), "curve:2")


def _stop(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    a = 0.3 * side
    yield Stroke(((x - a, y - a), (x + a, y - a), (x + a, y + a), (x - a, y + a), (x - a, y - a)), "muted", 1.5)


def _letter(x: float, y: float, side: float, kind: str) -> Iterable[Mark]:
    yield Label(x, y, capitalize_first(kind[:1]), "muted", max(0.3 * side, 9), "centre")


_LYING: dict[str, Callable[[float, float, float, str], Iterable[Mark]]] = {
    "cheese": _cheese,
    "poison": _poison,
    "hole": _hole,
    "cliff": _cliff,
    "goal": _flag,
    "wanted": _flag,
    "stop": _stop,
}

# --- shapes over it ---------------------------------------------------------------------------------------------------


def _drawn(shape: GameShape, left: float, top: float, scale: float) -> Iterable[Mark]:
    points = tuple((left + x * scale, top + y * scale) for x, y in shape.points)
    colour, size = COLOURS.get(shape.role, "accent"), scale * shape.size
    if shape.role == "mouse":
        yield from _mouse(*points[0], size)
    elif shape.role == "view":
        yield Area(points, "accent", 0.13)
        yield Stroke((*points, points[0]), "accent", 1.5, dashed=True)
    elif shape.kind == "line":
        yield Stroke(points, colour, max(size, 1.5))
    elif shape.kind == "area":
        yield Area(points, colour)
    else:
        yield Dots(points, colour, size, 1.0)


def _mouse(x: float, y: float, size: float) -> Iterable[Mark]:
    """Seen from the side: tail, body, ear, eye, nose."""
    ways = (0, 0.25, 0.5, 0.75, 1)
    tail = tuple((x + (-0.7 - 0.5 * t) * size, y + (0.35 - 0.25 * math.sin(3 * t)) * size) for t in ways)
    yield Stroke(tail, MOUSE, max(size / 7, 1.5))
    yield _disc(x - 0.1 * size, y + 0.15 * size, 0.8 * size, 0.6 * size, MOUSE)
    yield _disc(x + 0.3 * size, y - 0.5 * size, 0.38 * size, 0.38 * size, "surface")
    yield _disc(x + 0.3 * size, y - 0.5 * size, 0.34 * size, 0.34 * size, MOUSE)
    yield Dots(((x + 0.42 * size, y + 0.02 * size),), EYE, 0.1 * size, 1.0)
    yield Dots(((x + 0.72 * size, y + 0.18 * size),), NOSE, 0.11 * size, 1.0)
