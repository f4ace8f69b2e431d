"""One map of a layer, whose places can be chosen by a click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.marks import Chart, ChartDrawing, HitRegion, Mark, Pixels, Stroke
from visualnet.figures.charts.tiles import MOST_ROWS
from visualnet.figures.colours.indices import levels

GAP = 10.0
MOST_PLACES = 4096
"""Of a map with more places every second, third … row and column can be chosen by a click; the settings take any."""


@dataclass(frozen=True, eq=False)
class PlaceMap(Chart):
    """The values of a channel (H, W), or of a line of places or units (1, N). ``chosen`` is framed; ``settings`` are the names of the
    settings that a click gives the row and the column (an empty name is given nothing), ``also`` what it sets besides."""

    kind = "map"
    values: NDArray[np.float32]
    chosen: tuple[int, int]
    settings: tuple[str, str] = ("row", "column")
    also: tuple[tuple[str, int], ...] = ()

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        tall, wide = self.values.shape
        room = max(width - 2 * GAP, 10.0), max(height - 2 * GAP, 10.0)
        cell = min(room[0] / wide, room[1] / tall)
        across, down = cell, cell if tall > 1 else max(cell, min(24.0, room[1]))
        finite = self.values[np.isfinite(self.values)]
        most = float(np.abs(finite).max()) if finite.size else 1.0
        signed = bool((finite < 0).any())
        colours = levels(self.values, -most if signed else 0.0, most or 1.0)
        marks: list[Mark] = [Pixels(GAP, 4.0, across * wide, down * tall, colours, "signed" if signed else "amount")]
        step = 1
        while tall * wide > MOST_PLACES * step * step:
            step += 1
        regions = [self._region(r, c, across, down, step) for r in range(0, tall, step) for c in range(0, wide, step)]
        row, column = self.chosen
        x, y = GAP + column * across, 4.0 + row * down
        corners = ((x, y), (x + across, y), (x + across, y + down), (x, y + down), (x, y))
        marks += [Stroke(corners, "surface", 4.0), Stroke(corners, "accent", 2.0)]
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _region(self, row: int, column: int, across: float, down: float, step: int) -> HitRegion:
        places = zip(self.settings, (row, column), strict=True)
        options = tuple((name, at) for name, at in places if name)
        where = ", ".join(f"{name} {at}" for name, at in options) or f"row {row}, column {column}"
        words = f"{where}: {format_number(float(self.values[row, column]))}" + (
            " — click to look at it" if options else ""
        )
        size = across * step, down * step
        return HitRegion(
            GAP + column * across, 4.0 + row * down, *size, words, options=options and (*self.also, *options)
        )

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("row", "column", "value")
        every = np.ndindex(*self.values.shape)
        for (row, column), _ in zip(every, range(MOST_ROWS), strict=False):
            yield (row, column, float(self.values[row, column]))

    def description(self) -> str:
        tall, wide = self.values.shape
        row, column = self.chosen
        return f"A map of {tall}×{wide} places; row {row}, column {column} is chosen: {format_number(float(self.values[row, column]))}"
