"""The ways that wires take: straight on, round the cards in between, back, over points that a person chose. Plain geometry.

Everything is worked out for a sheet that flows to the right; for one that flows down x and y change places.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

STUB = 10.0
LANE = 20.0
CLEAR = 8.0
"""How far a wire keeps from cards that are not its own: their ports hang out."""
REACH = 400.0
MOST_LANES = 10
MOST_WAYS = 20
"""So many ways are tried before the best of them is taken."""
FEW = 12
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Near = Callable[[QRectF], Sequence[QRectF]]
"""The cards that meet an area."""


class Step(NamedTuple):
    """A stretch of a way to a point: straight, or by two control points."""

    to: Point
    one: Point | None = None
    two: Point | None = None


class Spot(NamedTuple):
    """A place for a label, and how long the level stretch is on which it would lie."""

    at: Point
    room: float


class Way(NamedTuple):
    """A way from a start, and places for its label, the best first."""

    start: Point
    steps: tuple[Step, ...]
    spots: tuple[Spot, ...] = ()


def find(
    start: QPointF,
    end: QPointF,
    bends: Sequence[QPointF] = (),
    own: tuple[QRectF, QRectF] | None = None,
    near: Near | None = None,
    down: bool = False,
) -> Way:
    """The way between two ports. ``own`` are the cards that they stand on; without ``near`` nothing is gone round."""
    a, b = _point(start, down), _point(end, down)
    cards = (_box(own[0], down), _box(own[1], down)) if own is not None else None
    there = (lambda area: [_box(r, down) for r in near(_area(area, down))]) if near is not None else None
    if bends:
        way = _over([a, *(_point(p, down) for p in bends), b], there, cards)
    else:
        way = _free(a, b, there, cards)
    return _turned(way) if down else way


def curve(start: QPointF, end: QPointF, down: bool = False) -> QPainterPath:
    """The plain curve between two points, for while it is drawn."""
    return path(find(start, end, down=down))


def path(way: Way) -> QPainterPath:
    """What is painted."""
    made = QPainterPath(QPointF(*way.start))
    for step in way.steps:
        if step.one is None or step.two is None:
            made.lineTo(*step.to)
        else:
            made.cubicTo(*step.one, *step.two, *step.to)
    return made


# --- which way --------------------------------------------------------------------------------------------------------


def _free(a: Point, b: Point, near: Callable[[Box], list[Box]] | None, own: tuple[Box, Box] | None) -> Way:
    """The first of the ways that meets no card; where all do, the one that meets fewest."""
    first = _direct(a, b) if b[0] >= a[0] + 2 * STUB else _back(a, b, own)
    if near is None or own is None:
        return first
    if not _hits(first, near(_bounds(first)), own):
        return first
    if b[0] >= a[0] + 2 * STUB:
        boxes = near((a[0] - 8, min(a[1], b[1]) - REACH, b[0] + 8, max(a[1], b[1]) + REACH))
        others = _laned(a, b, boxes, own)
    else:
        boxes = near((b[0] - 80, min(a[1], b[1]) - REACH, a[0] + 80, max(a[1], b[1]) + REACH))
        others = _back_laned(a, b, boxes, own)
    areas = _grown(boxes, own)
    best = (_hits(first, boxes, own, areas), first)
    for way in itertools.islice(others, MOST_WAYS):
        hits = _hits(way, boxes, own, areas)
        if hits < best[0]:
            best = (hits, way)
            if not hits:
                break
    return best[1]


def _laned(a: Point, b: Point, boxes: Sequence[Box], own: tuple[Box, Box]) -> Iterator[Way]:
    """Ways that leave for a free height early, stay on it past the cards in between, and come back late."""
    others = [box for box in boxes if box not in own and box[2] > a[0] - 4 and box[0] < b[0] + 4]
    # Below is preferred a little to above: that is where tidy keeps lanes free.
    open_ = sorted(
        {a[1], b[1], *_open(others)},
        key=lambda y: abs(y - a[1]) + abs(y - b[1]) + (6 if y < min(a[1], b[1]) else 0),
    )[:MOST_LANES]
    width = b[0] - a[0]
    turns = [t for t in dict.fromkeys((min(72.0, width / 3), min(52.0, width / 3), min(34.0, width / 4))) if t > 4]
    for lane in open_:
        for turn in turns:
            yield _lane(a, b, lane, turn, turn)
        if len(turns) > 2:
            yield _lane(a, b, lane, turns[0], turns[2])
            yield _lane(a, b, lane, turns[2], turns[0])
    # The cards next to the port leave no room to swing out: first round the end, as a wire that goes back does.
    for lane in open_[:6]:
        yield _back(a, b, own, lane, 26.0)


def _back_laned(a: Point, b: Point, boxes: Sequence[Box], own: tuple[Box, Box]) -> Iterator[Way]:
    wish = _height(a, b, own)
    others = [box for box in boxes if box[2] > b[0] - 60 and box[0] < a[0] + 60]
    for lane in sorted((wish, *_open(others)), key=lambda y: abs(y - wish))[:MOST_LANES]:
        for reach in (56.0, 36.0, 22.0):
            yield _back(a, b, own, lane, reach)


def _open(boxes: Iterable[Box]) -> list[float]:
    """Heights at which no card stands: just beside the stretches that cards take up, and in the middle of narrow gaps."""
    merged: list[list[float]] = []
    for top, bottom in sorted((box[1] - CLEAR - 1, box[3] + CLEAR + 1) for box in boxes):
        if merged and top <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], bottom)
        else:
            merged.append([top, bottom])
    found = []
    for at, (top, bottom) in enumerate(merged):
        above = merged[at - 1][1] if at else top - 2 * LANE
        below = merged[at + 1][0] if at + 1 < len(merged) else bottom + 2 * LANE
        found += [max((above + top) / 2, top - LANE / 2), min((bottom + below) / 2, bottom + LANE / 2)]
    return found


# --- ways -------------------------------------------------------------------------------------------------------------


def _direct(a: Point, b: Point) -> Way:
    (x1, y1), (x2, y2) = a, b
    bend = max(min((x2 - x1) / 2, 96.0), (x2 - x1) * 0.36)
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    level = abs(y2 - y1) < 60
    spots = [Spot(middle, (x2 - x1) - 2 * STUB if level else 0.0)]
    if y1 == y2:
        spots += [Spot((x1 + (x2 - x1) * t, y1), (x2 - x1) * 0.5) for t in (0.3, 0.7)]
        return Way(a, (Step(b),), tuple(spots))
    return Way(a, (Step(b, (x1 + bend, y1), (x2 - bend, y2)),), tuple(spots))


def _lane(a: Point, b: Point, lane: float, turn: float, last: float) -> Way:
    (x1, y1), (x2, y2) = a, b
    p, q = x1 + turn, x2 - last
    steps = (
        Step((p, lane), (x1 + turn / 2, y1), (p - turn / 2, lane)),
        Step((q, lane)),
        Step(b, (q + last / 2, lane), (x2 - last / 2, y2)),
    )
    return Way(a, steps, _along(p, q, lane))


def _along(x1: float, x2: float, y: float) -> tuple[Spot, ...]:
    low, length = min(x1, x2), abs(x2 - x1)
    return tuple(Spot((low + length * t, y), length * (1 if t == 0.5 else 0.5)) for t in (0.5, 0.3, 0.7, 0.15, 0.85))


def _height(a: Point, b: Point, own: tuple[Box, Box] | None) -> float:
    """Where a wire that goes back would run: between its two cards, or under both."""
    first, second = own or ((a[0] - 40, a[1] - 40, a[0], a[1] + 40), (b[0], b[1] - 40, b[0] + 40, b[1] + 40))
    if second[1] > first[3] + 8:
        return (first[3] + second[1]) / 2
    if second[3] < first[1] - 8:
        return (second[3] + first[1]) / 2
    return max(first[3], second[3]) + LANE


def _back(a: Point, b: Point, own: tuple[Box, Box] | None, lane: float | None = None, reach: float = 56.0) -> Way:
    """Round the card's end, back between the rows, round again: as a line of text goes on in the next one."""
    (x1, y1), (x2, y2) = a, b
    lane = _height(a, b, own) if lane is None else lane
    out, back = x1 + STUB / 2, x2 - STUB / 2
    k1, k2 = (max(min(20.0, reach), min(reach, abs(lane - y) * 0.62)) for y in (y1, y2))
    steps = (
        Step((out, y1)),
        Step((out, lane), (out + k1, y1), (out + k1, lane)),
        Step((back, lane)),
        Step((back, y2), (back - k2, lane), (back - k2, y2)),
        Step(b),
    )
    return Way(a, steps, _along(out, back, lane))


def _over(points: list[Point], near: Callable[[Box], list[Box]] | None, own: tuple[Box, Box] | None) -> Way:
    """A smooth way over points that someone chose; it leaves and arrives level. A stretch that would run through a card goes round it."""
    if near is not None and own is not None:
        points = [p for a, b in itertools.pairwise(points) for p in (a, *_between(a, b, near, own))] + points[-1:]
    slopes = [(1.0, 0.0), *(_slope(p, q) for p, q in zip(points, points[2:], strict=False)), (1.0, 0.0)]
    steps, spots = [], []
    for at, (a, b) in enumerate(itertools.pairwise(points)):
        length = QLineF(*a, *b).length()
        reach = min(length * 0.4, 96.0)
        one = (a[0] + slopes[at][0] * reach, a[1] + slopes[at][1] * reach)
        two = (b[0] - slopes[at + 1][0] * reach, b[1] - slopes[at + 1][1] * reach)
        steps.append(Step(b, one, two))
        if abs(b[1] - a[1]) < 30:
            spots.append(Spot(_on(a, one, two, b, 0.5), length - 2 * STUB))
    return Way(points[0], tuple(steps), tuple(sorted(spots, key=lambda s: -s.room)))


def _between(a: Point, b: Point, near: Callable[[Box], list[Box]], own: tuple[Box, Box]) -> list[Point]:
    """Points of our own by which a stretch passes the cards in its way."""
    straight = Way(a, (Step(b),))
    boxes = near(_bounds(straight))
    if not _hits(straight, boxes, own) or b[0] < a[0] + 60:
        return []
    boxes = near((a[0], min(a[1], b[1]) - REACH, b[0], max(a[1], b[1]) + REACH))
    lanes = sorted(_open(boxes), key=lambda y: abs(y - a[1]) + abs(y - b[1]))[:MOST_LANES]
    for lane, turn in itertools.product(lanes, (40.0, 20.0, 8.0)):
        found = [(a[0] + turn, lane), (b[0] - turn, lane)]
        if b[0] - a[0] > 3 * turn and not _hits(Way(a, tuple(Step(p) for p in (*found, b))), boxes, own):
            return found
    return []


def _slope(before: Point, after: Point) -> Point:
    line = QLineF(*before, *after)
    length = line.length() or 1.0
    return line.dx() / length, line.dy() / length


# --- measuring --------------------------------------------------------------------------------------------------------


def _on(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    i, j, k, m = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    return i * a[0] + j * b[0] + k * c[0] + m * d[0], i * a[1] + j * b[1] + k * c[1] + m * d[1]


def _flat(way: Way, pieces: int) -> list[Point]:
    points = [way.start]
    for step in way.steps:
        if step.one is not None and step.two is not None:
            start = points[-1]
            points += [_on(start, step.one, step.two, step.to, n / pieces) for n in range(1, pieces)]
        points.append(step.to)
    return points


def _bounds(way: Way) -> Box:
    points = [way.start, *(p for s in way.steps for p in (s.one, s.two, s.to) if p is not None)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) - CLEAR, min(ys) - CLEAR, max(xs) + CLEAR, max(ys) + CLEAR


def _hits(way: Way, boxes: Sequence[Box], own: tuple[Box, Box], areas: NDArray[np.float64] | None = None) -> int:
    """How many cards a way runs through. Of its own cards only the inside counts."""
    if not boxes:
        return 0
    points = _flat(way, 8)
    if areas is not None:
        return _many_hits(points, areas)
    total = 0
    for box in boxes:
        grow = -6.0 if box in own else CLEAR - 1
        left, top, right, bottom = box[0] - grow, box[1] - grow, box[2] + grow, box[3] + grow
        total += any(_meets(p, q, left, top, right, bottom) for p, q in itertools.pairwise(points))
    return total


def _grown(boxes: Sequence[Box], own: tuple[Box, Box]) -> NDArray[np.float64] | None:
    """What a way must not touch, ready to be asked about many ways; None while there are so few that it does not pay."""
    if len(boxes) <= FEW:
        return None
    grow = np.array([-6.0 if box in own else CLEAR - 1 for box in boxes])
    return np.asarray(np.array(boxes) + np.outer(grow, (-1.0, -1.0, 1.0, 1.0)))


def _many_hits(points: Sequence[Point], areas: NDArray[np.float64]) -> int:
    """The same for many cards at once: each piece is cut to each rectangle's slab, first across, then down."""
    ends = np.array(points)
    low, high = np.zeros((len(areas), len(points) - 1)), np.ones((len(areas), len(points) - 1))
    for axis in (0, 1):
        start, way = ends[:-1, axis], np.diff(ends[:, axis])
        way = np.where(np.abs(way) < 1e-9, 1e-9, way)
        one, two = ((areas[:, axis + edge, None] - start) / way for edge in (0, 2))
        low, high = np.maximum(low, np.minimum(one, two)), np.minimum(high, np.maximum(one, two))
    return int((low <= high).any(axis=1).sum())


def _meets(p: Point, q: Point, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a straight piece touches a rectangle."""
    (x1, y1), (x2, y2) = p, q
    if max(x1, x2) < left or min(x1, x2) > right or max(y1, y2) < top or min(y1, y2) > bottom:
        return False
    dx, dy = x2 - x1, y2 - y1
    low, high = 0.0, 1.0
    for way, start, least, most in ((dx, x1, left, right), (dy, y1, top, bottom)):
        if way:
            one, two = (least - start) / way, (most - start) / way
            low, high = max(low, min(one, two)), min(high, max(one, two))
    return low <= high


# --- turning ----------------------------------------------------------------------------------------------------------


def _point(at: QPointF, down: bool) -> Point:
    return (at.y(), at.x()) if down else (at.x(), at.y())


def _box(area: QRectF, down: bool) -> Box:
    if down:
        return area.top(), area.left(), area.bottom(), area.right()
    return area.left(), area.top(), area.right(), area.bottom()


def _area(box: Box, down: bool) -> QRectF:
    left, top, right, bottom = (box[1], box[0], box[3], box[2]) if down else box
    return QRectF(left, top, right - left, bottom - top)


def _turned(way: Way) -> Way:
    steps = tuple(Step(s.to[::-1], s.one[::-1] if s.one else None, s.two[::-1] if s.two else None) for s in way.steps)
    return Way(way.start[::-1], steps, tuple(Spot(s.at[::-1], s.room) for s in way.spots))
