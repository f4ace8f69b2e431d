"""Whether straight lines can divide classes of points."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lines_divide(points_ND: Any, labels_N: Any) -> bool:
    """Whether of each two classes all points lie on different sides of some straight line (none on it). Where that is not so, no layer
    that bends nothing can tell the classes apart.

    Two convex polygons are apart where a line along an edge of one of them separates them; where one of them is a single point or a
    stretch, also a line across the shortest way between two of their corners, or across the stretch.
    """
    points, labels = np.asarray(points_ND, np.float64).reshape(-1, 2), np.asarray(labels_N).reshape(-1)
    parts = [points[labels == one] for one in np.unique(labels)]
    return all(_apart(one, other) for one, other in combinations(parts, 2))


def _apart(first: Floats, second: Floats) -> bool:
    hulls = convex_hull(first), convex_hull(second)
    ways = np.concatenate([_edges(hulls[0]), _edges(hulls[1]), _between(*hulls)])
    across = np.concatenate([np.stack([-ways[:, 1], ways[:, 0]], 1), ways])
    one, other = hulls[0] @ across.T, hulls[1] @ across.T
    # What is equal but for rounding counts as touching.
    slack = 1e-9 * (np.abs(one).max(0) + np.abs(other).max(0))
    return bool(((one.max(0) < other.min(0) - slack) | (other.max(0) < one.min(0) - slack)).any())


def convex_hull(points_ND: Floats) -> Floats:
    """The corners of the smallest convex polygon around points, anticlockwise (Andrew's monotone chain); of points on a line its ends."""
    every = np.unique(points_ND, axis=0)
    if len(every) < 3:
        return every
    half = [_half_hull(every), _half_hull(every[::-1])]
    return np.array(half[0][:-1] + half[1][:-1])


def _half_hull(points: Floats) -> list[Floats]:
    found: list[Floats] = []
    for point in points:
        while len(found) > 1 and _turn(found[-2], found[-1], point) <= 0:
            found.pop()
        found.append(point)
    return found


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _edges(hull: Floats) -> Floats:
    return np.roll(hull, -1, axis=0) - hull if len(hull) > 1 else np.zeros((0, 2))


def _between(first: Floats, second: Floats) -> Floats:
    """From one corner of the first to the nearest of the second: across it two single points, or a point and a stretch, are apart."""
    apart = second[None] - first[:, None]
    nearest = np.unravel_index((apart**2).sum(-1).argmin(), apart.shape[:2])
    return apart[nearest][None]
