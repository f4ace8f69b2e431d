"""Pictures beside each other, in colours that mean numbers, with a colour bar; or photographs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import SMALL, Chart, ChartDrawing, HitRegion, Label, Mark, Pixels, shorten
from visualnet.figures.colours.indices import LEVELS, levels
from visualnet.figures.ticks import nice_ticks

GAP, TITLE, BAR = 6.0, 15.0, 74.0
MOST_ROWS = 100_000
"""The table of the numbers ends after so many."""


@dataclass(frozen=True, eq=False)
class TilesChart(Chart):
    """``maps`` is (N, H, W), numbers, or (N, H, W, 3), colours from 0 to 255. All have one scale, from ``low`` to ``high``, whose middle is
    zero where it is ``signed``. ``samples`` are what a click on a tile opens; ``words`` what is said when the pointer rests there.
    """

    kind = "tiles"
    maps: NDArray[Any]
    titles: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    signed: bool = False
    unit: str = ""
    samples: tuple[tuple[int, ...], ...] = ()
    words: tuple[str, ...] = ()
    smooth: bool = False

    @property
    def is_rgb(self) -> bool:
        """Whether the tiles are colours, not numbers."""
        return self.maps.ndim == 4

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        count, tall, wide = self.maps.shape[:3]
        bar = 0.0 if self.is_rgb else BAR
        title = TITLE if any(self.titles) else 0.0
        columns, cell = _fit(count, wide / max(tall, 1), max(width - bar - GAP, 20.0), max(height - GAP, 20.0), title)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        high = cell * tall / max(wide, 1)
        for at in range(count):
            x, y = GAP + at % columns * (cell + GAP), GAP + at // columns * (high + title + GAP)
            if title:
                name = self.titles[at] if at < len(self.titles) else ""
                marks.append(Label(x, y + title / 2, shorten(name, cell), "muted"))
            marks.append(self._tile(at, x, y + title, cell, high))
            told = self.words[at] if at < len(self.words) else self._describe(at)
            regions.append(
                HitRegion(x, y, cell, high + title, told, self.samples[at] if at < len(self.samples) else ())
            )
        if bar:
            marks += colour_bar(
                width - BAR + 8, GAP + title, height - 2 * GAP - title, self.low, self.high, self.signed, self.unit
            )
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _tile(self, at: int, x: float, y: float, width: float, height: float) -> Pixels:
        if self.is_rgb:
            return Pixels(x, y, width, height, self.maps[at], "rgb", smooth=self.smooth)
        colours = levels(self.maps[at], self.low, self.high)
        return Pixels(x, y, width, height, colours, "signed" if self.signed else "amount", smooth=self.smooth)

    def _describe(self, at: int) -> str:
        name = self.titles[at] if at < len(self.titles) else f"{at}"
        if self.is_rgb:
            return name
        finite = self.maps[at][np.isfinite(self.maps[at])]
        return (
            f"{name}: {format_number(finite.min())} to {format_number(finite.max())}"
            if finite.size
            else f"{name}: no number"
        )

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("tile", "row", "column", *(("red", "green", "blue") if self.is_rgb else (self.unit or "value",)))
        every = np.ndindex(*self.maps.shape[:3])
        for (at, row, column), _ in zip(every, range(MOST_ROWS), strict=False):
            value = self.maps[at, row, column]
            name = self.titles[at] if at < len(self.titles) else str(at)
            yield (name, row, column, *(value.tolist() if self.is_rgb else (float(value),)))

    def description(self) -> str:
        count, tall, wide = self.maps.shape[:3]
        scale = "" if self.is_rgb else f", {format_number(self.low)} to {format_number(self.high)}"
        return f"{format_quantity(count, 'picture')} of {tall}×{wide}{scale}"


def _fit(count: int, ratio: float, width: float, height: float, title: float) -> tuple[int, float]:
    """How many columns, and how wide a tile is, so that all are seen as large as may be."""
    best = (1, 1.0)
    for columns in range(1, max(count, 1) + 1):
        rows = math.ceil(count / columns)
        cell = min((width - GAP * columns) / columns, ((height - (GAP + title) * rows) / rows) * ratio)
        if cell > best[1]:
            best = (columns, cell)
    return best


def colour_bar(
    x: float, y: float, height: float, low: float, high: float, signed: bool, unit: str = "", width: float = 10.0
) -> list[Mark]:
    """A bar of the colours from ``low`` to ``high`` with numbers at its ends and between, and the unit over it."""
    if height < 24:
        return []
    top, tall = (y + 20, height - 24) if unit else (y + 4, height - 8)
    shades = np.linspace(LEVELS - 1, 0, LEVELS).round().astype(np.uint8)[:, None]
    marks: list[Mark] = [Pixels(x, top, width, tall, shades, "signed" if signed else "amount", smooth=True)]
    if unit:
        marks.append(Label(x, y + 4, unit, "muted"))
    span = high - low or 1.0
    ends = [(high, top), (low, top + tall)]
    inner = [(v, top + tall * (high - v) / span) for v in nice_ticks(low, high, max(int(tall / 36), 1))]
    for value, at in (*ends, *(one for one in inner if all(abs(one[1] - end) > SMALL + 3 for _, end in ends))):
        marks.append(Label(x + width + 4, at, format_number(0.0 if abs(value) < span * 1e-9 else value), "muted"))
    return marks
