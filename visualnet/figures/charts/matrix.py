"""A matrix of counts: what is true by what was answered, whose cells open their samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_percent, format_quantity
from visualnet.figures.charts.marks import Chart, ChartDrawing, HitRegion, Label, Mark, Rectangle, shorten, text_width

MOST_CLASSES = 40
"""Of more classes those that are confused most are shown; the table holds all that occur."""
LEAST_CELL, LARGEST_CELL = 14.0, 64.0
"""Cells are squares between these, in px, or wider where their numbers are: all classes are named, and counts can be read."""
LEVEL, HANGING = 18.0, 64.0
"""Room for the names of columns in px: level, or where that is too narrow, upright and at most so long."""
MOST_STRETCHED = 2.2
"""Cells may be so many times as wide as high where that lets the names of columns stand level."""
WIDEST_NUMBER = 40.0
"""Longer numbers are left to the tooltip."""
ROOMY_CELL = 20.0
"""Where cells would be smaller, the words about the axes give their room to the cells."""
TABLE_WIDTH, TABLE_LINE = 230.0, 18.0
"""From so much room beside the matrix on, the most frequent mistakes stand there as a list."""


class _Frame(NamedTuple):
    """Where the cells stand: left and upper end of the first one, their sizes, and how high the names of columns are below."""

    left: float
    top: float
    across: float
    cell: float
    names: float
    is_roomy: bool


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

    def _totals(self) -> dict[int, int]:
        """How many there are truly of each class."""
        totals = dict.fromkeys(self.order, 0)
        for (true, _), count in self.counts.items():
            totals[true] = totals.get(true, 0) + count
        return totals

    def least_size(self) -> tuple[float, float]:
        frame = self._frame(0, 0)
        count = len(self.order)
        return frame.left + count * frame.across + 16, frame.top + count * frame.cell + frame.names

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        frame = self._frame(width, height)
        names = [self.names[i] for i in self.order]
        totals = self._totals()
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        left, top, across, cell = frame.left, frame.top, frame.across, frame.cell
        for i, true in enumerate(self.order):
            y = top + i * cell
            marks.append(Label(left - 8, y + cell / 2, shorten(names[i], left - 28), "text", align="right"))
            for j, said in enumerate(self.order):
                self._draw_cell(marks, regions, (true, said), (left + j * across, y, across, cell), totals[true])
        right, below = left + len(names) * across, top + len(names) * cell
        upward = not self._fit_across(across)
        for j, name in enumerate(names):
            x = left + (j + 0.5) * across
            if upward:
                marks.append(Label(x, below + 4, shorten(name, frame.names - 6), "text", align="right", upward=True))
            else:
                marks.append(Label(x, below + 9, name, "text", align="centre"))
        if frame.is_roomy:
            marks.append(Label(left, below + frame.names + 10, self._axis_words()))
        marks.append(Label(10, top + len(names) * cell / 2, "true", align="centre", upward=True))
        if width - right >= TABLE_WIDTH + 48:
            self._draw_table(marks, regions, totals, (right + 48, top, width - right - 56, height - top))
        elif not frame.is_roomy and width - right >= text_width("answered") + 12:
            marks.append(Label(right + 8, below + 9, shorten(self._axis_words(), width - right - 12)))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _frame(self, width: float, height: float) -> _Frame:
        """The cells as large as there is room for them, and never smaller than can be read."""
        roomy = self._arrange(width, height, 12.0, 26.0)
        return roomy if roomy.cell >= ROOMY_CELL else self._arrange(width, height, 2.0, 0.0)

    def _arrange(self, width: float, height: float, top: float, axis: float) -> _Frame:
        """With so much room above the cells, and for words about the axes below them."""
        count = len(self.order)
        longest = max(text_width(self.names[i]) for i in self.order)
        wanted = max(min(max(map(text_width, self._cell_words())) + 6, WIDEST_NUMBER), LEAST_CELL)
        left = min(longest + 34, max(min(width * 0.3, width - 16 - count * wanted), 90.0))
        for below in (LEVEL, min(longest, HANGING) + 10):
            room = min((width - left - 16) / count, (height - top - axis - below) / count, LARGEST_CELL)
            cell = max(room, LEAST_CELL)
            across = max(cell, wanted)
            if longest + 4 <= min((width - left - 16) / count, MOST_STRETCHED * cell):
                across = max(across, longest + 4)  # somewhat wider cells, and the names stand level
            frame = _Frame(left, top, across, cell, below, bool(axis))
            if self._fit_across(frame.across):
                break
        return frame

    def _fit_across(self, across: float) -> bool:
        """Whether the names of all columns stand beneath them without being shortened."""
        return max(text_width(self.names[i]) for i in self.order) <= across - 2

    def _cell_words(self) -> list[str]:
        totals, shown = self._totals(), set(self.order)
        cells = (at for at in self.counts if shown.issuperset(at))
        return [self._words_of(self.counts[at], totals[at[0]]) for at in cells] or ["0"]

    def _words_of(self, count: int, total: int) -> str:
        return format_percent(count / total if total else 0.0, 0) if self.shares else f"{count:,}"

    def _draw_table(
        self,
        marks: list[Mark],
        regions: list[HitRegion],
        totals: Mapping[int, int],
        room: tuple[float, float, float, float],
    ) -> None:
        """The most frequent mistakes, as many as there is room for; each leads to its samples as its cell does."""
        x, top, width, height = room
        shown = set(self.order)
        wrong = [at for at in self.counts if at[0] != at[1] and shown.issuperset(at)]
        wrong.sort(key=lambda at: (-self.counts[at], at))
        lines = min(int(height / TABLE_LINE) - 1, len(wrong))
        if lines < 1:
            return
        width = min(width, 340.0)
        head = f"Most frequent mistakes{self._which_classes()}"
        marks.append(Label(x, top + TABLE_LINE / 2, shorten(head, room[2]), bold=True))
        for row, at in enumerate(wrong[:lines], 1):
            y = top + (row + 0.5) * TABLE_LINE
            count = self.counts[at]
            figures = f"{count:,} · {format_percent(count / totals[at[0]])}"
            words = f"“{self.names[at[0]]}” answered as “{self.names[at[1]]}”"
            marks.append(Label(x, y, shorten(words, width - text_width(figures) - 16), "text"))
            marks.append(Label(x + width, y, figures, "text", align="right"))
            regions.append(self._region(at, (x - 4, y - TABLE_LINE / 2, width + 8, TABLE_LINE), totals[at[0]]))

    def _axis_words(self) -> str:
        return f"answered{self._which_classes()}"

    def _which_classes(self) -> str:
        hidden, occurring = len(self.names) - len(self.order), {kind for cell in self.counts for kind in cell}
        if not occurring.issubset(self.order):
            return f" · the {len(self.order)} most confused of {len(self.names):,} classes"
        return f" · without {format_quantity(hidden, 'class', 'classes')} that never occur" if hidden else ""

    def _draw_cell(
        self,
        marks: list[Mark],
        regions: list[HitRegion],
        at: tuple[int, int],
        box: tuple[float, float, float, float],
        total: int,
    ) -> None:
        x, y, width, height = box
        count = self.counts.get(at, 0)
        colour = f"amount:{count / total if total else 0.0:.3f}"
        marks.append(Rectangle(x, y, width - 1, height - 1, colour))
        words = self._words_of(count, total)
        if count and text_width(words) <= width - 1:
            marks.append(Label(x + width / 2 - 0.5, y + height / 2 - 0.5, words, f"on {colour}", align="centre"))
        regions.append(self._region(at, box, total))

    def _region(self, at: tuple[int, int], box: tuple[float, float, float, float], total: int) -> HitRegion:
        count = self.counts.get(at, 0)
        true, said = self.names[at[0]], self.names[at[1]]
        share = format_percent(count / total if total else 0.0)
        words = f"{format_quantity(count, self.unit)} of “{true}” answered as “{said}” ({share} of “{true}”)"
        held = self.samples.get(at, ())
        return HitRegion(*box, words + (" — click to see them" if held else ""), held)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("true", "answered", "count", "share of the true class")
        totals = self._totals()
        for (true, said), count in sorted(self.counts.items()):
            yield (self.names[true], self.names[said], count, count / totals[true])

    def description(self) -> str:
        right = sum(count for (true, said), count in self.counts.items() if true == said)
        return f"Confusion matrix of {len(self.names)} classes: {right:,} of {sum(self.counts.values()):,} right"
