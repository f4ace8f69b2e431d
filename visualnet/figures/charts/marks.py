"""What a drawing consists of: lines, rectangles, dots and words in named colours, and places that answer to the pointer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

Points = tuple[tuple[float, float], ...]

SMALL, USUAL = 11, 12
"""Sizes of words, in px."""
LETTER = 0.56
"""How wide a letter is on average, in parts of the size of the type."""
ASIDE = 3.0
"""So many times as far is a place that lies aside of the way as one that lies on it."""


class Stroke(NamedTuple):
    """A line through points; a ``dashed`` one is broken as ``dash`` says: px drawn and px left out, in turn."""

    points: Points
    colour: str
    width: float = 1.0
    dashed: bool = False
    alpha: float = 1.0
    dash: tuple[float, ...] = (5, 4)


class Rectangle(NamedTuple):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    alpha: float = 1.0


class Dots(NamedTuple):
    """Dots of one colour."""

    points: Points
    colour: str
    radius: float = 2.5
    alpha: float = 0.6


class Label(NamedTuple):
    """A line of text; ``x`` is its left end, its middle or its right end as ``align`` says, ``y`` the middle of its height."""

    x: float
    y: float
    text: str
    colour: str = "muted"
    size: float = SMALL
    align: str = "left"
    bold: bool = False
    upward: bool = False


class Area(NamedTuple):
    """A filled shape."""

    points: Points
    colour: str
    alpha: float = 1.0


class Pixels(NamedTuple):
    """A picture of ``values`` in a rectangle: numbers of colours (H, W) of the map ``signed`` or ``amount`` (see
    `visualnet.figures.colours.indices`), or red, green and blue (H, W, 3) where it is ``rgb``. Pixels are hard unless it is ``smooth``.
    """

    x: float
    y: float
    width: float
    height: float
    values: Any
    map: str = "amount"
    alpha: float = 1.0
    smooth: bool = False


Mark = Stroke | Rectangle | Dots | Label | Area | Pixels


class HitRegion(NamedTuple):
    """A place that answers to the pointer: with words, and with the samples that a click opens or the settings that it changes."""

    x: float
    y: float
    width: float
    height: float
    words: str
    samples: tuple[int, ...] = ()
    options: tuple[tuple[str, int], ...] = ()


class HitRegionField(Protocol):
    """Places that are too many to be listed."""

    def region_at(self, x: float, y: float) -> HitRegion | None:
        """The place at a point, in px; None if there is none."""


class ChartDrawing(NamedTuple):
    """A chart in a size: its marks from back to front, and its places, the last of which is the foremost.

    A colour is ``text``, ``muted``, ``line``, ``surface``, ``accent``, ``warning``, ``curve:2`` (a line's of that number) or ``amount:0.4``
    (a share); ``on amount:0.4`` can be read on that. See `colours.resolve`.
    """

    width: float
    height: float
    marks: tuple[Mark, ...]
    regions: tuple[HitRegion, ...] = ()
    fields: tuple[HitRegionField, ...] = ()

    def region_at(self, x: float, y: float) -> HitRegion | None:
        """The foremost place at a point; those that are listed stand before those that are not."""
        hits = (s for s in reversed(self.regions) if s.x <= x <= s.x + s.width and s.y <= y <= s.y + s.height)
        found = next(hits, None)
        if found is not None:
            return found
        return next((region for field in reversed(self.fields) if (region := field.region_at(x, y)) is not None), None)


class Chart:
    """Base of the kinds of chart: frozen values that can be drawn in any size and written as a table."""

    kind: ClassVar[str]
    """What files are called that hold it."""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        """The chart in this size, in px."""
        raise NotImplementedError

    def least_size(self) -> tuple[float, float]:
        """The width and height in px from which on all of it can be read; in less it is laid out in these and scrolled."""
        return 0.0, 0.0

    def rows(self) -> Iterable[Sequence[Any]]:
        """Its numbers as a table with a head."""
        raise NotImplementedError

    def description(self) -> str:
        """What it shows, for those who cannot see it."""
        raise NotImplementedError


def text_width(text: str, size: float = SMALL) -> float:
    """About how wide a text is; the same wherever it is drawn."""
    return LETTER * size * len(text)


def shorten(text: str, room: float, size: float = SMALL) -> str:
    """The text, or its beginning with … where there is no room for all of it."""
    most = max(int(room / (LETTER * size)), 1)
    return text if len(text) <= most else f"{text[: max(most - 1, 1)]}…"


def find_next(regions: Sequence[HitRegion], at: int, way: tuple[int, int]) -> int:
    """The number of the place with samples (or, where no place has some, with settings) that is nearest on the way (to the right, down)
    from the place ``at``; where there is none on it, the next one in the order of the places, round to the other end. At least one must
    hold some."""
    held = [number for number, region in enumerate(regions) if region.samples]
    held = held or [number for number, region in enumerate(regions) if region.options]
    if at not in held:
        return held[0] if sum(way) > 0 else held[-1]
    x, y = _middle(regions[at])
    found: list[tuple[float, int]] = []
    for number in held:
        right, down = (there - here for there, here in zip(_middle(regions[number]), (x, y), strict=True))
        along = right * way[0] + down * way[1]
        aside = abs(right * way[1]) + abs(down * way[0])
        if number != at and along > 0.5 and aside < 2 * along + 0.5:
            found.append((along + ASIDE * aside, number))
    if found:
        return min(found)[1]
    return held[(held.index(at) + sum(way)) % len(held)]


def _middle(region: HitRegion) -> tuple[float, float]:
    return region.x + region.width / 2, region.y + region.height / 2
