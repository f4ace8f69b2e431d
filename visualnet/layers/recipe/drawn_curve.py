"""A curve of the learning rate that is drawn by hand: points (epoch, share of the rate), and lines between them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

Points = tuple[tuple[float, float], ...]
MOST_POINTS = 64
LAST_EPOCH, MOST_SHARE = 1_000_000.0, 1_000.0
LINES = {
    "linear": "straight lines from point to point",
    "smooth": "half a cosine from point to point: level at each of them",
}
"""How it goes from point to point."""


@lru_cache(maxsize=256)
def read_points(text: str) -> Points:
    """The points that a line writes: ``0:1, 5:0.5, 10:0.1``.

    Raises:
        ValueError: it is written otherwise, or they do not follow one another; the words say how it is written.
    """
    points: list[tuple[float, float]] = []
    for part in text.split(","):
        left, _, right = part.partition(":")
        try:
            epoch, share = float(left), float(right)
        except ValueError:
            words = f"“{part.strip()[:40]}” is no point; write the epoch, a colon and the share of the rate, as 0:1, 5:0.5, 10:0.1"
            raise ValueError(words) from None
        if not (math.isfinite(epoch) and 0 <= epoch <= LAST_EPOCH):
            raise ValueError(f"the epoch {left.strip()} is none: it can be 0 to {LAST_EPOCH:,.0f}")
        if not (math.isfinite(share) and 0 <= share <= MOST_SHARE):
            raise ValueError(
                f"the share {right.strip()} at epoch {epoch:g} can be 0 to {MOST_SHARE:,.0f} times the rate"
            )
        points.append((epoch, share))
    if points[0][0]:
        raise ValueError(f"the first point stands at epoch {points[0][0]:g}; write where the rate begins, as 0:1")
    for (before, _), (epoch, _) in pairwise(points):
        if epoch <= before:
            raise ValueError(f"epoch {epoch:g} stands behind {before:g}: write the points in the order of their epochs")
    if len(points) > MOST_POINTS:
        raise ValueError(f"these are {len(points)} points; {MOST_POINTS} can be said")
    return tuple(points)


def write_points(points: Iterable[tuple[float, float]]) -> str:
    """The line that `read_points` reads."""
    return ", ".join(f"{epoch:g}:{share:g}" for epoch, share in points)


def share_at(points: Points, smooth: bool, epoch: float) -> float:
    """The share of the rate at an epoch; behind the last point it stays. A training script prints the same arithmetic."""
    for (start, high), (end, low) in pairwise(points):
        if epoch < end:
            along = (epoch - start) / (end - start)
            if smooth:
                along = (1 - math.cos(math.pi * along)) / 2
            return high + (low - high) * along
    return points[-1][1]


class DrawnShare:
    """From the number of a step to the share of the rate. ``text`` is how a training script writes it."""

    def __init__(self, points: Points, smooth: bool, steps_per_epoch: int) -> None:
        self.points, self.smooth, self.each = points, smooth, int(steps_per_epoch)
        self.text = f"lambda step: drawn_share(step / {getattr(steps_per_epoch, 'text', self.each)})"

    def __call__(self, step: int) -> float:
        return share_at(self.points, self.smooth, step / self.each)
