"""Which place of a drawing an arrow key leads to."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.figures.charts.marks import Spot

ASIDE = 3.0
"""So many times as far is a place that lies aside of the way as one that lies on it."""


def find_next(spots: Sequence[Spot], at: int, way: tuple[int, int]) -> int:
    """The number of the place with samples that is nearest on the way (to the right, down) from the place ``at``; where there is none on
    it, the next one in the order of the places, round to the other end. At least one must hold samples."""
    held = [number for number, spot in enumerate(spots) if spot.samples]
    if at not in held:
        return held[0] if sum(way) > 0 else held[-1]
    x, y = _middle(spots[at])
    found: list[tuple[float, int]] = []
    for number in held:
        right, down = (there - here for there, here in zip(_middle(spots[number]), (x, y), strict=True))
        along = right * way[0] + down * way[1]
        aside = abs(right * way[1]) + abs(down * way[0])
        if number != at and along > 0.5 and aside < 2 * along + 0.5:
            found.append((along + ASIDE * aside, number))
    if found:
        return min(found)[1]
    return held[(held.index(at) + sum(way)) % len(held)]


def _middle(spot: Spot) -> tuple[float, float]:
    return spot.x + spot.width / 2, spot.y + spot.height / 2
