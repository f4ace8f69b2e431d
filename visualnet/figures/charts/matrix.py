"""A matrix of counts: what is true by what was answered, whose cells open their samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_percent, format_quantity
from visualnet.figures.charts.marks import SMALL, Box, Chart, Drawing, Mark, Spot, Words, shorten, text_width

MOST_CLASSES = 40
"""Of more classes those that are confused most are shown; the table holds all that occur."""
NUMBERS_FROM = 22.0
"""Cells narrower than so many px stand without their number."""


@dataclass(frozen=True)
class MatrixChart(Chart):
    """``counts`` by true class (rows) and answered class (columns). With ``shares`` each row adds to 100 %.

    ``samples`` are those of a cell, by its row and column; ``order`` the classes that are shown, in that order.
    """

    kind = "confusion"
    names: tuple[str, ...]
    counts: Mapping[tuple[int, int], int]
    samples: Mapping[tuple[int, int], tuple[int, ...]]
    order: tuple[int, ...]
    shares: bool = False
    unit: str = "sample"

    def total(self, row: int) -> int:
        """How many there are truly of a class."""
        return sum(count for (true, _), count in self.counts.items() if true == row)

    def lay_out(self, width: float, height: float) -> Drawing:
        count = len(self.order)
        names = [self.names[i] for i in self.order]
        left = min(max(text_width(name) for name in names) + 34, width * 0.3)
        top, bottom = 12.0, 46.0
        cell = max(min((width - left - 16) / count, (height - top - bottom) / count, 64.0), 3.0)
        totals = {row: self.total(row) for row in self.order}
        wide = min(max((width - left - 16) / (cell * count), 1.0), 2.4)
        across = cell * wide
        marks: list[Mark] = []
        spots: list[Spot] = []
        for i, true in enumerate(self.order):
            y = top + i * cell
            if cell >= SMALL - 1 or i % 4 == 0:
                marks.append(Words(left - 8, y + cell / 2, shorten(names[i], left - 28), "text", align="right"))
            for j, said in enumerate(self.order):
                self._draw_cell(marks, spots, (true, said), (left + j * across, y, across, cell), totals[true])
        below = top + count * cell
        for j, name in enumerate(names):
            if across >= text_width(name[:2]) + 4 or j % 4 == 0:
                text = shorten(name, max(across - 2, 3 * SMALL if j % 4 == 0 and across < 20 else 0))
                marks.append(Words(left + (j + 0.5) * across, below + 11, text, "text", align="centre"))
        marks.append(Words(left, below + 30, self._axis_words()))
        marks.append(Words(10, top + count * cell / 2, "true", align="centre", upward=True))
        return Drawing(width, height, tuple(marks), tuple(spots))

    def _axis_words(self) -> str:
        more = len(self.names) - len(self.order)
        return "answered" + (f" · the {len(self.order)} most confused of {len(self.names):,} classes" if more else "")

    def _draw_cell(
        self,
        marks: list[Mark],
        spots: list[Spot],
        at: tuple[int, int],
        box: tuple[float, float, float, float],
        total: int,
    ) -> None:
        x, y, width, height = box
        count = self.counts.get(at, 0)
        share = count / total if total else 0.0
        colour = f"amount:{share:.3f}"
        marks.append(Box(x, y, width - 1, height - 1, colour))
        if count and min(width, height * 1.8) >= NUMBERS_FROM:
            text = format_percent(share, 0) if self.shares else f"{count:,}"
            if text_width(text) <= width - 2:
                marks.append(Words(x + width / 2 - 0.5, y + height / 2, text, f"on {colour}", align="centre"))
        true, said = self.names[at[0]], self.names[at[1]]
        words = f"{format_quantity(count, self.unit)} of “{true}” answered as “{said}” ({format_percent(share)} of “{true}”)"
        held = self.samples.get(at, ())
        spots.append(Spot(x, y, width, height, words + (" — click to see them" if held else ""), held))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("true", "answered", "count", "share of the true class")
        totals: dict[int, int] = {}
        for (true, _), count in self.counts.items():
            totals[true] = totals.get(true, 0) + count
        for (true, said), count in sorted(self.counts.items()):
            yield (self.names[true], self.names[said], count, count / totals[true])

    def description(self) -> str:
        right = sum(count for (true, said), count in self.counts.items() if true == said)
        return f"Confusion matrix of {len(self.names)} classes: {right:,} of {sum(self.counts.values()):,} right"
