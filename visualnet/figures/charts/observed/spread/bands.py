"""Quantiles over the steps as bands around the median."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_percent
from visualnet.figures.charts.axes import draw_axes, make_axes, widen
from visualnet.figures.charts.marks import Area, Chart, ChartDrawing, Label, Mark, Stroke, text_width
from visualnet.figures.charts.observed.pointing import CellField


@dataclass(frozen=True, eq=False)
class QuantileBandChart(Chart):
    """``quantiles`` (moment, one for each of ``shares``), one row for each of ``steps``; the middle one is drawn as a line."""

    kind = "bands"
    steps: tuple[int, ...]
    shares: tuple[float, ...]
    quantiles: NDArray[Any]
    y_title: str
    note: str = ""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        x = (
            (float(self.steps[0]), float(self.steps[-1]))
            if len(self.steps) > 1
            else widen(self.steps[0], self.steps[0])
        )
        axes = make_axes(width, height, x, widen(float(self.quantiles.min()), float(self.quantiles.max())))
        marks: list[Mark] = draw_axes(axes, "step", self.y_title)
        count = len(self.shares)
        steps = self.steps if len(self.steps) > 1 else (int(x[0]), int(x[1]))
        rows = self.quantiles if len(self.steps) > 1 else np.repeat(self.quantiles, 2, 0)
        at = right = axes.right
        for place in range(count // 2):
            low = [axes.at(step, float(row[place])) for step, row in zip(steps, rows, strict=True)]
            high = [axes.at(step, float(row[-1 - place])) for step, row in zip(steps, rows, strict=True)]
            marks.append(Area((*low, *reversed(high)), "accent", 0.16))
        middle = tuple(axes.at(step, float(row[count // 2])) for step, row in zip(steps, rows, strict=True))
        marks.append(Stroke(middle, "accent", 2.0))
        for words, alpha in self._legend():
            at -= text_width(words)
            marks.append(Label(at, axes.top - 15, words, "text"))
            box = ((at - 18, axes.top - 20), (at - 6, axes.top - 20), (at - 6, axes.top - 10), (at - 18, axes.top - 10))
            marks.append(
                Area(box, "accent", alpha)
                if alpha < 1
                else Stroke(((at - 18, axes.top - 15), (at - 6, axes.top - 15)), "accent", 2.0)
            )
            at -= 32
            if at < axes.left + text_width(self.y_title) + 60:
                break
        if self.note:
            marks.append(Label(6.0, axes.bottom + 27, self.note))
        places = [axes.at(step, 0)[0] for step in self.steps] if len(self.steps) > 1 else [axes.left]
        cells = CellField(
            np.array([*places, right]), np.array([axes.top, axes.bottom]), lambda _row, at: self._words(at)
        )
        return ChartDrawing(width, height, tuple(marks), fields=(cells,))

    def _legend(self) -> list[tuple[str, float]]:
        """What each band holds, the widest first, with how opaque it is where the narrower ones lie on it."""
        shares = [self.shares[-1 - i] - self.shares[i] for i in range(len(self.shares) // 2)]
        found = [("median", 1.0)]
        for number in reversed(range(len(shares))):
            words = "all" if shares[number] >= 1 else format_percent(shares[number], 0)
            found.append((words, 1 - (1 - 0.16) ** (number + 1)))
        return found

    def _words(self, moment: int) -> str:
        row = [format_number(float(value)) for value in self.quantiles[moment]]
        inner = len(row) // 2 - 1
        share = format_percent(self.shares[-1 - inner] - self.shares[inner], 0)
        return (
            f"step {self.steps[moment]:,}: median {row[len(row) // 2]}, {share} between {row[inner]} and {row[-1 - inner]}, "
            f"all between {row[0]} and {row[-1]}"
        )

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("step", *(f"{format_percent(share, 0)} below" for share in self.shares))
        for step, row in zip(self.steps, self.quantiles, strict=True):
            yield (step, *row.tolist())

    def description(self) -> str:
        return (
            f"{self.y_title} from step {self.steps[0]:,} to step {self.steps[-1]:,}. {self._words(len(self.steps) - 1)}"
        )
