"""Attention as lines between words: queries at the left, sources at the right, a colour for each head."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import (
    USUAL,
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Rectangle,
    Stroke,
    shorten,
    text_width,
)

LINE = 20.0
"""The height of a word, in px."""
HEAD = 16.0
"""The edge of a head's square."""
TOP = 46.0
MOST_LINES = 100
"""Of more lines the strongest are drawn: fainter ones would not be seen between them."""
MOST_WIDE = 24
"""So many lines are as wide as they are strong; more are thin ones, which are painted ten times as fast."""
FAINT = 0.02
"""A weight below this is no line."""
MOST_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class WordLines(Chart):
    """Weights (heads, queries, sources) with the names of queries and sources. ``heads`` are those that are drawn (all, if none is
    named), ``query`` or ``source`` the one whose lines alone are drawn, ``first`` the number of the topmost word.
    """

    kind = "attention-lines"
    weights: NDArray[Any]
    queries: tuple[str, ...]
    sources: tuple[str, ...]
    heads: frozenset[int] = frozenset()
    query: int = -1
    source: int = -1
    first: int = 0

    @property
    def shown_heads(self) -> list[int]:
        """The heads whose lines are drawn."""
        return [head for head in range(len(self.weights)) if not self.heads or head in self.heads]

    def visible(self, height: float) -> int:
        """How many words have room under each other."""
        return max(int((height - TOP - 8) / LINE), 1)

    def columns(self, width: float) -> tuple[float, float]:
        """Where the left words end and the right words begin, in px."""
        room = max(width * 0.34, 60.0)
        left = min(max(map(text_width, self.queries), default=40.0) * USUAL / 11 + 22, room)
        right = min(max(map(text_width, self.sources), default=40.0) * USUAL / 11 + 22, room)
        return left, width - right

    def lines(self, height: float) -> list[tuple[int, int, int, float]]:
        """The lines that are drawn, the faintest first: head, query, source, weight."""
        count = self.visible(height)
        last = self.first + count
        heads = self.shown_heads
        queries = (
            range(self.first, min(last, len(self.queries))) if self.query < 0 else range(self.query, self.query + 1)
        )
        columns = slice(None) if self.source < 0 else slice(self.source, self.source + 1)
        if self.source >= 0 and self.query < 0:
            queries = range(len(self.queries))
        part = self.weights[heads, queries.start : queries.stop, columns]
        flat = part.reshape(-1)
        kept = np.flatnonzero((flat >= FAINT) & (flat < np.inf))
        if len(kept) > MOST_LINES:
            kept = kept[np.argpartition(flat[kept], -MOST_LINES)[-MOST_LINES:]]
        kept = kept[np.argsort(flat[kept], kind="stable")]
        head, query, source = np.unravel_index(kept, part.shape)
        begin = max(self.source, 0)
        return [
            (heads[h], queries.start + q, begin + s, float(flat[k]))
            for h, q, s, k in zip(head.tolist(), query.tolist(), source.tolist(), kept.tolist(), strict=True)
        ]

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        left, right = self.columns(width)
        marks: list[Mark] = []
        bottom = TOP + self.visible(height) * LINE
        drawn = self.lines(height)
        for head, query, source, weight in drawn:
            width_of = 1.0 + 2.0 * min(weight, 1.0) if len(drawn) <= MOST_WIDE else 1.0
            marks.append(self._line(head, (query, source), weight, (left, right), bottom)._replace(width=width_of))
        # What is scrolled away must not be seen above and below the words.
        marks.append(Rectangle(0, 0, width, TOP - 2, "surface"))
        regions = self._draw_heads(marks, left, width)
        regions += self._draw_column(marks, self.queries, True, left, height)
        regions += self._draw_column(marks, self.sources, False, right, height)
        most = max((weight for *_, weight in drawn), default=0.0)
        told = f"{format_quantity(len(drawn), 'line')}, the strongest {format_number(most)}" if drawn else "no lines"
        if len(drawn) == MOST_LINES:
            told = f"the {MOST_LINES} strongest lines, the strongest {format_number(most)}"
        marks.append(Label((left + right) / 2, TOP - 12, told, align="centre"))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _line(
        self, head: int, ends: tuple[int, int], weight: float, edges: tuple[float, float], bottom: float
    ) -> Stroke:
        """A line from a query to a source, cut where the words begin and end."""
        (left, right), (begin, end) = edges, (self._y(ends[0]), self._y(ends[1]))

        def cut(x: float, y: float) -> tuple[float, float]:
            at = min(max(y, TOP - 2), bottom)
            return (left + (at - begin) / (end - begin) * (right - left), at) if at != y and end != begin else (x, at)

        return Stroke((cut(left, begin), cut(right, end)), f"curve:{head}", alpha=_ink(weight))

    def _y(self, at: int) -> float:
        return TOP + (at - self.first + 0.5) * LINE

    def _draw_heads(self, marks: list[Mark], left: float, width: float) -> list[HitRegion]:
        """A square for each head; one that is not drawn is pale."""
        shown, regions = set(self.shown_heads), []
        marks.append(Label(8, 14, "heads"))
        step = min(HEAD + 4, max((width - 60) / max(len(self.weights), 1), 3.0))
        for head in range(len(self.weights)):
            x = 48 + head * step
            marks.append(
                Rectangle(
                    x, 6, step - 4 if step > 8 else step - 1, HEAD, f"curve:{head}", 1.0 if head in shown else 0.15
                )
            )
            if step >= HEAD:
                marks.append(
                    Label(
                        x + (step - 4) / 2,
                        14,
                        str(head),
                        f"on curve:{head}" if head in shown else "text",
                        align="centre",
                    )
                )
            regions.append(HitRegion(x, 4, step, HEAD + 4, f"head {head}"))
        return regions

    def _draw_column(
        self, marks: list[Mark], names: tuple[str, ...], is_query: bool, edge: float, height: float
    ) -> list[HitRegion]:
        chosen = self.query if is_query else self.source
        regions: list[HitRegion] = []
        for at in range(self.first, min(self.first + self.visible(height), len(names))):
            y = self._y(at)
            x, align = (edge - 6, "right") if is_query else (edge + 6, "left")
            room = edge - 10 if is_query else 10_000
            marks += self._shade(at, is_query, edge, y)
            bold = at == chosen
            marks.append(Label(x, y, shorten(names[at], room, USUAL), "text", USUAL, align, bold))
            left = 0.0 if is_query else edge
            words = f"query {at} “{names[at]}”" if is_query else f"source {at} “{names[at]}”"
            regions.append(HitRegion(left, y - LINE / 2, edge if is_query else 400.0, LINE, words))
        return regions

    def _shade(self, at: int, is_query: bool, edge: float, y: float) -> list[Mark]:
        """How much the chosen word on the other side is joined to this one: a bar for each head, side by side."""
        heads = self.shown_heads
        if is_query and self.source >= 0 and self.query < 0:
            weights = [float(self.weights[head, at, self.source]) for head in heads]
            start = 2.0
        elif not is_query and self.query >= 0:
            weights = [float(self.weights[head, self.query, at]) for head in heads]
            start = edge + 2
        else:
            return []
        wide = max(min((edge if is_query else 120.0) - 4, 120.0) / max(len(heads), 1), 1.0)
        return [
            Rectangle(start + i * wide, y - LINE / 2 + 1, wide, LINE - 2, f"curve:{head}", 0.6 * _ink(weight))
            for i, (head, weight) in enumerate(zip(heads, weights, strict=True))
        ]

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("head", "query", "query word", "source", "source word", "weight")
        every = np.ndindex(*self.weights.shape)
        for (head, query, source), _ in zip(every, range(MOST_ROWS), strict=False):
            weight = float(self.weights[head, query, source])
            yield (head, query, self.queries[query], source, self.sources[source], weight)

    def description(self) -> str:
        heads, queries, sources = self.weights.shape
        return f"Attention of {format_quantity(heads, 'head')} from {queries} queries to {sources} sources, as lines"


def _ink(weight: float) -> float:
    """How much ink a weight gets: by its root, so that what is spread over many words is seen too."""
    return math.sqrt(min(max(weight, 0.0), 1.0))
