"""Where a card that a repair adds can stand without covering another."""

from __future__ import annotations

from collections.abc import Iterable

WIDTH, HEIGHT = 200.0, 110.0
"""The room of a usual card with some air, in px of the sheet."""


def free_place(taken: Iterable[tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    """This place, or the next one below it on which no card stands."""
    others = list(taken)
    while any(abs(x - a) < WIDTH and abs(y - b) < HEIGHT for a, b in others):
        y += HEIGHT / 2
    return x, y
