"""The paths that wires take: straight on, round the cards in between, back, over points that a person chose.

Everything is worked out for a sheet that flows to the right; for one that flows down x and y change places.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from visualnet.analysis.geometry.boxes import Box, Boxes, Point, grow

STUB = 10.0
LANE = 20.0
TURN = 30.0
"""How far a wire that goes back reaches beyond its cards."""
WIDEST = 120.0
"""So far at most it reaches beyond its port to get round a card that is wider than its own."""
CLEAR = 8.0
"""How far a wire keeps from cards that are not its own: their ports hang out."""
INSIDE = -6.0
"""How far a wire may run into its own two cards."""
REACH = 400.0
MOST_LANES = 10
MOST_PATHS = 20
"""So many paths are tried before the best of them is taken."""
FEW = 12
Near = Callable[[Box], list[Box]]
"""The cards that meet an area."""
Ends = tuple[Box, Box]
"""The two cards that a wire joins."""


class Segment(NamedTuple):
    """A stretch of a path to a point: straight, or by two control points."""

    to: Point
    one: Point | None = None
    two: Point | None = None


class LabelPosition(NamedTuple):
    """A place for a label, and how long the level stretch is on which it would lie."""

    at: Point
    room: float


class WirePath(NamedTuple):
    """A path from a start, and places for its label, the best first."""

    start: Point
    segments: tuple[Segment, ...]
    spots: tuple[LabelPosition, ...] = ()


def find_path(
    start: Point,
    end: Point,
    points: Sequence[Point] = (),
    own: Ends | None = None,
    near: Near | None = None,
    down: bool = False,
) -> WirePath:
    """The path between two ports, over ``points``. ``own`` are the cards that they stand on; without ``near`` nothing is gone round."""
    if down:
        cards = (_transpose(own[0]), _transpose(own[1])) if own is not None else None
        around = _transpose_near(near) if near is not None else None
        path = find_path(start[::-1], end[::-1], [p[::-1] for p in points], cards, around)
        segments = (Segment(s.to[::-1], s.one and s.one[::-1], s.two and s.two[::-1]) for s in path.segments)
        spots = (LabelPosition(s.at[::-1], s.room) for s in path.spots)
        return WirePath(path.start[::-1], tuple(segments), tuple(spots))
    return _through([start, *points, end], near, own) if points else _between(start, end, near, own)


def _transpose(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


def _transpose_near(near: Near) -> Near:
    return lambda area: [_transpose(box) for box in near(_transpose(area))]


# --- choosing -----------------------------------------------------------------------------------------------------------


def _between(a: Point, b: Point, near: Near | None, own: Ends | None) -> WirePath:
    """The first of the paths that meets no card; where all do, the one that meets fewest."""
    first = _direct(a, b) if b[0] >= a[0] + 2 * STUB else _return(a, b, own)
    if near is None or own is None:
        return first
    if not _count_hits(first, near(_bounds(first)), own):
        return first
    if b[0] >= a[0] + 2 * STUB:
        boxes = near((a[0] - 8, min(a[1], b[1]) - REACH, b[0] + 8, max(a[1], b[1]) + REACH))
        others = _forward_candidates(a, b, boxes, own)
    else:
        boxes = near((b[0] - 80, min(a[1], b[1]) - REACH, a[0] + 80, max(a[1], b[1]) + REACH))
        others = _return_candidates(a, b, boxes, own)
    areas = _grow_all(boxes, own)
    best = (_count_hits(first, boxes, own, areas), first)
    for path in itertools.islice(others, MOST_PATHS):
        hits = _count_hits(path, boxes, own, areas)
        if hits < best[0]:
            best = (hits, path)
            if not hits:
                break
    return best[1]


def _forward_candidates(a: Point, b: Point, boxes: Sequence[Box], own: Ends) -> Iterator[WirePath]:
    """Paths that leave for a free height early, stay on it past the cards in between, and come back late."""
    others = [box for box in boxes if box not in own and box[2] > a[0] - 4 and box[0] < b[0] + 4]
    # Below is preferred a little to above: that is where tidy keeps lanes free.
    heights = sorted(
        {a[1], b[1], *_free_heights(others)},
        key=lambda y: abs(y - a[1]) + abs(y - b[1]) + (6 if y < min(a[1], b[1]) else 0),
    )[:MOST_LANES]
    width = b[0] - a[0]
    turns = [t for t in dict.fromkeys((min(72.0, width / 3), min(52.0, width / 3), min(34.0, width / 4))) if t > 4]
    for lane in heights:
        for turn in turns:
            yield _lane(a, b, lane, turn, turn)
        if len(turns) > 2:
            yield _lane(a, b, lane, turns[0], turns[2])
            yield _lane(a, b, lane, turns[2], turns[0])
    # The cards next to the port leave no room to swing out: first round the end, as a wire that goes back does.
    for lane in heights[:6]:
        yield _return(a, b, own, lane, 26.0)


def _return_candidates(a: Point, b: Point, boxes: Sequence[Box], own: Ends) -> Iterator[WirePath]:
    """Paths back at free heights, those nearest to the usual one first; each also round the cards that stand farther out on its way."""
    wish = _return_height(a, b, own)
    others = [box for box in boxes if box[2] > b[0] - 60 and box[0] < a[0] + 60]
    for lane in sorted((wish, *_free_heights(others)), key=lambda y: abs(y - wish))[:MOST_LANES]:
        for reach in (TURN, 22.0, 14.0):
            yield _return(a, b, own, lane, reach)
        right = max((box[2] - a[0] for box in _beside(others, a, lane)), default=0.0)
        left = max((b[0] - box[0] for box in _beside(others, b, lane)), default=0.0)
        if 0.0 < max(right, left) <= WIDEST:
            yield _return(a, b, own, lane, max(TURN, right + 2 * CLEAR), max(TURN, left + 2 * CLEAR))


def _beside(boxes: Iterable[Box], at: Point, lane: float) -> Iterator[Box]:
    """The cards that a way straight up or down from a port to a height would pass or meet."""
    low, high = sorted((at[1], lane))
    for box in boxes:
        if box[1] - CLEAR < high and low < box[3] + CLEAR and box[0] - TURN < at[0] < box[2] + TURN:
            yield box


def _free_heights(boxes: Iterable[Box]) -> list[float]:
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


# --- paths ------------------------------------------------------------------------------------------------------------


def _direct(a: Point, b: Point) -> WirePath:
    (x1, y1), (x2, y2) = a, b
    bend = max(min((x2 - x1) / 2, 96.0), (x2 - x1) * 0.36)
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    level = abs(y2 - y1) < 60
    spots = [LabelPosition(middle, (x2 - x1) - 2 * STUB if level else 0.0)]
    if y1 == y2:
        spots += [LabelPosition((x1 + (x2 - x1) * t, y1), (x2 - x1) * 0.5) for t in (0.3, 0.7)]
        return WirePath(a, (Segment(b),), tuple(spots))
    return WirePath(a, (Segment(b, (x1 + bend, y1), (x2 - bend, y2)),), tuple(spots))


def _lane(a: Point, b: Point, lane: float, turn: float, last: float) -> WirePath:
    (x1, y1), (x2, y2) = a, b
    p, q = x1 + turn, x2 - last
    segments = (
        Segment((p, lane), (x1 + turn / 2, y1), (p - turn / 2, lane)),
        Segment((q, lane)),
        Segment(b, (q + last / 2, lane), (x2 - last / 2, y2)),
    )
    return WirePath(a, segments, _spots_along(p, q, lane))


def _spots_along(x1: float, x2: float, y: float) -> tuple[LabelPosition, ...]:
    low, length = min(x1, x2), abs(x2 - x1)
    return tuple(
        LabelPosition((low + length * t, y), length * (1 if t == 0.5 else 0.5)) for t in (0.5, 0.3, 0.7, 0.15, 0.85)
    )


def _return_height(a: Point, b: Point, own: Ends | None) -> float:
    """Where a wire that goes back would run: between its two cards, or under both."""
    first, second = own or ((a[0] - 40, a[1] - 40, a[0], a[1] + 40), (b[0], b[1] - 40, b[0] + 40, b[1] + 40))
    if second[1] > first[3] + 8:
        return (first[3] + second[1]) / 2
    if second[3] < first[1] - 8:
        return (second[3] + first[1]) / 2
    return max(first[3], second[3]) + LANE


def _return(
    a: Point, b: Point, own: Ends | None, lane: float | None = None, reach: float = TURN, last: float | None = None
) -> WirePath:
    """Round the card's end, back between the rows, round again: as a line of text goes on in the next one. It reaches as far out before
    the ``last`` turn as at the first one, where nothing else is said."""
    (x1, y1), (x2, y2) = a, b
    lane = _return_height(a, b, own) if lane is None else lane
    out, back = x1 + STUB / 2, x2 - STUB / 2
    segments = (
        *_turn((out, y1), lane, reach),
        Segment((back, lane)),
        *_turn((back, lane), y2, -(reach if last is None else last)),
        Segment(b),
    )
    return WirePath(a, (Segment((out, y1)), *segments), _spots_along(out, back, lane))


def _turn(a: Point, y: float, reach: float) -> tuple[Segment, ...]:
    """From ``a`` round to the height ``y`` at the same place across: out by ``reach``, straight up or down, and back.

    However far apart the heights are it reaches no further, so that the turns of all rows lie in one narrow margin.
    """
    x, top = a
    way = 1.0 if y >= top else -1.0
    round_ = min(abs(reach), TURN, abs(y - top) / 2)
    side, bend = x + reach, 0.55 * round_
    near = x + reach - (round_ if reach > 0 else -round_)
    inward = bend if reach > 0 else -bend
    return (
        Segment((near, top)),
        Segment((side, top + way * round_), (near + inward, top), (side, top + way * (round_ - bend))),
        Segment((side, y - way * round_)),
        Segment((near, y), (side, y - way * (round_ - bend)), (near + inward, y)),
        Segment((x, y)),
    )


def _through(points: list[Point], near: Near | None, own: Ends | None) -> WirePath:
    """A smooth path over points that someone chose; it leaves and arrives level. A stretch that would run through a card goes round it."""
    if near is not None and own is not None:
        points = [p for a, b in itertools.pairwise(points) for p in (a, *_detour(a, b, near, own))] + points[-1:]
    slopes = [(1.0, 0.0), *(_slope(p, q) for p, q in zip(points, points[2:], strict=False)), (1.0, 0.0)]
    segments, spots = [], []
    for at, (a, b) in enumerate(itertools.pairwise(points)):
        length = math.dist(a, b)
        reach = min(length * 0.4, 96.0)
        one = (a[0] + slopes[at][0] * reach, a[1] + slopes[at][1] * reach)
        two = (b[0] - slopes[at + 1][0] * reach, b[1] - slopes[at + 1][1] * reach)
        segments.append(Segment(b, one, two))
        if abs(b[1] - a[1]) < 30:
            spots.append(LabelPosition(_bezier(a, one, two, b, 0.5), length - 2 * STUB))
    return WirePath(points[0], tuple(segments), tuple(sorted(spots, key=lambda s: -s.room)))


def _detour(a: Point, b: Point, near: Near, own: Ends) -> list[Point]:
    """Points of our own by which a stretch passes the cards in its way."""
    straight = WirePath(a, (Segment(b),))
    boxes = near(_bounds(straight))
    if not _count_hits(straight, boxes, own) or b[0] < a[0] + 60:
        return []
    boxes = near((a[0], min(a[1], b[1]) - REACH, b[0], max(a[1], b[1]) + REACH))
    lanes = sorted(_free_heights(boxes), key=lambda y: abs(y - a[1]) + abs(y - b[1]))[:MOST_LANES]
    for lane, turn in itertools.product(lanes, (40.0, 20.0, 8.0)):
        found = [(a[0] + turn, lane), (b[0] - turn, lane)]
        if b[0] - a[0] > 3 * turn and not _count_hits(WirePath(a, tuple(Segment(p) for p in (*found, b))), boxes, own):
            return found
    return []


def _slope(before: Point, after: Point) -> Point:
    length = math.dist(before, after) or 1.0
    return (after[0] - before[0]) / length, (after[1] - before[1]) / length


# --- measuring --------------------------------------------------------------------------------------------------------


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    i, j, k, m = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    return i * a[0] + j * b[0] + k * c[0] + m * d[0], i * a[1] + j * b[1] + k * c[1] + m * d[1]


def _flatten(path: WirePath, pieces: int) -> list[Point]:
    points = [path.start]
    for segment in path.segments:
        if segment.one is not None and segment.two is not None:
            start = points[-1]
            points += [_bezier(start, segment.one, segment.two, segment.to, n / pieces) for n in range(1, pieces)]
        points.append(segment.to)
    return points


def _bounds(path: WirePath) -> Box:
    points = [path.start, *(p for s in path.segments for p in (s.one, s.two, s.to) if p is not None)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) - CLEAR, min(ys) - CLEAR, max(xs) + CLEAR, max(ys) + CLEAR


def _count_hits(path: WirePath, boxes: Sequence[Box], own: Ends, areas: Boxes | None = None) -> int:
    """How many cards a path runs through. Of its own cards only the inside counts."""
    if not boxes:
        return 0
    points = _flatten(path, 8)
    if areas is not None:
        return _count_many_hits(points, areas)
    total = 0
    for box in boxes:
        area = grow(box, INSIDE if box in own else CLEAR - 1)
        total += any(_touches(p, q, *area) for p, q in itertools.pairwise(points))
    return total


def _grow_all(boxes: Sequence[Box], own: Ends) -> Boxes | None:
    """What a path must not touch, ready to be asked about many paths; None while there are so few that it does not pay."""
    if len(boxes) <= FEW:
        return None
    return np.array([grow(box, INSIDE if box in own else CLEAR - 1) for box in boxes])


def _count_many_hits(points: Sequence[Point], areas: Boxes) -> int:
    """The same for many cards at once: each piece is cut to each rectangle's slab, first across, then down."""
    ends = np.array(points)
    low, high = np.zeros((len(areas), len(points) - 1)), np.ones((len(areas), len(points) - 1))
    for axis in (0, 1):
        start, length = ends[:-1, axis], np.diff(ends[:, axis])
        length = np.where(np.abs(length) < 1e-9, 1e-9, length)
        one, two = ((areas[:, axis + edge, None] - start) / length for edge in (0, 2))
        low, high = np.maximum(low, np.minimum(one, two)), np.minimum(high, np.maximum(one, two))
    return int((low <= high).any(axis=1).sum())


def _touches(p: Point, q: Point, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a straight piece touches a rectangle."""
    (x1, y1), (x2, y2) = p, q
    if max(x1, x2) < left or min(x1, x2) > right or max(y1, y2) < top or min(y1, y2) > bottom:
        return False
    dx, dy = x2 - x1, y2 - y1
    low, high = 0.0, 1.0
    for length, start, least, most in ((dx, x1, left, right), (dy, y1, top, bottom)):
        if length:
            one, two = (least - start) / length, (most - start) / length
            low, high = max(low, min(one, two)), min(high, max(one, two))
    return low <= high
