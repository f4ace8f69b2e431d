"""What a network makes of a plane: its classes as colours, paler where it is unsure, and the line where it decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

POINT_SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-3, -3), (3, -3), (3, 3), (-3, 3)),
    ((0, -4.2), (4.2, 0), (0, 4.2), (-4.2, 0)),
    ((0, -4), (3.8, 3), (-3.8, 3)),
)
"""Circle, square, diamond, triangle by class, in px from the middle: colour is not the only sign."""


def padded_range(values: Floats, share: float) -> tuple[float, float]:
    """From the least to the greatest value, with a share of room at both ends."""
    low, high = float(values.min()), float(values.max())
    room = (high - low) * share if high > low else 0.5
    return low - room, high + room


def region_colours(grid: Floats, colours: Sequence[Colour], ground: Colour) -> NDArray[np.uint8]:
    """Each cell in the colour of its most probable class, mixed into the ground by how unsure it is.

    ``grid`` is probabilities (classes, rows, columns), row 0 at the bottom. Pixels are blue, green, red, 255, row 0 at the top.
    """
    sure = np.nan_to_num(grid)
    best, share = sure.argmax(0), sure.max(0)
    strength = 0.10 + 0.45 * np.clip((share - 1 / len(grid)) / (1 - 1 / len(grid)), 0, 1)[..., None]
    inks, base = np.array(colours, np.float64)[best], np.array(ground, np.float64)
    pixels = np.full((*best.shape, 4), 255, np.uint8)
    pixels[..., :3] = (base + (inks - base) * strength)[::-1, :, ::-1].round()
    return pixels


def boundary(grid: Floats) -> list[tuple[Floats, Floats]]:
    """Line pieces, in cells (column, row), where a class's lead over all others passes through zero.

    Marching squares: on the edges of each square of four cells the lead is followed linearly to its zero.
    """
    pieces: list[tuple[Floats, Floats]] = []
    for k in range(1, 2) if len(grid) == 2 else range(len(grid)):
        lead = grid[k] - np.delete(grid, k, axis=0).max(0)
        above = lead > 0
        corners = above[:-1, :-1].astype(int) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
        for r, c in zip(*np.nonzero((corners > 0) & (corners < 4)), strict=True):
            spots = [np.array([c, r], np.float64) + point for point in _crossings(lead[r : r + 2, c : c + 2])]
            pieces += list(zip(spots[::2], spots[1::2], strict=False))
    return pieces


def _crossings(square: Floats) -> list[tuple[float, float]]:
    """Where the lead is zero on the bottom, right, top and left edge of a unit square."""
    (a, b), (c, d) = square.tolist()
    edges = ((a, b, None, 0.0), (b, d, 1.0, None), (c, d, None, 1.0), (a, c, 0.0, None))
    found: list[tuple[float, float]] = []
    for start, end, x, y in edges:
        if (start > 0) != (end > 0) and np.isfinite(start - end):
            at = start / (start - end)
            found.append((at if x is None else x, at if y is None else y))
    return found
