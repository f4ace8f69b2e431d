"""Dense layers as columns of units, joined by lines whose colour is the sign and whose width is the size of the weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import SMALL, Chart, ChartDrawing, Dots, Label, Mark, Stroke, shorten, text_width
from visualnet.figures.charts.observed.pointing import DotField, LineField
from visualnet.figures.charts.tiles import BAR, colour_bar

MOST_LINES = 300
"""Of more lines the widest are drawn: more than that nobody can tell apart."""
STRONGEST = 4
WIDEST = 4.0
FAINTEST = 0.01
"""A weight of less than this share of the greatest is not drawn: nothing of it would be seen."""


class DenseLayer(NamedTuple):
    """One layer: its name, its weight (output unit, input unit), and the bias of each output unit, if it has one."""

    name: str
    weight: NDArray[Any]
    bias: NDArray[Any] | None = None


class _Line(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float
    weight: float
    layer: int
    unit: int
    source: int


class _Unit(NamedTuple):
    x: float
    y: float
    radius: float


@dataclass(frozen=True, eq=False)
class ConnectionsChart(Chart):
    """Layers from left to right, each one's inputs being the units of the one before it.

    ``most`` is the size of the weight that has the widest line and the deepest colour; that of the greatest where it is None.
    """

    kind = "connections"
    layers: tuple[DenseLayer, ...]
    input_name: str = "inputs"
    most: float | None = None
    output_names: tuple[str, ...] = ()

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        most = self._most()
        names_room = max((text_width(name) for name in self.output_names), default=0.0)
        names_room = min(names_room + 14, width * 0.25) if self.output_names else 12.0
        columns = list(self._place_units(16.0, width - BAR - names_room, 40.0, height - 16.0))
        marks: list[Mark] = []
        lines = self._lines(columns, most)
        for line in lines:
            share = min(abs(line.weight) / most, 1.0)
            ends = ((line.x0, line.y0), (line.x1, line.y1))
            marks.append(Stroke(ends, _ink(line.weight), max(WIDEST * share, 0.4), alpha=0.25 + 0.75 * share))
        for column, units in enumerate(columns):
            self._draw_units(marks, column, units, most)
        marks += colour_bar(width - BAR + 14, 26.0, min(height - 40.0, 200.0), -most, most, True, "weight")
        total = sum(layer.weight.size for layer in self.layers)
        if total > MOST_LINES:
            words = f"the {len(lines):,} widest of {total:,} lines"
            marks.append(Label(width - 8, height - 8, words, align="right"))
        ends_of = np.array([[(line.x0, line.y0), (line.x1, line.y1)] for line in lines]).reshape(-1, 2, 2)
        field = LineField(ends_of, lambda at: self._line_words(lines[at]))
        return ChartDrawing(width, height, tuple(marks), fields=(field, self._unit_field(columns)))

    def _unit_field(self, columns: list[list[_Unit]]) -> DotField:
        every = [(column, i, unit) for column, units in enumerate(columns) for i, unit in enumerate(units)]
        middles = np.array([(unit.x, unit.y) for _, _, unit in every])
        radii = np.array([unit.radius for _, _, unit in every])
        return DotField(middles, radii, lambda at: self._unit_words(*every[at][:2]))

    def _most(self) -> float:
        found = max((float(np.nanmax(np.abs(layer.weight))) for layer in self.layers if layer.weight.size), default=0.0)
        return self.most or found or 1.0

    def _widths(self) -> list[int]:
        return [self.layers[0].weight.shape[1], *(len(layer.weight) for layer in self.layers)]

    def _place_units(self, left: float, right: float, top: float, bottom: float) -> Iterator[list[_Unit]]:
        widths = self._widths()
        gap = (right - left - 20) / max(len(widths) - 1, 1)
        for column, count in enumerate(widths):
            step = min((bottom - top) / count, 46.0)
            radius = min(max(step * 0.36, 1.5), 9.0)
            first = (top + bottom) / 2 - step * (count - 1) / 2
            yield [_Unit(left + 10 + column * gap, first + i * step, radius) for i in range(count)]

    def _lines(self, columns: list[list[_Unit]], most: float) -> list[_Line]:
        """The lines that are drawn, the widest last."""
        found: list[tuple[float, int, int, int]] = []
        for number, layer in enumerate(self.layers):
            sizes = np.nan_to_num(np.abs(layer.weight)).reshape(-1)
            for at in np.argsort(-sizes, kind="stable")[:MOST_LINES].tolist():
                if sizes[at] >= FAINTEST * most:
                    found.append((float(sizes[at]), number, *divmod(at, layer.weight.shape[1])))
        lines = []
        for _, number, i, j in sorted(found)[-MOST_LINES:]:
            source, unit = columns[number][j], columns[number + 1][i]
            ends = (source.x + source.radius, source.y, unit.x - unit.radius, unit.y)
            lines.append(_Line(*ends, float(self.layers[number].weight[i, j]), number, i, j))
        return lines

    def _line_words(self, line: _Line) -> str:
        source = f"{self._column_name(line.layer)} {line.source}"
        return f"{source} → {self._unit_name(line.layer, line.unit)}: weight {format_number(line.weight)}"

    def _column_name(self, column: int) -> str:
        return self.layers[column - 1].name if column else self.input_name

    def _unit_name(self, number: int, unit: int) -> str:
        """An output unit of a layer."""
        if number == len(self.layers) - 1 and unit < len(self.output_names):
            return f"“{self.output_names[unit]}”"
        return f"{self.layers[number].name} {unit}"

    def _draw_units(self, marks: list[Mark], column: int, units: list[_Unit], most: float) -> None:
        layer = self.layers[column - 1] if column else None
        bias = layer.bias if layer is not None else None
        for i, unit in enumerate(units):
            marks.append(Dots(((unit.x, unit.y),), "text", unit.radius + 1.0, 1.0))
            share = float(bias[i]) / most if bias is not None else 0.0
            marks.append(Dots(((unit.x, unit.y),), "surface", unit.radius, 1.0))
            if abs(share) >= FAINTEST:
                marks.append(Dots(((unit.x, unit.y),), _ink(share), unit.radius, min(0.25 + 0.75 * abs(share), 1.0)))
            if column == len(self.layers) and i < len(self.output_names) and 2 * unit.radius >= 5:
                marks.append(Label(unit.x + unit.radius + 6, unit.y, shorten(self.output_names[i], BAR * 1.5), "text"))
        name = self._column_name(column)
        x = units[0].x
        align = "left" if column == 0 else "centre"
        room = max(units[0].x, 40.0) * 2 if column else 120.0
        marks.append(Label(x - (10 if column == 0 else 0), 14.0, shorten(name, room), "text", align=align, size=SMALL))

    def _unit_words(self, column: int, i: int) -> str:
        if column == 0:
            out = self.layers[0].weight[:, i]
            return f"{self.input_name} {i}: weights to the next layer from {_range(out)}"
        layer = self.layers[column - 1]
        row = layer.weight[i]
        order = np.argsort(-np.abs(row), kind="stable")[:STRONGEST]
        strongest = ", ".join(f"{self._column_name(column - 1)} {j} ({format_number(float(row[j]))})" for j in order)
        bias = f"bias {format_number(float(layer.bias[i]))}" if layer.bias is not None else "no bias"
        return f"{self._unit_name(column - 1, i)}: {bias}, strongest from {strongest}"

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("layer", "unit", "from", "weight")
        for layer in self.layers:
            for i, row in enumerate(layer.weight):
                if layer.bias is not None:
                    yield (layer.name, i, "bias", float(layer.bias[i]))
                for j, weight in enumerate(row):
                    yield (layer.name, i, j, float(weight))

    def description(self) -> str:
        units = " → ".join(map(str, self._widths()))
        total = sum(layer.weight.size for layer in self.layers)
        return f"{format_quantity(total, 'weight')} between layers of {units} units; the greatest is {format_number(self._most())}"


def _ink(weight: float) -> str:
    return "signed:1" if weight > 0 else "signed:-1"


def _range(values: NDArray[Any]) -> str:
    return f"{format_number(float(values.min()))} to {format_number(float(values.max()))}"
