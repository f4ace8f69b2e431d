"""A field of numbers as colours: a weight matrix, a histogram over the steps, how far each filter has moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, Range, draw_axes, make_axes
from visualnet.figures.charts.marks import Chart, ChartDrawing, Label, Mark, Pixels
from visualnet.figures.charts.observed.pointing import CellField
from visualnet.figures.charts.tiles import BAR, colour_bar
from visualnet.figures.colours.indices import levels
from visualnet.figures.tiles import common_scale

LONGEST = 3.0


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

    def lay_out(self, width: float, height: float) -> ChartDrawing:
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
            marks.append(Label(6.0, axes.bottom + 27, self.note))
        return ChartDrawing(width, height, tuple(marks), fields=(self._cells(axes),))

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

    def _cells(self, axes: Axes) -> CellField:
        rows, columns = self.values.shape
        across = np.linspace(0.0, 1.0, columns + 1)
        if self.columns:
            places = np.array([*self.columns, self.x[1]], float)
            across = np.maximum.accumulate((places - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0))
        down = np.linspace(axes.top, axes.bottom, rows + 1)
        return CellField(axes.left + across * axes.width, down, lambda row, column: self._words(rows - 1 - row, column))

    def _words(self, row: int, column: int) -> str:
        """What stands in a row, counted from below, and a column."""
        rows, columns = self.values.shape
        up = _describe_part(self.y, rows, row)
        along = f"{self.columns[column]:,}" if self.columns else _describe_part(self.x, columns, column)
        value = format_number(float(self.values[row, column]))
        return f"{self.y_title} {up}, {self.x_title} {along} · {self.value_title} {value}"

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


def _describe_part(ends: Range, parts: int, part: int) -> str:
    """One of the equal parts of a range: by its number where they are one apart, by the first of them where a part stands for several
    that are counted, else by its ends."""
    step = (ends[1] - ends[0]) / parts
    low = ends[0] + part * step
    if step >= 1.0:
        return f"{int(low):,}"
    return f"{format_number(low)} to {format_number(low + step)}"
