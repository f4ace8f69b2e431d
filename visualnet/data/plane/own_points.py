"""Points that a person has set, as the text that stands in a project's file: ``blue 0.5,0.25 -0.1,0; orange 0.3,-0.8``.

Each class is named once, with its points; coordinates have three decimals at most. No NumPy: a project is read without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

CLASS_NAMES = ("blue", "orange", "green", "pink", "sky", "yellow", "red", "grey")
"""What the classes of points are called, in their order."""
MOST = 2000
"""So many points can be set."""
LONGEST = 24 * MOST
"""So many characters the text has at most."""
FAR = 100.0
"""No coordinate is further from zero."""
DECIMALS = 3


class OwnPoint(NamedTuple):
    """A point of the plane and the number of its class."""

    x: float
    y: float
    label: int


def read_points(text: str) -> list[OwnPoint]:
    """The points of a text, in its order.

    Raises:
        ValueError: it cannot be read; the words say what came and what was wanted.
    """
    found: list[OwnPoint] = []
    for part in text.split(";"):
        if not part.strip():
            continue
        name, *places = part.split()
        if name not in CLASS_NAMES:
            raise ValueError(
                f"“{name[:40]}” is no class; wanted is one of {', '.join(CLASS_NAMES)}, then points as 0.5,-0.25"
            )
        found += [OwnPoint(*_read_place(place), CLASS_NAMES.index(name)) for place in places]
    if len(found) > MOST:
        raise ValueError(f"there are {len(found):,} points; {MOST:,} are allowed")
    return found


def write_points(points: Iterable[OwnPoint]) -> str:
    """The text of these points: by class, each in its order.

    Raises:
        ValueError: there are too many.
    """
    every = list(points)
    if len(every) > MOST:
        raise ValueError(f"there are {len(every):,} points; {MOST:,} are allowed: take some away first")
    by_class: dict[int, list[str]] = {}
    for point in every:
        by_class.setdefault(point.label, []).append(f"{_short(point.x)},{_short(point.y)}")
    return "; ".join(f"{CLASS_NAMES[label]} {' '.join(by_class[label])}" for label in sorted(by_class))


def _read_place(text: str) -> tuple[float, float]:
    parts = text.split(",")
    try:
        x, y = map(float, parts)
    except ValueError:
        raise ValueError(f"“{text[:40]}” is no point; wanted are two numbers with a comma, such as 0.5,-0.25") from None
    if not (math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) <= FAR):
        raise ValueError(f"the point {text[:40]} is too far away: numbers from −{FAR:g} to {FAR:g} are allowed")
    return x, y


def _short(value: float) -> str:
    return f"{round(value, DECIMALS) + 0.0:g}"
