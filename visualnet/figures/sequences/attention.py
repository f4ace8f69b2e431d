"""Attention in words and places: what a position of the sequence is called, what a query looks at, how many maps stand in a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import capitalize_first
from visualnet.figures.sequences.thinning import thin_by_maximum

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Attention:
    """Weights (heads, queries, sources) of one sample; each row sums to 1.

    ``grid`` is the rows and columns of image patches that the sources are, ``extra`` how many tokens come before the patches. ``queries``
    and ``sources`` are their words, where they have some. ``maps`` are the weights thinned by maximum, for the small maps of long
    sequences. ``title`` is what a map is called, its number behind it where there are several; ``verb`` what joins a
    query to its sources.
    """

    weights: Floats
    grid: tuple[int, int] | None = None
    extra: int = 0
    step: int | None = None
    query_words: tuple[str, ...] = ()
    source_words: tuple[str, ...] = ()
    maps: Floats | None = None
    title: str = "head"
    verb: str = "looks at"

    @property
    def queries(self) -> int:
        return int(self.weights.shape[1])

    @property
    def is_self(self) -> bool:
        """Self-attention: the queries are the sources, so a source can be asked."""
        _, queries, sources = self.weights.shape
        return bool(queries == sources and self.query_words == self.source_words)

    @property
    def middle(self) -> int:
        """The query that is asked first: the patch in the middle of the image, or the first position."""
        at = self.extra + self.grid[0] // 2 * self.grid[1] + self.grid[1] // 2 if self.grid is not None else 0
        return min(at, self.queries - 1)

    @cached_property
    def highest(self) -> float:
        """The greatest weight there is, for the top of the colour map."""
        return peak(self.weights)

    def patches(self, head: int, query: int) -> Floats:
        """What a query looks at, over the patches."""
        assert self.grid is not None
        return self.weights[head, query, self.extra :].reshape(self.grid)

    def map_of(self, head: int, rows: int, columns: int) -> Floats:
        """A head's weights with at most so many rows and columns, so that the greatest of those that fall together is seen."""
        maps = self.maps
        enough = maps is not None and maps.shape[1] >= rows and maps.shape[2] >= columns
        whole = maps[head] if maps is not None and enough else self.weights[head]
        return np.asarray(thin_by_maximum(whole, rows, columns))

    def head_name(self, head: int) -> str:
        """What a map is called."""
        return f"{self.title} {head}" if len(self.weights) > 1 or self.title == "head" else self.title

    def query_name(self, index: int) -> str:
        """What a query is called."""
        return self._name(index, self.query_words)

    def name(self, index: int) -> str:
        """What a source is called."""
        return self._name(index, self.source_words)

    def short_name(self, index: int, of_query: bool = False) -> str:
        """What stands beside a row or column: the word, or the number."""
        words = self.query_words if of_query else self.source_words
        return words[index] if index < len(words) else str(index)

    def _name(self, index: int, words: tuple[str, ...]) -> str:
        if index < len(words):
            return f"“{words[index]}” ({index})"
        if self.grid is None:
            return f"position {index}"
        if index >= self.extra:
            row, column = divmod(index - self.extra, self.grid[1])
            return f"patch ({row}, {column})"
        return "class token" if self.extra == 1 else f"extra token {index}"

    def describe(self, head: int, query: int) -> str:
        """The three sources that a query looks at most."""
        row = self.weights[head, query]
        name = self.head_name(head)
        start = capitalize_first(name) if self.step is None else f"Step {self.step:,}, {name}"
        if not np.isfinite(row).all():
            return f"{start}: query {self.query_name(query)} has weights that are not finite."
        top = np.argsort(-row, kind="stable")[:3]
        most = ", ".join(f"{self.name(int(i))} {row[i]:.2f}" for i in top)
        return f"{start}: query {self.query_name(query)} {self.verb} {most}. Row sum {float(row.sum()):.2f}."


def peak(weights: Floats) -> float:
    """The greatest finite weight, or 1 where there is none above zero."""
    most = float(weights.max()) if weights.size else 0.0
    if 0 < most < np.inf:
        return most  # with millions of weights, looking for those that are not finite takes longer than drawing
    finite = weights[np.isfinite(weights)]
    return float(finite.max()) if len(finite) and finite.max() > 0 else 1.0


def square_patches(length: int) -> tuple[tuple[int, int] | None, int]:
    """The square grid of patches that a sequence of this length may be, and how many tokens come before it (a class token)."""
    for extra in (0, 1):
        side = isqrt(max(length - extra, 0))
        if side > 1 and side * side == length - extra:
            return (side, side), extra
    return None, 0


def grey_levels(image: Floats) -> NDArray[np.uint8]:
    """An image (H W or C H W) as grey levels from its least to its greatest value."""
    flat = image.mean(0) if image.ndim == 3 else image
    flat = np.nan_to_num(flat, posinf=0, neginf=0)
    low, span = flat.min(), np.ptp(flat) or 1.0
    return np.ascontiguousarray(((flat - low) * (255 / span)).astype(np.uint8))


def map_columns(heads: int, wide: int, high: int, gap: int, label: int, least: int, most: int) -> tuple[int, int]:
    """How many maps stand side by side, and their edge: the largest that fit, or the least edge in rows that scroll."""
    columns, cell = max((wide + gap) // (least + gap), 1), least
    for wanted in range(1, heads + 1):
        rows = -(-heads // wanted)
        edge = min((wide + gap) // wanted - gap, (high - gap) // rows - label - gap, most)
        if edge > cell:
            columns, cell = wanted, edge
    return columns, cell
