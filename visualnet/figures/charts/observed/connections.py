"""Dense layers as columns of units, joined by lines whose colour is the sign and whose width is the size of the weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import SMALL, Chart, Dots, Drawing, Mark, Spot, Stroke, Words, shorten, text_width
from visualnet.figures.charts.tiles import BAR, colour_bar

MOST_LINES_WITH_SPOTS = 400
"""Of more connections none answers to the pointer by itself; their units tell the strongest."""
SPOT = 8.0
STRONGEST = 4
WIDEST = 4.0
FAINTEST = 0.01
"""A weight of less than this share of the greatest is not drawn: nothing of it would be seen."""


class DenseLayer(NamedTuple):
    """One layer: its name, its weight (output unit, input unit), and the bias of each output unit, if it has one."""

    name: str
    weight: NDArray[Any]
    bias: NDArray[Any] | None = None


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

    def lay_out(self, width: float, height: float) -> Drawing:
        most = self._most()
        names_room = max((text_width(name) for name in self.output_names), default=0.0)
        names_room = min(names_room + 14, width * 0.25) if self.output_names else 12.0
        columns = list(self._place_units(16.0, width - BAR - names_room, 40.0, height - 16.0))
        marks: list[Mark] = []
        spots: list[Spot] = []
        for number, layer in enumerate(self.layers):
            lines = sorted(self._lines(number, columns), key=lambda line: abs(line[2]))
            single = layer.weight.size <= MOST_LINES_WITH_SPOTS
            for start, end, weight, words in lines:
                share = abs(weight) / most
                if share >= FAINTEST:
                    alpha = 0.25 + 0.75 * min(share, 1.0)
                    marks.append(Stroke((start, end), _ink(weight), max(WIDEST * min(share, 1.0), 0.4), alpha=alpha))
                if single:
                    spots += _spots_along(start, end, words)
        for column, units in enumerate(columns):
            self._draw_units(marks, spots, column, units, most)
        marks += colour_bar(width - BAR + 14, 26.0, min(height - 40.0, 200.0), -most, most, True, "weight")
        return Drawing(width, height, tuple(marks), tuple(spots))

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

    def _lines(
        self, number: int, columns: list[list[_Unit]]
    ) -> Iterator[tuple[tuple[float, float], tuple[float, float], float, str]]:
        layer = self.layers[number]
        for i, unit in enumerate(columns[number + 1]):
            for j, source in enumerate(columns[number]):
                weight = float(layer.weight[i, j])
                words = (
                    f"{self._column_name(number)} {j} → {self._unit_name(number, i)}: weight {format_number(weight)}"
                )
                yield (source.x + source.radius, source.y), (unit.x - unit.radius, unit.y), weight, words

    def _column_name(self, column: int) -> str:
        return self.layers[column - 1].name if column else self.input_name

    def _unit_name(self, number: int, unit: int) -> str:
        """An output unit of a layer."""
        if number == len(self.layers) - 1 and unit < len(self.output_names):
            return f"“{self.output_names[unit]}”"
        return f"{self.layers[number].name} {unit}"

    def _draw_units(self, marks: list[Mark], spots: list[Spot], column: int, units: list[_Unit], most: float) -> None:
        layer = self.layers[column - 1] if column else None
        bias = layer.bias if layer is not None else None
        for i, unit in enumerate(units):
            marks.append(Dots(((unit.x, unit.y),), "text", unit.radius + 1.0, 1.0))
            share = float(bias[i]) / most if bias is not None else 0.0
            marks.append(Dots(((unit.x, unit.y),), "surface", unit.radius, 1.0))
            if abs(share) >= FAINTEST:
                marks.append(Dots(((unit.x, unit.y),), _ink(share), unit.radius, min(0.25 + 0.75 * abs(share), 1.0)))
            reach = max(unit.radius, SPOT / 2)
            spots.append(Spot(unit.x - reach, unit.y - reach, 2 * reach, 2 * reach, self._unit_words(column, i)))
            if column == len(self.layers) and i < len(self.output_names) and 2 * unit.radius >= 5:
                marks.append(Words(unit.x + unit.radius + 6, unit.y, shorten(self.output_names[i], BAR * 1.5), "text"))
        name = self._column_name(column)
        x = units[0].x
        align = "left" if column == 0 else "centre"
        room = max(units[0].x, 40.0) * 2 if column else 120.0
        marks.append(Words(x - (10 if column == 0 else 0), 14.0, shorten(name, room), "text", align=align, size=SMALL))

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


def _spots_along(start: tuple[float, float], end: tuple[float, float], words: str) -> Iterator[Spot]:
    """Places along a line, from its end on, where the lines of a unit lie apart."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    count = max(int(length / (2 * SPOT)), 1)
    for i in range(count):
        share = (i + 0.5) / count
        x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
        yield Spot(x - SPOT / 2, y - SPOT / 2, SPOT, SPOT, words)
