"""A field of numbers as colours: a weight matrix, a histogram over the steps, how far each filter has moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, Range, draw_axes, make_axes
from visualnet.figures.charts.marks import Chart, Drawing, Mark, Pixels, Spot, Words
from visualnet.figures.charts.tiles import BAR, colour_bar
from visualnet.figures.colours.indices import levels
from visualnet.figures.tiles import common_scale

LONGEST = 3.0
MOST_SPOTS = 48
"""So many places along a side answer to the pointer; of more cells several together."""


@dataclass(frozen=True, eq=False)
class HeatChart(Chart):
    """``values`` (row, column) with the first row below, over the ranges of both axes.

    ``columns`` are the places of the columns along the x axis where these are not cells but moments: each then reaches to the next.
    ``ends`` are what the ends of the colours mean; where there are none, they follow from the values.
    """

    kind = "heat-map"
    values: NDArray[Any]
    x: Range
    y: Range
    x_title: str
    y_title: str
    value_title: str
    signed: bool = False
    ends: Range | None = None
    columns: tuple[int, ...] = ()
    square: bool = False
    note: str = ""

    def lay_out(self, width: float, height: float) -> Drawing:
        inner = make_axes(width - BAR, height, self.x, self.y)
        axes = self._fit_cells(inner) if self.square else inner
        low, high = self._ends()
        shown = self.values if not self.columns else self.values[:, self._columns_of(max(int(axes.width), 1))]
        marks: list[Mark] = draw_axes(axes, self.x_title, self.y_title)
        colours = np.ascontiguousarray(levels(shown[::-1], low, high))
        kind = "signed" if self.signed else "amount"
        marks.append(Pixels(axes.left, axes.top, axes.width, axes.height, colours, kind))
        marks += colour_bar(axes.right + 14, axes.top - 20, axes.height + 20, low, high, self.signed, self.value_title)
        if self.note:
            marks.append(Words(6.0, axes.bottom + 27, self.note))
        return Drawing(width, height, tuple(marks), tuple(self._spots(axes)))

    def _ends(self) -> Range:
        if self.ends is not None:
            return self.ends
        scale = common_scale(self.values, self.signed)
        return float(scale.low), float(scale.high)

    def _fit_cells(self, axes: Axes) -> Axes:
        """The field with cells about as wide as high: one side may be `LONGEST` times the other."""
        rows, columns = self.values.shape
        wide, high = axes.width / columns, axes.height / rows
        return axes._replace(width=min(wide, LONGEST * high) * columns, height=min(high, LONGEST * wide) * rows)

    def _columns_of(self, count: int) -> NDArray[np.intp]:
        """Which column stands at each of so many places along the axis: the last one before it."""
        places = np.linspace(*self.x, count)
        found = np.searchsorted(np.asarray(self.columns, float), places, side="right") - 1
        return np.clip(found, 0, len(self.columns) - 1)

    def _spots(self, axes: Axes) -> Iterable[Spot]:
        rows, columns = self.values.shape
        down = np.unique(np.linspace(0, rows, min(rows, MOST_SPOTS) + 1).astype(int))
        across = np.unique(np.linspace(0, columns, min(columns, MOST_SPOTS) + 1).astype(int))
        for r0, r1 in pairwise(down.tolist()):
            for c0, c1 in pairwise(across.tolist()):
                left, right = (axes.left + self._share_of(at) * axes.width for at in (c0, c1))
                low, high = (axes.bottom - at / rows * axes.height for at in (r0, r1))
                yield Spot(left, high, right - left, low - high, self._cell_words(r0, r1, c0, c1))

    def _share_of(self, column: int) -> float:
        """Where a column begins, in parts of the width."""
        if not self.columns:
            return column / int(self.values.shape[1])
        at = self.columns[column] if column < len(self.columns) else self.x[1]
        return float((at - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0))

    def _cell_words(self, r0: int, r1: int, c0: int, c1: int) -> str:
        rows, cells = self.values.shape[0], self.values[r0:r1, c0:c1]
        step = (self.y[1] - self.y[0]) / rows
        whole = step == 1.0
        low, high = self.y[0] + r0 * step, self.y[0] + r1 * step
        up = _span(int(low), int(high) - 1) if whole else f"{format_number(low)} to {format_number(high)}"
        along = _span(self.columns[c0], self.columns[c1 - 1]) if self.columns else _span(c0, c1 - 1)
        least, most = format_number(float(np.nanmin(cells))), format_number(float(np.nanmax(cells)))
        numbers = least if least == most else f"{least} to {most}"
        return f"{self.y_title} {up}, {self.x_title} {along} · {self.value_title} {numbers}"

    def rows(self) -> Iterable[Sequence[Any]]:
        count = len(self.values)
        step = (self.y[1] - self.y[0]) / count
        heads = self.columns or tuple(range(self.values.shape[1]))
        yield (f"{self.y_title} \\ {self.x_title}", *heads)
        for place, row in enumerate(self.values):
            yield (self.y[0] + place * step, *row.tolist())

    def description(self) -> str:
        ends = self._ends()
        return (
            f"{self.value_title} by {self.y_title} and {self.x_title}, "
            f"from {format_number(ends[0])} to {format_number(ends[1])}"
        )


def _span(first: int, last: int) -> str:
    return f"{first:,}" if last <= first else f"{first:,}–{last:,}"
