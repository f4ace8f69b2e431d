"""Small charts of lines side by side on the same axes: one for each sample or unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, Range
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Pixels,
    Points,
    Stroke,
    shorten,
    text_width,
)
from visualnet.figures.ticks import nice_ticks, tick_labels

LEAST_WIDTH, LEAST_HEIGHT = 84.0, 66.0
"""A pane is no smaller than this, in px: of more panes those without room are left out and told."""
GAP = 12.0
MOST_POINTS = 90
"""Of a line with more points some are left out where it is drawn."""
COLOURS = 8
"""So many colours there are for lines; then they come again, dashed."""
HEAD = 22.0


class PaneLine(NamedTuple):
    """A line of a pane: its name, its values, and the number of its colour; ``strong`` where it is the one that should win."""

    name: str
    y: NDArray[Any]
    colour: int
    strong: bool = False


class Pane(NamedTuple):
    """One small chart. ``picture`` (row, column) or (row, column, 3) of 0 to 255 stands in its corner; ``guide`` is a level to reach;
    ``words`` are said beside the title when the pointer rests there."""

    title: str
    lines: tuple[PaneLine, ...]
    picture: NDArray[np.uint8] | None = None
    guide: float | None = None
    words: str = ""


@dataclass(frozen=True, eq=False)
class SmallMultiplesChart(Chart):
    """Panes on the same axes; ``x`` are the places of the values of all lines."""

    kind = "panes"
    panes: tuple[Pane, ...]
    x: NDArray[Any]
    x_title: str
    y_title: str
    y: Range
    legend: tuple[tuple[str, int], ...] = ()
    """Names of colours that mean the same in all panes."""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        left, top, bottom = 46.0, 24.0, 34.0
        columns, rows = self._arrange(width - left - 8, height - top - bottom)
        shown = self.panes[: columns * rows]
        across, down = (width - left - 8) / columns, (height - top - bottom) / rows
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for number, pane in enumerate(shown):
            row, column = divmod(number, columns)
            axes = Axes(
                left + column * across,
                top + row * down + HEAD,
                across - GAP,
                max(down - HEAD - GAP, 10.0),
                self._x_range(),
                self.y,
            )
            last = number + columns >= len(shown)
            self._draw_grid(marks, axes, column == 0, last)
            self._draw_pane(marks, regions, pane, axes)
        marks += self._titles(width, height, len(shown))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _x_range(self) -> Range:
        low, high = float(self.x[0]), float(self.x[-1])
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def _arrange(self, width: float, height: float) -> tuple[int, int]:
        """Columns and rows of the panes: as near to three by two a pane as it goes."""
        count = max(len(self.panes), 1)
        most_columns, most_rows = max(int(width / LEAST_WIDTH), 1), max(int(height / LEAST_HEIGHT), 1)
        choices = [(c, -(-count // c)) for c in range(1, min(most_columns, count) + 1) if -(-count // c) <= most_rows]
        if not choices:
            return most_columns, most_rows
        return min(choices, key=lambda c: abs(np.log((width / c[0]) / (height / c[1]) / 1.5)))

    def _draw_grid(self, marks: list[Mark], axes: Axes, upward: bool, along: bool) -> None:
        ticks = nice_ticks(*self.y, max(int(axes.height / 30), 1))
        for value, text in zip(ticks, tick_labels(ticks), strict=True):
            _, at = axes.at(axes.x[0], value)
            marks.append(Stroke(((axes.left, at), (axes.right, at)), "line", alpha=0.7))
            if upward:
                marks.append(Label(axes.left - 6, at, text, align="right"))
        if along:
            ticks = nice_ticks(*axes.x, max(int(axes.width / 90), 1))
            for value, text in zip(ticks, tick_labels(ticks), strict=True):
                at = axes.at(value, 0)[0]
                # Numbers at the edges stay within their pane: those of the next one begin there.
                align = "right" if at > axes.right - 12 else "left" if at < axes.left + 4 else "centre"
                marks.append(Label(at, axes.bottom + 10, text, align=align))

    def _draw_pane(self, marks: list[Mark], regions: list[HitRegion], pane: Pane, axes: Axes) -> None:
        title_left = axes.left
        if pane.picture is not None:
            high, wide = pane.picture.shape[:2]
            edge = HEAD - 4
            kind = "rgb" if pane.picture.ndim == 3 else "amount"
            marks.append(
                Pixels(
                    axes.left,
                    axes.top - HEAD + 2,
                    edge * wide / max(high, wide),
                    edge * high / max(high, wide),
                    pane.picture,
                    kind,
                )
            )
            title_left += edge + 5
        marks.append(Label(title_left, axes.top - HEAD / 2, shorten(pane.title, axes.right - title_left), "text"))
        if pane.guide is not None:
            level = axes.at(0, pane.guide)[1]
            marks.append(Stroke(((axes.left, level), (axes.right, level)), "muted", 1.0, dashed=True))
        for line in sorted(pane.lines, key=lambda line: line.strong):
            chosen = np.flatnonzero(np.isfinite(line.y))
            if len(chosen) > MOST_POINTS:
                chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_POINTS).round().astype(int)]
            points = _places(axes, self.x[chosen], line.y[chosen])
            if len(points) == 1:
                points = ((axes.left, points[0][1]), (axes.right, points[0][1]))
            if points:
                width, alpha = (2.4, 1.0) if line.strong else (1.4, 0.85)
                marks.append(Stroke(points, f"curve:{line.colour}", width, _is_dashed(line.colour), alpha))
        regions.append(HitRegion(axes.left, axes.top - HEAD, axes.width, axes.height + HEAD, self._words(pane)))

    def _words(self, pane: Pane) -> str:
        last = [line for line in pane.lines if len(line.y)]
        ends = sorted(last, key=lambda line: -float(line.y[-1]))[:4]
        told = ", ".join(f"{line.name} {format_number(float(line.y[-1]))}" for line in ends)
        name = f"{pane.title} ({pane.words})" if pane.words else pane.title
        return f"{name}: {told} at {self.x_title} {format_number(float(self.x[-1]))}"

    def _titles(self, width: float, height: float, shown: int) -> list[Mark]:
        told = f" · {len(self.panes) - shown} more have no room" if shown < len(self.panes) else ""
        marks: list[Mark] = [
            Label(6.0, 11.0, self.y_title),
            Label(width - 10, height - 9, self.x_title + told, align="right"),
        ]
        at, least = width - 10, 20 + text_width(self.y_title)
        for name, colour in reversed(self.legend):
            at -= text_width(name)
            if at - 20 < least:
                break
            marks.append(Label(at, 11.0, name, "text"))
            marks.append(Stroke(((at - 18, 11.0), (at - 5, 11.0)), f"curve:{colour}", 2.0, _is_dashed(colour)))
            at -= 30
        return marks

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("chart", "line", self.x_title, self.y_title)
        for pane in self.panes:
            for line in pane.lines:
                for x, y in zip(self.x, line.y, strict=True):
                    yield (pane.title, line.name, float(x), float(y))

    def description(self) -> str:
        names = ", ".join(pane.title for pane in self.panes[:8])
        return f"{self.y_title} over {self.x_title} for {len(self.panes)}: {names}"


def _places(axes: Axes, x: NDArray[Any], y: NDArray[Any]) -> Points:
    """Where many numbers stand, as `Axes.at` has it."""
    across = axes.left + (x - axes.x[0]) / ((axes.x[1] - axes.x[0]) or 1.0) * axes.width
    down = axes.top + (1 - (y - axes.y[0]) / ((axes.y[1] - axes.y[0]) or 1.0)) * axes.height
    return tuple(zip(across.tolist(), down.tolist(), strict=True))


def _is_dashed(colour: int) -> bool:
    """Whether a line is dashed, since its colour is that of another one."""
    return bool(colour // COLOURS % 2)
