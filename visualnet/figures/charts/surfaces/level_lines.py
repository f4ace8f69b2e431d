"""Lines of equal height over a grid of heights, by marching squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Segment = tuple[tuple[float, float], tuple[float, float]]
"""A straight piece of a line, from a place to a place."""


def trace_line(heights: NDArray[Any], x: Sequence[float], y: Sequence[float], value: float) -> list[Segment]:
    """The line on which a surface has this height, as straight pieces: in each cell of the grid the sides that it crosses are joined
    (marching squares), and where it crosses all four, by the height in the middle."""
    found: list[Segment] = []
    above = heights > value
    mixed = above[:-1, :-1].astype(int) + above[1:, :-1] + above[:-1, 1:] + above[1:, 1:]
    finite = np.isfinite(heights)
    whole = finite[:-1, :-1] & finite[1:, :-1] & finite[:-1, 1:] & finite[1:, 1:]
    for row, column in np.argwhere((mixed > 0) & (mixed < 4) & whole).tolist():
        corners = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
        crossings: list[tuple[float, float]] = []
        for at in range(4):
            (r0, c0), (r1, c1) = corners[at], corners[(at + 1) % 4]
            if above[r0, c0] != above[r1, c1]:
                share = float((value - heights[r0, c0]) / (heights[r1, c1] - heights[r0, c0]))
                crossings.append((x[c0] + share * (x[c1] - x[c0]), y[r0] + share * (y[r1] - y[r0])))
        if len(crossings) == 2:
            found.append((crossings[0], crossings[1]))
        else:
            middle = float(heights[row : row + 2, column : column + 2].mean()) > value
            # The corners on the side of the middle are joined through it; the two others are cut off, each by a piece of its own.
            first = bool(above[row, column]) == middle
            pairs = ((0, 1), (2, 3)) if first else ((3, 0), (1, 2))
            found += [(crossings[a], crossings[b]) for a, b in pairs]
    return found
