"""Parallel coordinates: an axis for each setting, side by side, and for each run a line through its values to what it reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Stroke,
    shorten,
    text_width,
)
from visualnet.figures.charts.parallel.axis import SettingAxis, write_value

TOP, BOTTOM, EDGE = 38.0, 16.0, 16.0
TICK_PX, NAME_PX, REACH = 34.0, 15.0, 5.0
LEAST_APART = 76.0
MOST_LINES = 600
"""Of more runs the best ones and every second, third … of the others is drawn; the table holds all."""


class ParallelLine(NamedTuple):
    """A run: its name, a value for each axis (None where it has none), and how good it is from 0 to 1 (None: not known)."""

    name: str
    values: tuple[Value, ...]
    share: float | None = None
    samples: tuple[int, ...] = ()


@dataclass(frozen=True)
class ParallelChart(Chart):
    """Axes side by side, the last of which is mostly what was reached; the better a run is, the stronger is its colour."""

    kind = "parallel"
    axes: tuple[SettingAxis, ...]
    lines: tuple[ParallelLine, ...]

    def least_size(self) -> tuple[float, float]:
        return LEAST_APART * max(len(self.axes) - 1, 1) + 2 * EDGE + 60, 120.0

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        bottom = max(height - BOTTOM, TOP + 20)
        places, apart = self.axis_places(width, height)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for line in self._shown():
            points = self._points(line, places, bottom)
            colour = "muted" if line.share is None else f"amount:{0.25 + 0.75 * line.share:.3f}"
            strong = line.share is not None and line.share >= 1.0
            for part in _unbroken(points):
                marks.append(Stroke(part, colour, 2.5 if strong else 1.2, alpha=1.0 if strong else 0.75))
            told = [point for point in points if point is not None]
            if strong:
                marks.append(Dots(tuple(told), colour, 3.5, 1.0))
            regions += [
                HitRegion(x - REACH, y - REACH, 2 * REACH, 2 * REACH, self._words(line), line.samples) for x, y in told
            ]
        for number, at in enumerate(places):
            marks += self._draw_axis(number, at, apart, bottom)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def axis_places(self, width: float, height: float) -> tuple[list[float], float]:
        """Where each axis stands in a drawing of this size, and how far apart they are, in px."""
        bottom = max(height - BOTTOM, TOP + 20)
        left = EDGE + max((text_width(text) for _, text in self._ticks(0, bottom)), default=0.0) + 6
        apart = max(width - left - EDGE - 52, 20.0) / max(len(self.axes) - 1, 1)
        return [left + number * apart for number in range(len(self.axes))], apart

    def _shown(self) -> list[ParallelLine]:
        """From the worst to the best, so that the best lies in front."""
        ordered = sorted(self.lines, key=lambda line: -1.0 if line.share is None else line.share)
        spare = len(ordered) - MOST_LINES // 2
        if len(ordered) <= MOST_LINES:
            return ordered
        step = -(-spare // (MOST_LINES // 2))
        return [*ordered[:spare:step], *ordered[spare:]]

    def _points(self, line: ParallelLine, places: Sequence[float], bottom: float) -> list[tuple[float, float] | None]:
        found: list[tuple[float, float] | None] = []
        for axis, value, x in zip(self.axes, line.values, places, strict=True):
            share = axis.share(value)
            found.append(None if share is None else (x, bottom - share * (bottom - TOP)))
        return found

    def _draw_axis(self, number: int, at: float, apart: float, bottom: float) -> list[Mark]:
        axis, last = self.axes[number], number == len(self.axes) - 1
        marks: list[Mark] = [Stroke(((at, TOP), (at, bottom)), "muted", 1.0)]
        room = apart - 12 if len(self.axes) > 1 else 200.0
        align = "left" if number == 0 else "right" if last else "centre"
        x = EDGE if number == 0 else at + 52 if last else at
        marks.append(Label(x, 12.0 + 13.0 * (number % 2), shorten(axis.title, 2 * room - 20), "text", align=align))
        for share, text in self._ticks(number, bottom):
            y = bottom - share * (bottom - TOP)
            marks.append(Stroke(((at - 3, y), (at + 3, y)), "muted"))
            if number == 0:
                marks.append(Label(at - 6, y, text, align="right"))
            else:
                marks.append(Label(at + 6, y, shorten(text, 46.0 if last else room - 6)))
        return marks

    def _ticks(self, number: int, bottom: float) -> list[tuple[float, str]]:
        if not self.axes:
            return []
        apart = NAME_PX if self.axes[number].names else TICK_PX
        return self.axes[number].ticks(max(int((bottom - TOP) / apart), 2))

    def _words(self, line: ParallelLine) -> str:
        told = ", ".join(
            f"{a.title} {write_value(v)}" for a, v in zip(self.axes, line.values, strict=True) if v is not None
        )
        return f"{line.name}: {told}{' — click to open it' if line.samples else ''}"

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("run", *(axis.title for axis in self.axes))
        for line in self.lines:
            yield (line.name, *line.values)

    def description(self) -> str:
        titles = ", ".join(axis.title for axis in self.axes)
        return f"{format_quantity(len(self.lines), 'run')} over {titles}"


def _unbroken(points: Sequence[tuple[float, float] | None]) -> list[tuple[tuple[float, float], ...]]:
    """The parts of a line between values that are not known; a part of one point is none."""
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(point)
    return [tuple(part) for part in parts if len(part) > 1]
