"""Slices: for each setting a field with a point for each run, what it reached over what it was given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import Chart, ChartDrawing, Dots, HitRegion, Label, Mark, Stroke, shorten
from visualnet.figures.charts.parallel.axis import SettingAxis, write_value

TOP, BOTTOM, LEFT, RIGHT = 24.0, 36.0, 48.0, 10.0
FIELD_WIDTH, FIELD_HEIGHT = 180.0, 130.0
"""A field is not narrower or lower than this, in px."""
REACH = 5.0


class RunLine(NamedTuple):
    """A run: its name, its values in the order of the settings, and what it reached."""

    name: str
    values: tuple[Value, ...]
    reached: float
    best: bool = False
    samples: tuple[int, ...] = ()


@dataclass(frozen=True)
class SliceChart(Chart):
    """A field for each of ``settings``, all with what was ``reached`` upwards."""

    kind = "slices"
    settings: tuple[SettingAxis, ...]
    reached: SettingAxis
    runs: tuple[RunLine, ...]

    def least_size(self) -> tuple[float, float]:
        columns = min(len(self.settings), 3) or 1
        rows = math.ceil(len(self.settings) / columns)
        return columns * FIELD_WIDTH, rows * FIELD_HEIGHT

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        columns = min(max(int(width / FIELD_WIDTH), 1), len(self.settings) or 1)
        rows = math.ceil(len(self.settings) / columns) or 1
        wide, high = width / columns, max(height / rows, FIELD_HEIGHT)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for number in range(len(self.settings)):
            box = (number % columns * wide, number // columns * high, wide, high)
            self._draw_field(marks, regions, number, box)
        return ChartDrawing(width, max(height, rows * high), tuple(marks), tuple(regions))

    def _draw_field(
        self, marks: list[Mark], regions: list[HitRegion], number: int, box: tuple[float, float, float, float]
    ) -> None:
        axis = self.settings[number]
        left, top = box[0] + LEFT, box[1] + TOP
        right, bottom = box[0] + box[2] - RIGHT, box[1] + box[3] - BOTTOM
        marks.append(Label(left, box[1] + 10, shorten(self.reached.title, right - left)))
        for share, text in self.reached.ticks(max(int((bottom - top) / 36), 2)):
            y = bottom - _inside(share) * (bottom - top)
            marks.append(Stroke(((left, y), (right, y)), "line", alpha=0.6))
            marks.append(Label(left - 6, y, text, align="right"))
        ticks = axis.ticks(max(int((right - left) / 64), 2))
        for share, text in ticks:
            x = left + _inside(share) * (right - left)
            marks.append(Stroke(((x, top), (x, bottom)), "line", alpha=0.6))
            marks.append(Label(x, bottom + 10, shorten(text, (right - left) / len(ticks)), align="centre"))
        marks.append(Label(right, bottom + 25, shorten(axis.title, right - left), "text", align="right"))
        for run in sorted(self.runs, key=lambda run: run.best):
            across, up = axis.share(run.values[number]), self.reached.share(run.reached)
            if across is None or up is None:
                continue
            x, y = left + _inside(across) * (right - left), bottom - _inside(up) * (bottom - top)
            marks.append(
                Dots(
                    ((x, y),), "curve:1" if run.best else "curve:0", 4.5 if run.best else 3.0, 1.0 if run.best else 0.6
                )
            )
            regions.append(HitRegion(x - REACH, y - REACH, 2 * REACH, 2 * REACH, self._words(run, number), run.samples))

    def _words(self, run: RunLine, number: int) -> str:
        told = f"{self.settings[number].title} {write_value(run.values[number])}, {self.reached.title} {format_number(run.reached)}"
        return f"{run.name}: {told}{' — click to open it' if run.samples else ''}"

    def rows(self) -> Iterator[Sequence[Any]]:
        yield ("run", *(axis.title for axis in self.settings), self.reached.title)
        for run in self.runs:
            yield (run.name, *run.values, run.reached)

    def description(self) -> str:
        titles: Iterable[str] = (axis.title for axis in self.settings)
        return f"{self.reached.title} over {', '.join(titles)} for {format_quantity(len(self.runs), 'run')}"


def _inside(share: float) -> float:
    """A share of a field's width or height, with a little room at both ends for the points that lie there."""
    return 0.03 + 0.94 * share
