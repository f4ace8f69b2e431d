"""Where a figure's pieces stand: along the flow from left to right, branches below one another, a U where a network goes down and up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.geometry.map_boxes import SLANT
from visualnet.analysis.geometry.sheet_geometry import GRID
from visualnet.core.graph import Graph, Node, Port
from visualnet.figures.paper_content import Content, Link, Piece

LINE = 14.0
GAP, NEAR = 34.0, 16.0
RAIL = 16.0
CLEAR = 6.0
"""Between words and a link that runs past them."""
LARGEST, SMALLEST = 132.0, 12.0
SHEET = 5.0
"""How far each sheet stands beside the one in front."""


class Body(NamedTuple):
    """How large a piece is drawn: the front's width and height, how far it runs back, and the words below it."""

    wide: float
    high: float
    back: float
    words: tuple[str, ...]
    text: float

    @property
    def full(self) -> float:
        """Width with what runs back."""
        return self.wide + self.back


class PlacedPiece(NamedTuple):
    """A piece in its place: left edge and middle of the front, and its body."""

    piece: Piece
    body: Body
    x: float
    y: float
    column: int
    caption: float
    """Where its words begin."""

    @property
    def top(self) -> float:
        """The highest ink."""
        return self.y - self.body.high / 2 - self.body.back

    @property
    def bottom(self) -> float:
        """The lowest ink of the body."""
        return self.y + self.body.high / 2

    @property
    def words_bottom(self) -> float:
        """The lowest ink of its words."""
        return self.caption + LINE * len(self.body.words) if self.body.words else self.bottom

    @property
    def top_at_middle(self) -> float:
        """The highest ink halfway from left to right."""
        run = self.body.back if self.piece.form == "sheets" else min(self.body.back, self.body.full / 2)
        return self.y - self.body.high / 2 - run

    @property
    def middle(self) -> float:
        """Halfway from left to right."""
        return self.x + self.body.full / 2

    @property
    def edges(self) -> tuple[float, float]:
        """Left and right of its ink, words included."""
        half = max(self.body.full, self.body.text) / 2
        return self.middle - half, self.middle + half

    @property
    def entry(self) -> tuple[float, float]:
        """Where a link arrives."""
        return self.x, self.y

    @property
    def exit(self) -> tuple[float, float]:
        """Where a link leaves."""
        runs_back = self.piece.form == "box" and self.body.back > self.body.high / 2
        return self.x + self.body.full, self.y - (self.body.back / 2 if runs_back else 0)


class Route(NamedTuple):
    """A link's points, from piece to piece."""

    link: Link
    points: tuple[tuple[float, float], ...]


class PaperLayout(NamedTuple):
    """The figure's pieces in their places, and the routes of the links."""

    spots: dict[str, PlacedPiece]
    routes: list[Route]
    u: bool


def place(content: Content, text_width: Mapping[str, float]) -> PaperLayout:
    """Put every piece in its place. ``text_width`` is how wide each line of words is."""
    columns = _columns(content, {})
    levels = _levels(content, columns)
    u = _is_u(content, columns, levels)
    if u:
        columns = _columns(content, levels)
    bodies = _bodies(content, text_width, 1 if u else max(Counter(columns.values()).values(), default=1))
    middles = _u_rows(content, bodies, levels) if u else _rows(content, bodies, columns)
    spots = _spots(content, bodies, columns, middles)
    if not u and len(set(columns.values())) == len(columns):
        deepest = max((s.bottom for s in spots.values()), default=0.0)
        spots = {i: s._replace(caption=deepest) for i, s in spots.items()}
    return PaperLayout(spots, _routes(content, spots), u)


# --- sizes --------------------------------------------------------------------------------------------------------------------------


def _bodies(content: Content, text_width: Mapping[str, float], lanes: int) -> dict[str, Body]:
    pieces = content.pieces.values()
    sides = [max(p.extent[1:]) for p in pieces if p.form in ("sheets", "box")]
    bars = [p.extent[1] for p in pieces if p.form == "bar"]
    largest, longest = max(sides, default=1), max(bars, default=1)
    most = LARGEST / min(2.0, max(1.0, lanes / 1.7))
    return {p.id: _body(p, largest, longest, most, text_width) for p in pieces}


def _body(piece: Piece, largest: int, longest: int, most: float, text_width: Mapping[str, float]) -> Body:
    channels, high, wide = piece.extent
    below = {"label": (piece.size,), "sign": ()}.get(piece.form, (piece.size, piece.title, *piece.notes))
    words = tuple(filter(None, below))
    text = max((text_width[w] for w in words), default=0.0)
    if piece.form == "sign":
        return Body(22, 22, 0, words, text)
    if piece.form == "label":
        width = max(text_width[w] for w in (piece.title, *piece.notes)) + 22
        return Body(max(58.0, width), 26 + LINE * (1 + len(piece.notes)), 0, words, text)
    if piece.form == "bar":
        return Body(9, 24 + (most - 16) * _log(high, longest), 5, words, text)
    tall, broad = (SMALLEST + (most - SMALLEST) * _log(n, largest) for n in (high, wide))
    if piece.form == "sheets":
        behind = SHEET * (sheets(channels) - 1)
        return Body(broad, tall, behind, words, text)
    return Body(5 + 5.2 * math.log2(channels), tall, broad * SLANT, words, text)


def sheets(channels: int) -> int:
    """How many sheets stand for so many maps: each one up to six, then ever fewer more."""
    return channels if channels <= 6 else min(12, 6 + round(2 * math.log2(channels / 6)))


def _log(value: int, largest: int) -> float:
    return math.log(1 + value) / math.log(1 + largest) if largest > 1 else 1.0


# --- columns and rows ---------------------------------------------------------------------------------------------------------------


def _columns(content: Content, levels: Mapping[str, int]) -> dict[str, int]:
    """The longest path to each piece; what nothing leads to stands right before what it is for.

    Where ``levels`` are given, what is halved or doubled stands below or above what it comes from.
    """
    column = dict.fromkeys(content.pieces, 0)
    for link in content.links:
        aside = levels.get(link.source, 0) == levels.get(link.target, 0)
        column[link.target] = max(column[link.target], column[link.source] + aside)
    takers: dict[str, list[str]] = {}
    fed = {link.target for link in content.links}
    for link in content.links:
        takers.setdefault(link.source, []).append(link.target)
    for piece in reversed(content.pieces):
        if piece not in fed and piece in takers:
            column[piece] = min(column[t] for t in takers[piece]) - 1
    return column


def _levels(content: Content, columns: Mapping[str, int]) -> dict[str, int]:
    """How often each piece's maps have been halved since the input, along the links from the nearest piece before."""
    before: dict[str, str] = {}
    for link in sorted(content.links, key=lambda k: columns[k.source]):
        before[link.target] = link.source
    level: dict[str, int] = {}
    for piece in content.pieces.values():
        source = content.pieces.get(before.get(piece.id, ""))
        level[piece.id] = level.get(before.get(piece.id, ""), 0)
        if source is not None and source.form == piece.form in ("sheets", "box"):
            level[piece.id] += round(math.log2(source.extent[1] / piece.extent[1]))
    return level


def _is_u(content: Content, columns: Mapping[str, int], levels: Mapping[str, int]) -> bool:
    """Whether it goes down and up again, with links across from side to side."""
    rises = any(levels[k.target] < levels[k.source] for k in content.links)
    across = [
        k for k in content.links if columns[k.target] - columns[k.source] > 3 and levels[k.target] <= levels[k.source]
    ]
    return rises and bool(across)


def _u_rows(content: Content, bodies: Mapping[str, Body], levels: Mapping[str, int]) -> dict[str, float]:
    middles, y = {}, 0.0
    for level in sorted(set(levels.values())):
        row = [i for i in content.pieces if levels[i] == level]
        above = max(bodies[i].high / 2 + bodies[i].back for i in row)
        below = max(bodies[i].high / 2 + LINE * len(bodies[i].words) for i in row)
        middles.update(dict.fromkeys(row, y + above))
        y += above + below + GAP
    return middles


def _rows(content: Content, bodies: Mapping[str, Body], columns: Mapping[str, int]) -> dict[str, float]:
    """Branches below one another, by the canvas' own layout; links over several columns are led round and take no room."""
    nodes = {i: Node(id=i, kind="figure", name=i) for i in content.pieces}
    wires = {}
    into, out_of = Counter(k.target for k in content.links), Counter(k.source for k in content.links)
    for number, link in enumerate(content.links):
        short = columns[link.target] - columns[link.source] == 1
        if short or into[link.target] == 1 or out_of[link.source] == 1:
            wires[Port(link.target, f"x{number}")] = Port(link.source, "y")
    sizes, offsets = {}, {}
    for i, body in bodies.items():
        above, below = body.high / 2 + body.back, body.high / 2 + LINE * len(body.words)
        sizes[i] = (max(body.full, body.text), above + below)
        for port in ("y", *(f"x{n}" for n in range(len(content.links)))):
            offsets[i, "out" if port == "y" else "in", port] = above
    if len(set(columns.values())) == len(nodes) or len(nodes) * len(content.links) > 250_000:
        return dict.fromkeys(nodes, 0.0)
    places = tidy(Graph(nodes, wires), sizes, offsets=offsets)
    return _level({i: places[i][1] + bodies[i].high / 2 + bodies[i].back for i in nodes})


def _level(middles: Mapping[str, float]) -> dict[str, float]:
    """Rows that differ by less than the canvas' grid are one."""
    level: dict[str, float] = {}
    row = -math.inf
    for i, y in sorted(middles.items(), key=lambda item: item[1]):
        row = y if y - row > GRID + 4 else row
        level[i] = row
    return level


def _spots(
    content: Content, bodies: Mapping[str, Body], columns: Mapping[str, int], middles: Mapping[str, float]
) -> dict[str, PlacedPiece]:
    by_column: dict[int, list[str]] = {}
    for i in content.pieces:
        by_column.setdefault(columns[i], []).append(i)
    alike = {
        (k.source, k.target) for k in content.links if _same_form(content.pieces[k.source], content.pieces[k.target])
    }
    spots: dict[str, PlacedPiece] = {}
    x, edge, previous = 0.0, -1e6, list[str]()
    for column in sorted(by_column):
        row = by_column[column]
        near = len(row) == len(previous) == 1 and (previous[0], row[0]) in alike
        wide, text = max(bodies[i].full for i in row), max(bodies[i].text for i in row)
        x += NEAR if near else GAP
        # Words below neighbours never touch.
        left = max(x, edge + 2 * CLEAR + (text - wide) / 2)
        for i in row:
            at = left + (wide - bodies[i].full) / 2
            spots[i] = PlacedPiece(
                content.pieces[i], bodies[i], at, middles[i], column, middles[i] + bodies[i].high / 2
            )
        x, edge = left + wide, left + wide / 2 + text / 2
        previous = row
    return spots


def _same_form(one: Piece, other: Piece) -> bool:
    return one.form == other.form != "label" and one.extent[1:] == other.extent[1:]


# --- routes ---------------------------------------------------------------------------------------------------------------------------


class _Rail(NamedTuple):
    """A level piece of a route above what stands on the way."""

    start: float
    end: float
    y: float
    source: str


def _routes(content: Content, spots: Mapping[str, PlacedPiece]) -> list[Route]:
    routes: list[Route] = []
    rails: list[_Rail] = []
    columns: dict[int, list[PlacedPiece]] = {}
    for spot in spots.values():
        columns.setdefault(spot.column, []).append(spot)
    for link in sorted(content.links, key=lambda k: spots[k.target].column - spots[k.source].column):
        source, target = spots[link.source], spots[link.target]
        if source.column == target.column:
            routes.append(Route(link, _upright(source, target)))
            continue
        (x0, y0), (x1, y1) = source.exit, target.entry
        between = [s for c in range(source.column + 1, target.column) for s in columns.get(c, ())]
        if x1 > x0 and _free(between, y0):
            clear = min(s.edges[0] for s in columns[target.column]) - CLEAR
            middle = clear if clear > x0 else (x0 + x1) / 2
        elif x1 > x0 and _free(between, y1):
            clear = max(s.edges[1] for s in columns[source.column]) + CLEAR
            middle = clear if clear < x1 else (x0 + x1) / 2
        else:
            routes.append(Route(link, _over(source, target, between, rails)))
            continue
        straight = abs(y0 - y1) < 1
        routes.append(
            Route(link, ((x0, y0), (x1, y1)) if straight else ((x0, y0), (middle, y0), (middle, y1), (x1, y1)))
        )
    return routes


def _free(between: list[PlacedPiece], y: float) -> bool:
    return not any(s.top - 4 < y < s.words_bottom + 4 for s in between)


def _upright(source: PlacedPiece, target: PlacedPiece) -> tuple[tuple[float, float], ...]:
    """Straight down to what was halved, or up to what was doubled."""
    x = (source.middle + target.middle) / 2
    if source.y < target.y:
        return (x, source.words_bottom + 6), (x, target.top_at_middle - 3)
    return (x, source.top_at_middle - 3), (x, target.words_bottom + 8)


def _over(
    source: PlacedPiece, target: PlacedPiece, between: list[PlacedPiece], rails: list[_Rail]
) -> tuple[tuple[float, float], ...]:
    """Up, along above everything on the way, and down from above. Links from one piece share their rail."""
    x0, x1 = source.middle, target.middle
    y = min(s.top for s in (source, target, *between)) - RAIL
    shared = next((rail.y for rail in rails if rail.source == source.piece.id and rail.y <= y), None)
    others = [rail for rail in rails if rail.source != source.piece.id and rail.start < x1 and x0 < rail.end]
    if shared is not None:
        y = shared
    else:
        while any(abs(rail.y - y) < RAIL / 2 for rail in others):
            y -= RAIL / 2
    rails.append(_Rail(x0, x1, y, source.piece.id))
    return (x0, source.top_at_middle), (x0, y), (x1, y), (x1, target.top_at_middle - 2)


def bounds(layout: PaperLayout) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all ink."""
    xs: list[float] = []
    ys: list[float] = []
    for spot in layout.spots.values():
        xs += spot.edges
        ys += [spot.top, spot.words_bottom + 8]
    for route in layout.routes:
        xs += [x for x, _ in route.points]
        ys += [y - (LINE if route.link.words else 0) for _, y in route.points]
    return min(xs, default=0.0), min(ys, default=0.0), max(xs, default=0.0), max(ys, default=0.0)


def segments(route: Route) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight pieces of a route."""
    return list(pairwise(route.points))
