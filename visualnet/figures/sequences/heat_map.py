"""Heat maps over the same columns, one under the other: units over the steps of a sequence, gates, layers by heads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.colours import contrast
from visualnet.figures.charts.marks import (
    SMALL,
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Pixels,
    shorten,
    text_width,
)
from visualnet.figures.charts.tiles import colour_bar
from visualnet.figures.colours.indices import HATCH, hatch, levels
from visualnet.figures.colours.maps import DIVERGING, SEQUENTIAL
from visualnet.figures.sequences.thinning import thin_by_maximum

TITLE, GAP, RIGHT, TOP = 18.0, 8.0, 74.0, 6.0
FLAT, NARROW = 64.0, 150.0
"""Maps flatter than this stand beside each other, as long as none is narrower than that, in px."""
FLATTEST, NARROWEST = 26.0, 50.0
"""Maps flatter than this, in which no unit is seen, may be as narrow as that."""
LOW, BARE = 220.0, 10.0
"""Where there is less height for several maps, their rows have no names: the pointer tells them. So much room is left beside each."""
MOST_NAMED = 140.0
"""Names of rows take no more room than this, in px."""
MOST_REGIONS = 3000
"""Of more cells a whole column answers to the pointer."""
NUMBERS_FROM = 34.0
"""Cells narrower than so many px stand without their number."""


class Panel(NamedTuple):
    """One heat map: ``values`` (row, column), and what the ends of its colours mean."""

    title: str
    values: NDArray[Any]
    low: float = 0.0
    high: float = 1.0
    signed: bool = False

    @property
    def scale(self) -> tuple[float, float, bool]:
        """What its colours mean."""
        return self.low, self.high, self.signed


@dataclass(frozen=True, eq=False)
class HeatMaps(Chart):
    """Heat maps that share their columns. ``row_names`` and ``column_names`` may be empty: then they are numbered.

    ``numbers`` writes each value into its cell where there is room.
    """

    kind = "heat-map"
    panels: tuple[Panel, ...]
    row_title: str
    column_title: str
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    unit: str = ""
    numbers: bool = False
    note: str = ""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        left = self._left(width, height)
        titles = TITLE if any(panel.title for panel in self.panels) else 0.0
        beside, across, tall, below = self._fit(width - left - RIGHT, height, titles, left)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        last = len(self.panels) - 1
        for at, panel in enumerate(self.panels):
            row, column = divmod(at, beside)
            x, top = left + column * (across + left), TOP + row * (tall + titles + GAP)
            if titles:
                marks.append(Label(x, top + titles / 2 - 2, shorten(panel.title, across), "text", bold=True))
            top += titles
            marks += self._draw_panel(panel, x, top, across, tall)
            marks += self._draw_row_names(panel, x, left, top, tall)
            regions += self._make_regions(panel, x, top, across, tall)
            if at + beside > last:
                marks += self._draw_column_names(x, across, top + tall + 2)
        right = left + beside * across + (beside - 1) * left
        marks += self._draw_bars(right + 10, TOP + titles, height - below - TOP - titles)
        marks.append(Label(right, height - 8, self.column_title, align="right"))
        if self.note:
            marks.append(Label(left, height - 8, shorten(self.note, right - left - text_width(self.column_title) - 12)))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _fit(self, room: float, height: float, titles: float, left: float) -> tuple[int, float, float, float]:
        """How many maps stand beside each other, how wide and high each is, and the room for names below them: one column, or more where
        one would make them too flat to be read."""
        count = max(len(self.panels), 1)
        for beside in range(1, count + 1):
            across = max((room - (beside - 1) * left) / beside, 20.0)
            below = self._room_below(across, height)
            rows = math.ceil(count / beside)
            tall = max((height - TOP - below - GAP * (rows - 1)) / rows - titles, 4.0)
            narrower = (room - beside * left) / (beside + 1)
            if tall >= FLAT or narrower < (NARROW if tall >= FLATTEST else NARROWEST):
                break
        return beside, across, tall, below

    def _draw_bars(self, x: float, top: float, height: float) -> list[Mark]:
        """A colour bar for each scale, under the name of the first map that has it where there are several."""
        scales: dict[tuple[float, float, bool], list[str]] = {}
        for panel in self.panels:
            scales.setdefault(panel.scale, []).append(panel.title)
        room = height / max(len(scales), 1)
        marks: list[Mark] = []
        for at, (scale, titles) in enumerate(scales.items()):
            name = self.unit if len(scales) == 1 else f"{titles[0]}{' …' * (len(titles) > 1)}"
            marks += colour_bar(x, top + at * room, min(room - 6, 260.0), *scale, shorten(name, RIGHT - 10))
        return marks

    # --- places --------------------------------------------------------------------------------------------------------

    def _left(self, width: float, height: float) -> float:
        if len(self.panels) > 1 and height < LOW:
            return BARE
        names = max(map(text_width, self._row_names), default=0.0)
        return min(names + 12.0, MOST_NAMED, width * 0.4) + (14.0 if self.row_title else 0.0)

    @property
    def _row_names(self) -> tuple[str, ...]:
        """The names of the rows, or the longest of their numbers."""
        rows = max((panel.values.shape[0] for panel in self.panels), default=0)
        return self.row_names or (str(max(rows - 1, 0)),)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((panel.values.shape[1] for panel in self.panels), default=0)

    def _cell(self, across: float) -> float:
        return across / max(self.columns, 1)

    def _is_upward(self, across: float) -> bool:
        """Whether the names of columns are written upwards, for they do not fit beside each other."""
        return bool(self.column_names) and max(map(text_width, self.column_names)) + 8 > self._cell(across)

    def _room_below(self, across: float, height: float) -> float:
        if not self._is_upward(across):
            return 34.0
        longest = max(map(text_width, self.column_names))
        return min(longest + 22.0, height * 0.35, 110.0)

    # --- marks ---------------------------------------------------------------------------------------------------------

    def _draw_panel(self, panel: Panel, left: float, top: float, across: float, tall: float) -> list[Mark]:
        # Of more cells than there are pixels, the greatest of those that one pixel stands for is seen.
        values = thin_by_maximum(panel.values, max(int(tall * 2), 1), max(int(across * 2), 1), panel.signed)
        colours = levels(values, panel.low, panel.high)
        if (colours == HATCH).any():
            hatch(colours)
        marks: list[Mark] = [Pixels(left, top, across, tall, colours, "signed" if panel.signed else "amount")]
        rows, columns = panel.values.shape
        wide, high = across / max(columns, 1), tall / max(rows, 1)
        if self.numbers and wide >= NUMBERS_FROM and high >= SMALL + 4:
            for row, column in np.ndindex(rows, columns):
                x, y = left + (column + 0.5) * wide, top + (row + 0.5) * high
                value = float(panel.values[row, column])
                marks.append(Label(x, y, format_number(value, 3), _ink_on(panel, value), align="centre"))
        return marks

    def _draw_row_names(self, panel: Panel, x: float, left: float, top: float, tall: float) -> list[Mark]:
        rows = panel.values.shape[0]
        marks: list[Mark] = []
        if left <= BARE:
            return marks
        if self.row_title:
            marks.append(
                Label(x - left + 8, top + tall / 2, shorten(self.row_title, tall), align="centre", upward=True)
            )
        if not rows:
            return marks
        high = tall / rows
        stride = max(math.ceil((SMALL + 3) / high), 1)
        for row in range(0, rows, stride):
            name = self.row_names[row] if row < len(self.row_names) else str(row)
            marks.append(Label(x - 6, top + (row + 0.5) * high, shorten(name, left - 22), align="right"))
        return marks

    def _draw_column_names(self, left: float, across: float, top: float) -> list[Mark]:
        cell, upward = self._cell(across), self._is_upward(across)
        names = self.column_names or tuple(map(str, range(self.columns)))
        room = SMALL + 3 if upward else max(map(text_width, names), default=0.0) + 8
        stride = max(math.ceil(room / cell), 1)
        marks: list[Mark] = []
        for column in range(0, len(names), stride):
            x = left + (column + 0.5) * cell
            if upward:
                marks.append(Label(x, top, shorten(names[column], 84), "text", align="right", upward=True))
            else:
                colour = "text" if self.column_names else "muted"
                marks.append(Label(x, top + 6, names[column], colour, align="centre"))
        return marks

    def _make_regions(self, panel: Panel, left: float, top: float, across: float, tall: float) -> list[HitRegion]:
        rows, columns = panel.values.shape
        wide = across / max(columns, 1)
        if rows * columns * len(self.panels) <= MOST_REGIONS:
            high = tall / max(rows, 1)
            return [
                HitRegion(left + column * wide, top + row * high, wide, high, self.describe(panel, row, column))
                for row, column in np.ndindex(rows, columns)
            ]
        found = []
        for column in range(columns):
            one = panel.values[:, column]
            least, most = format_number(float(np.min(one))), format_number(float(np.max(one)))
            words = f"{self._title(panel)}{self.column_title} {self._column(column)}: {least} to {most}"
            found.append(HitRegion(left + column * wide, top, wide, tall, words))
        return found

    def describe(self, panel: Panel, row: int, column: int) -> str:
        """What stands in a cell."""
        name = self.row_names[row] if row < len(self.row_names) else str(row)
        value = format_number(float(panel.values[row, column]), 4)
        unit = f" {self.unit}" if self.unit else ""
        return f"{self._title(panel)}{self.row_title} {name}, {self.column_title} {self._column(column)}: {value}{unit}"

    @staticmethod
    def _title(panel: Panel) -> str:
        return f"{panel.title}, " if panel.title else ""

    def _column(self, column: int) -> str:
        return f"{column} “{self.column_names[column]}”" if column < len(self.column_names) else str(column)

    # --- as text -------------------------------------------------------------------------------------------------------

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("map", self.row_title or "row", self.column_title or "column", "name", self.unit or "value")
        for panel in self.panels:
            for row, column in np.ndindex(*panel.values.shape):
                name = self.row_names[row] if row < len(self.row_names) else row
                word = self.column_names[column] if column < len(self.column_names) else ""
                yield (panel.title, name, column, word, float(panel.values[row, column]))

    def description(self) -> str:
        titles = ", ".join(panel.title for panel in self.panels if panel.title)
        shape = f"{self.panels[0].values.shape[0]}×{self.columns}" if self.panels else "nothing"
        return f"Heat map of {self.row_title} by {self.column_title}, {shape}{': ' if titles else ''}{titles}"


def _ink_on(panel: Panel, value: float) -> str:
    """Black or white, whichever is read better on the colour of a value."""
    share = (value - panel.low) / ((panel.high - panel.low) or 1.0) if np.isfinite(value) else 0.0
    table = DIVERGING if panel.signed else SEQUENTIAL
    red, green, blue = table[int(np.clip(share, 0, 1) * 255)].tolist()
    inks = {"#000000": (0, 0, 0), "#ffffff": (255, 255, 255)}
    return max(inks, key=lambda name: contrast(inks[name], (red, green, blue)))
