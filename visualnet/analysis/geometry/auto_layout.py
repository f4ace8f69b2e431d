"""Lay a graph out in columns, so that it reads in the direction in which tensors flow. No window is needed.

Columns by longest path; long wires keep a lane of their own (dummies); few crossings by barycentres; straight chains by weighted
least squares in each column. What was drawn before gives the first order, so a small change moves little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from visualnet.analysis.geometry.row_breaks import COLUMN_GAP, break_rows
from visualnet.analysis.geometry.sheet_geometry import GRID, ceil_to_grid, snap
from visualnet.core.graph import Graph

ROW_GAP = 48
LANE = 24
BAND_GAP = 72
"""Between two rows of a wrapped chain, and between parts that no wire joins."""
MAX_DUMMIES = 12_000
SWEEPS = 4

Size = tuple[float, float]
Offsets = Mapping[tuple[str, str, str], float]
"""How far along its side a port stands (below the card's top, or for ``down`` right of its left edge), by (node, ``in`` or ``out``, port).
Left out: the card's middle."""


@dataclass(slots=True)
class _Cell:
    """A card, or a long wire's way through one column."""

    key: str
    column: int
    height: float
    width: float = 0.0
    real: bool = True
    before: list[_Link] = field(default_factory=list)
    after: list[_Link] = field(default_factory=list)
    row: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class _Link:
    """One wire's step between neighbouring columns; the offsets say where it meets the two cells."""

    source: _Cell
    target: _Cell
    leaves: float
    enters: float
    weight: float


def tidy(
    graph: Graph,
    sizes: Mapping[str, Size],
    direction: str = "right",
    ids: Iterable[str] | None = None,
    wrap_width: float | None = None,
    offsets: Offsets | None = None,
    pulse: Callable[[], None] = lambda: None,
) -> dict[str, tuple[float, float]]:
    """Where each card should stand (top left corner), for all nodes or for those in ``ids``.

    ``direction`` is ``right`` or ``down``. With ``wrap_width`` a long network continues in a further row wherever a single wire
    leads on. The whole stays where its top left corner was. ``pulse`` is called all along; what it raises ends the work.
    """
    chosen = list(graph.nodes) if ids is None else [i for i in graph.nodes if i in set(ids)]
    if not chosen:
        return {}
    down = direction == "down"
    turned = {i: (sizes[i][1], sizes[i][0]) if down else sizes[i] for i in chosen}
    edges = _edges(graph, set(chosen), offsets or {}, turned)
    old = {i: (y, x) if down else (x, y) for i, (x, y) in graph.places.items() if i in turned}
    places: dict[str, tuple[float, float]] = {}
    top = 0.0
    for part in _parts(chosen, edges):
        inside = set(part)
        own = [e for e in edges if e[0] in inside]
        found, height = _lay_out(part, own, turned, old, wrap_width, pulse)
        places.update({i: (x, y + top) for i, (x, y) in found.items()})
        top += ceil_to_grid(height + BAND_GAP)
    left0, top0 = (min((old[i][k] for i in chosen if i in old), default=0.0) for k in (0, 1))
    left, first = (min(p[k] for p in places.values()) for k in (0, 1))
    across = GRID / 2 if down else GRID  # Ports in the middle of cards of different widths come to stand on one line.
    moved = {i: (snap(x - left + left0), snap(y - first + top0, across)) for i, (x, y) in places.items()}
    return {i: (y, x) if down else (x, y) for i, (x, y) in moved.items()}


# --- what is laid out ---------------------------------------------------------------------------------------------------

_Edge = tuple[str, str, float, float]


def _edges(graph: Graph, inside: set[str], offsets: Offsets, sizes: Mapping[str, Size]) -> list[_Edge]:
    """The wires among the chosen nodes, without those that close a circle."""
    out: dict[str, list[_Edge]] = {i: [] for i in graph.nodes if i in inside}
    for target, source in graph.wires.items():
        if source.node in inside and target.node in inside and source.node != target.node:
            leaves = offsets.get((source.node, "out", source.port), sizes[source.node][1] / 2)
            enters = offsets.get((target.node, "in", target.port), sizes[target.node][1] / 2)
            out[source.node].append((source.node, target.node, leaves, enters))
    kept: list[_Edge] = []
    state: dict[str, int] = {}
    for start in out:
        if start in state:
            continue
        state[start] = 1
        stack = [(start, iter(out[start]))]
        while stack:
            node, rest = stack[-1]
            edge = next(rest, None)
            if edge is None:
                state[node] = 2
                stack.pop()
            elif state.get(edge[1]) != 1:
                kept.append(edge)
                if edge[1] not in state:
                    state[edge[1]] = 1
                    stack.append((edge[1], iter(out[edge[1]])))
    return kept


def _parts(nodes: Sequence[str], edges: Sequence[_Edge]) -> list[list[str]]:
    """The nodes in connected parts, each in file order; the largest first."""
    part = {i: [i] for i in nodes}
    for source, target, *_ in edges:
        small, large = sorted((part[source], part[target]), key=len)
        if small is not large:
            large += small
            part.update(dict.fromkeys(small, large))
    at = {i: number for number, i in enumerate(nodes)}
    parts = {id(part[i]): part[i] for i in nodes}.values()
    return sorted((sorted(each, key=at.__getitem__) for each in parts), key=len, reverse=True)


def _lay_out(
    nodes: Sequence[str],
    edges: Sequence[_Edge],
    sizes: Mapping[str, Size],
    old: Mapping[str, Size],
    wrap_width: float | None,
    pulse: Callable[[], None],
) -> tuple[dict[str, tuple[float, float]], float]:
    """One connected part, its corner at 0, 0; and its height."""
    column = _columns(nodes, edges)
    columns = _cells(nodes, edges, sizes, column)
    _order(columns, old, pulse)
    widths = [max((c.width for c in cells if c.real), default=0.0) for cells in columns]
    places: dict[str, tuple[float, float]] = {}
    top = 0.0
    wires = [[len(cell.after) for cell in cells if cell.after] for cells in columns]
    for band in break_rows(wires, widths, wrap_width):
        own = columns[band.start : band.stop]
        _straighten(own, pulse)
        low = min(c.y for cells in own for c in cells if c.real)
        x = 0.0
        for cells, width in zip(own, widths[band.start : band.stop], strict=True):
            places.update({c.key: (x, c.y - low + top) for c in cells if c.real})
            x += ceil_to_grid(width + COLUMN_GAP)
        top += ceil_to_grid(max(c.y + c.height for cells in own for c in cells if c.real) - low + BAND_GAP)
    return places, top - BAND_GAP


def _columns(nodes: Sequence[str], edges: Sequence[_Edge]) -> dict[str, int]:
    """Longest path from the left; what has nothing before it stands right before what first reads it."""
    before: dict[str, list[str]] = {i: [] for i in nodes}
    after: dict[str, list[str]] = {i: [] for i in nodes}
    for source, target, *_ in edges:
        before[target].append(source)
        after[source].append(target)
    column: dict[str, int] = {}
    for node in TopologicalSorter(before).static_order():
        column[node] = max((column[other] + 1 for other in before[node]), default=0)
    for node in nodes:
        if after[node] and not before[node]:
            column[node] = min(column[other] for other in after[node]) - 1
    least = min(column.values())
    return {i: c - least for i, c in column.items()}


def _cells(
    nodes: Sequence[str], edges: Sequence[_Edge], sizes: Mapping[str, Size], column: Mapping[str, int]
) -> list[list[_Cell]]:
    columns: list[list[_Cell]] = [[] for _ in range(max(column.values()) + 1)]
    cells = {i: _Cell(i, column[i], sizes[i][1], sizes[i][0]) for i in nodes}
    for cell in cells.values():
        columns[cell.column].append(cell)
    left = MAX_DUMMIES
    for source, target, leaves, enters in sorted(edges, key=lambda e: column[e[1]] - column[e[0]]):
        span = column[target] - column[source]
        if span > 1 and span - 1 > left:
            continue  # Such a wire crosses half the picture: it gets no lane, or the picture would be all lanes.
        left -= span - 1
        here, out = cells[source], leaves
        weight = 1.0 if span == 1 else 0.001
        for at in range(column[source] + 1, column[target]):
            lane = _Cell("", at, LANE / 3, real=False)
            columns[at].append(lane)
            _link(here, lane, out, LANE / 6, weight)
            here, out, weight = lane, LANE / 6, 0.02
        _link(here, cells[target], out, enters, 1.0 if span == 1 else 0.001)
    return columns


def _link(source: _Cell, target: _Cell, leaves: float, enters: float, weight: float) -> None:
    link = _Link(source, target, leaves, enters, weight)
    source.after.append(link)
    target.before.append(link)


# --- order within the columns -------------------------------------------------------------------------------------------


def _order(columns: list[list[_Cell]], old: Mapping[str, Size], pulse: Callable[[], None]) -> None:
    """Sort each column so that few wires cross. Two beginnings are tried: as drawn before, and as the wires run."""
    beginnings = [_walked(columns)]
    if any(c.key in old for cells in columns for c in cells):
        beginnings.insert(0, _drawn(columns, old))
    best: tuple[int, list[list[_Cell]]] | None = None
    for begun in beginnings:
        for turn in range(SWEEPS + 1):
            pulse()
            if turn:
                begun = _swept(begun, forwards=turn % 2 == 1)
            crossings = _crossings(begun)
            if best is None or crossings < best[0]:
                best = (crossings, begun)
            if crossings == 0:
                break
    assert best is not None
    columns[:] = best[1]
    _number(columns)


def _number(columns: Sequence[Sequence[_Cell]]) -> None:
    for cells in columns:
        for row, cell in enumerate(cells):
            cell.row = row


def _walked(columns: Sequence[Sequence[_Cell]]) -> list[list[_Cell]]:
    """Each column in the order in which a walk along the wires first meets its cells, real neighbours before lanes."""
    met: dict[int, int] = {}
    for cells in columns:
        for start in cells:
            todo = [start] if not start.before else []
            while todo:
                cell = todo.pop()
                if id(cell) not in met:
                    met[id(cell)] = len(met)
                    # The stack turns the order round, so lanes are pushed first and met last.
                    todo += sorted((k.target for k in reversed(cell.after)), key=lambda c: c.real)
    return [sorted(cells, key=lambda c: met[id(c)]) for cells in columns]


def _drawn(columns: Sequence[Sequence[_Cell]], old: Mapping[str, Size]) -> list[list[_Cell]]:
    """Each column as it was drawn; a lane or a new card takes the height of what leads to it."""
    height: dict[int, float] = {}
    result = []
    for cells in columns:
        for cell in cells:
            known = [height[id(k.source)] for k in cell.before]
            near = sum(known) / len(known) if known else 0.0
            height[id(cell)] = old[cell.key][1] if cell.key in old else near + (0.0 if cell.real else 1.0)
        result.append(sorted(cells, key=lambda c: height[id(c)]))
    return result


def _swept(columns: Sequence[Sequence[_Cell]], forwards: bool) -> list[list[_Cell]]:
    """Order each column by the mean row of its neighbours on one side."""
    _number(columns)
    result: list[list[_Cell]] = [list(cells) for cells in columns]
    for at in range(len(columns)) if forwards else range(len(columns) - 1, -1, -1):
        cells = result[at]
        if len(cells) > 1:
            wish = {}
            for cell in cells:
                links = cell.before if forwards else cell.after
                rows = [(k.source if forwards else k.target).row + _fraction(k, forwards) for k in links]
                wish[id(cell)] = sum(rows) / len(rows) if rows else cell.row
            cells.sort(key=lambda c: wish[id(c)])
        for row, cell in enumerate(cells):
            cell.row = row
    return result


def _fraction(link: _Link, forwards: bool) -> float:
    """Where on a card's edge the wire stands, so that the ports' order counts too."""
    return 0.5 * link.leaves / (link.source.height or 1) if forwards else 0.5 * link.enters / (link.target.height or 1)


def _crossings(columns: Sequence[Sequence[_Cell]]) -> int:
    """How many pairs of wires cross: of two wires the one that begins higher ends lower."""
    _number(columns)
    total = 0
    for cells in columns:
        seen: list[float] = []
        for cell in cells:
            for _, row in sorted((k.leaves, k.target.row + _fraction(k, False)) for k in cell.after):
                at = bisect_right(seen, row)
                total += len(seen) - at
                seen.insert(at, row)
    return total


# --- coordinates --------------------------------------------------------------------------------------------------------


def _straighten(columns: Sequence[Sequence[_Cell]], pulse: Callable[[], None]) -> None:
    """Heights that keep chains straight and cards apart: each column in turn gives its cells the best places for their neighbours'."""
    inside = {id(c) for cells in columns for c in cells}
    for cells in columns:
        y = 0.0
        for cell in cells:
            cell.y = y
            y += cell.height + ROW_GAP
    for forwards in (True, False, True, False, True):
        for cells in columns if forwards else reversed(columns):
            pulse()
            _settle(cells, inside, forwards)
    for cells in columns:
        for cell in cells:
            cell.y = round(cell.y, 1)


def _settle(cells: Sequence[_Cell], inside: set[int], forwards: bool) -> None:
    wishes = []
    for cell in cells:
        wish, weight = _wish(cell, inside, forwards)
        if not weight:
            wish, weight = _wish(cell, inside, not forwards)
            weight *= 0.01
        wishes.append((wish, weight) if weight else (cell.y, 0.0001))
    # Least squares under "at least so far below the one above": pool those that push each other (isotonic regression).
    blocks: list[tuple[float, float, int]] = []
    shift, shifts = 0.0, []
    for at, (cell, (wish, weight)) in enumerate(zip(cells, wishes, strict=True)):
        if at:
            above = cells[at - 1]
            shift += above.height + (ROW_GAP if above.real and cell.real else LANE)
        shifts.append(shift)
        mean, total, size = wish - shift, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, more, length = blocks.pop()
            mean = (mean * total + other * more) / (total + more)
            total, size = total + more, size + length
        blocks.append((mean, total, size))
    at = 0
    for mean, _, size in blocks:
        for cell in cells[at : at + size]:
            cell.y = mean + shifts[at]
            at += 1


def _wish(cell: _Cell, inside: set[int], before: bool) -> tuple[float, float]:
    """The height at which the wires on one side would be straight, and how much that matters."""
    total = weight = 0.0
    for k in cell.before if before else cell.after:
        other = k.source if before else k.target
        if id(other) in inside:
            straight = other.y + k.leaves - k.enters if before else other.y + k.enters - k.leaves
            total += straight * k.weight
            weight += k.weight
    return (total / weight, weight if cell.real else min(weight, 0.02)) if weight else (0.0, 0.0)
