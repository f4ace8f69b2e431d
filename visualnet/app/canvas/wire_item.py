"""One wire on the canvas: its curve, its label, whether what arrives fits."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from visualnet.app.canvas.card_paint import label_width
from visualnet.core.graph import Port

REACH = 7.0
FAR = 200.0
"""A wire that reaches further than this looks out for cards in its way."""
STUB = 10.0
LANE = 20.0


class WireItem:
    """A wire in the scene, found by where it ends."""

    __slots__ = ("bends", "bounds", "bypass", "failing", "label", "label_at", "path", "segments", "source", "target")

    def __init__(self, source: Port, target: Port) -> None:
        self.source, self.target = source, target
        self.label, self.failing = "", False
        self.path = QPainterPath()
        self.bounds = QRectF()
        self.segments: list[QLineF] = []
        self.label_at: QPointF | None = None
        self.bypass = False
        self.bends: list[QPointF] = []
        """The points that a person leads it over."""

    def route(
        self, start: QPointF, end: QPointF, boxes: Sequence[QRectF] = (), own: tuple[QRectF, QRectF] | None = None
    ) -> None:
        """Draw the curve anew. ``boxes`` are the cards it should not run behind, ``own`` the two that it joins."""
        if self.bends:
            self.path, self.segments, middle, room = through([start, *self.bends, end])
        else:
            self.path, self.segments, middle, room = curve(start, end, boxes, own)
        self.bounds = self.path.controlPointRect().adjusted(-4, -4, 4, 4)
        self.label_at = middle if self.label and room >= label_width(self.label) + 48 else None
        if self.label_at is not None:
            half = label_width(self.label) / 2 + 2
            self.bounds = self.bounds.united(QRectF(middle.x() - half, middle.y() - 12, 2 * half, 24))

    def carry(self, dx: float, dy: float) -> None:
        """Move the curve as it is."""
        self.path.translate(dx, dy)
        self.bounds.translate(dx, dy)
        for line in self.segments:
            line.translate(dx, dy)
        self.bends = [at + QPointF(dx, dy) for at in self.bends]
        if self.label_at is not None:
            self.label_at += QPointF(dx, dy)

    def measure(self, start: QPointF, end: QPointF) -> None:
        """Find out whether the wire is one that must look out for cards in its way."""
        self.bypass = not self.bends and (end.x() - start.x() > FAR or end.x() < start.x() + 2 * STUB)

    def bend_at(self, at: QPointF, reach: float = REACH) -> int:
        """Which of its points is at a point of the scene; −1 for none."""
        near = [((p - at).manhattanLength(), i) for i, p in enumerate(self.bends)]
        best = min(near, default=(reach + 1, -1))
        return best[1] if best[0] <= reach * 1.6 else -1

    def near(self, at: QPointF, reach: float = REACH) -> bool:
        """Whether a point of the scene is on the wire."""
        if not self.bounds.adjusted(-reach, -reach, reach, reach).contains(at):
            return False
        stroker = QPainterPathStroker()
        stroker.setWidth(2 * reach)
        return stroker.createStroke(self.path).contains(at)


def curve(
    start: QPointF, end: QPointF, boxes: Sequence[QRectF] = (), own: tuple[QRectF, QRectF] | None = None
) -> tuple[QPainterPath, list[QLineF], QPointF, float]:
    """The wire's path, straight pieces that stand for it from afar, the place of its label and the room there."""
    path = QPainterPath(start)
    x1, y1, x2, y2 = start.x(), start.y(), end.x(), end.y()
    if x2 >= x1 + 2 * STUB:
        lane = _lane(start, end, boxes)
        if lane is None:
            bend = max(min((x2 - x1) / 2, 96.0), (x2 - x1) * 0.36)
            path.cubicTo(x1 + bend, y1, x2 - bend, y2, x2, y2)
            pieces = [QLineF(start, end)] if abs(y2 - y1) < 0.5 else _pieces(start, end, bend)
            return path, pieces, QPointF((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1) - 2 * STUB if abs(y2 - y1) < 60 else 0
        turn = min(72.0, (x2 - x1) / 3)
        a, b = x1 + turn, x2 - turn
        path.cubicTo(x1 + turn / 2, y1, a - turn / 2, lane, a, lane)
        path.lineTo(b, lane)
        path.cubicTo(b + turn / 2, lane, x2 - turn / 2, y2, x2, y2)
        pieces = [QLineF(start, QPointF(a, lane)), QLineF(a, lane, b, lane), QLineF(QPointF(b, lane), end)]
        return path, pieces, QPointF((a + b) / 2, lane), b - a
    return _back(path, start, end, boxes, own)


def through(points: Sequence[QPointF]) -> tuple[QPainterPath, list[QLineF], QPointF, float]:
    """A smooth way over points that someone chose; it leaves and arrives level."""
    path = QPainterPath(points[0])
    pieces: list[QLineF] = []
    slopes = [QPointF(1, 0), *(_slope(a, b) for a, b in zip(points, points[2:], strict=False)), QPointF(1, 0)]
    best = (-1.0, points[0])
    for at, (a, b) in enumerate(itertools.pairwise(points)):
        length = QLineF(a, b).length()
        reach = min(length * 0.4, 96.0)
        c, d = a + slopes[at] * reach, b - slopes[at + 1] * reach
        path.cubicTo(c, d, b)
        line = [_on(a, c, d, b, t) for t in (0, 0.2, 0.4, 0.6, 0.8, 1)]
        pieces += [QLineF(p, q) for p, q in itertools.pairwise(line)]
        level = length - 2 * STUB if abs(b.y() - a.y()) < 30 else 0.0
        best = max(best, (level, _on(a, c, d, b, 0.5)), key=lambda found: found[0])
    return path, pieces, best[1], best[0]


def _slope(before: QPointF, after: QPointF) -> QPointF:
    line = QLineF(before, after)
    length = line.length() or 1.0
    return QPointF(line.dx() / length, line.dy() / length)


def _on(a: QPointF, b: QPointF, c: QPointF, d: QPointF, t: float) -> QPointF:
    s = 1 - t
    return a * (s * s * s) + b * (3 * s * s * t) + c * (3 * s * t * t) + d * (t * t * t)


def _pieces(start: QPointF, end: QPointF, bend: float) -> list[QLineF]:
    """The curve as a few straight lines."""
    x1, y1, x2, y2 = start.x(), start.y(), end.x(), end.y()
    points = [start]
    for t, u in ((0.25, 0.15625), (0.5, 0.5), (0.75, 0.84375)):
        s = 1 - t
        x = s * s * s * x1 + 3 * s * s * t * (x1 + bend) + 3 * s * t * t * (x2 - bend) + t * t * t * x2
        points.append(QPointF(x, y1 + (y2 - y1) * u))
    points.append(end)
    return [QLineF(a, b) for a, b in itertools.pairwise(points)]


def _back(
    path: QPainterPath, start: QPointF, end: QPointF, boxes: Sequence[QRectF], own: tuple[QRectF, QRectF] | None
) -> tuple[QPainterPath, list[QLineF], QPointF, float]:
    """Round the card's end, back between the rows, round again: as a line of text goes on in the next one."""
    x1, y1, x2, y2 = start.x(), start.y(), end.x(), end.y()
    first, second = own or (QRectF(x1 - 40, y1 - 40, 40, 80), QRectF(x2, y2 - 40, 40, 80))
    if second.top() > first.bottom() + 8:
        lane = (first.bottom() + second.top()) / 2
    elif second.bottom() < first.top() - 8:
        lane = (second.bottom() + first.top()) / 2
    else:
        lane = max(first.bottom(), second.bottom()) + LANE
    lane = _free_height(lane, [b for b in boxes if b.right() > x2 - 40 and b.left() < x1 + 40])
    out, back = x1 + STUB / 2, x2 - STUB / 2
    k1, k2 = (max(20.0, min(56.0, abs(lane - y) * 0.62)) for y in (y1, y2))
    path.lineTo(out, y1)
    path.cubicTo(out + k1, y1, out + k1, lane, out, lane)
    path.lineTo(back, lane)
    path.cubicTo(back - k2, lane, back - k2, y2, back, y2)
    path.lineTo(x2, y2)
    corners = [start, QPointF(out + k1 * 0.7, y1), QPointF(out + k1 * 0.7, lane), QPointF(back - k2 * 0.7, lane)]
    corners += [QPointF(back - k2 * 0.7, y2), end]
    pieces = [QLineF(a, b) for a, b in itertools.pairwise(corners)]
    return path, pieces, QPointF((out + back) / 2, lane), abs(out - back)


def _lane(start: QPointF, end: QPointF, boxes: Iterable[QRectF]) -> float | None:
    """A height at which a long wire passes the cards between its ends, or None where nothing stands in its way."""
    x1, y1, x2, y2 = start.x(), start.y(), end.x(), end.y()
    between = [b for b in boxes if b.right() > x1 + 8 and b.left() < x2 - 8]
    if not between:
        return None
    low, high = min(y1, y2) - 10, max(y1, y2) + 10
    if not any(b.top() < high and b.bottom() > low for b in between):
        return None
    merged = _merged(between)
    free = [y1, y2, *(edge for span in merged for edge in span)]
    open_ = [y for y in free if not any(top < y < bottom for top, bottom in merged)]
    # Below is preferred a little to above: that is where tidy keeps lanes free.
    return min(open_, key=lambda y: abs(y - y1) + abs(y - y2) + (6 if y < min(y1, y2) else 0))


def _free_height(wish: float, boxes: Sequence[QRectF]) -> float:
    """The height nearest to ``wish`` that meets no card: in the middle of a gap, if the gap is narrow."""
    merged = _merged(boxes, 4.0)
    inside = next((at for at, (top, bottom) in enumerate(merged) if top < wish < bottom), None)
    if inside is None:
        return wish
    top, bottom = merged[inside]
    before = merged[inside - 1][1] if inside else top - 2 * LANE
    after = merged[inside + 1][0] if inside + 1 < len(merged) else bottom + 2 * LANE
    above, below = max((before + top) / 2, top - LANE), min((bottom + after) / 2, bottom + LANE)
    return above if wish - above <= below - wish else below


def _merged(boxes: Iterable[QRectF], margin: float = LANE) -> list[list[float]]:
    """The heights that cards take up, as stretches."""
    merged: list[list[float]] = []
    for top, bottom in sorted((b.top() - margin, b.bottom() + margin) for b in boxes):
        if merged and top <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], bottom)
        else:
            merged.append([top, bottom])
    return merged
