"""Curves with bands: a mean over several runs, and between which values they lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import Axes, draw_axes, make_axes, widen
from visualnet.figures.charts.marks import Area, Chart, ChartDrawing, Dots, HitRegion, Label, Mark, Stroke, text_width

DASHES: tuple[tuple[float, ...], ...] = ((), (7, 3), (2, 3), (9, 3, 2, 3), (4, 2), (12, 4), (2, 2, 6, 2), (1, 2))
"""How the lines are broken, in px: told apart also without colours."""
SAMPLE, GAP, LINE = 26.0, 18.0, 17.0
REGIONS = 60
"""A curve with more points answers to the pointer at some of them."""
MANY, ALL_REGIONS = 12, 1_000
"""More curves are drawn thin, and answer to the pointer at so many places together."""


class Band(NamedTuple):
    """Points of a curve with the lowest and the highest of the runs; ``colour`` and ``dash`` number how it is drawn."""

    name: str
    x: tuple[float, ...]
    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    colour: int = 0
    dash: int = 0


@dataclass(frozen=True)
class BandChart(Chart):
    """Curves with bands over one axis. With ``places`` only these values of x are there, at even distances, as their numbers say. Without
    ``legend`` the names are told by the pointer alone."""

    kind = "bands"
    bands: tuple[Band, ...]
    x_title: str
    y_title: str
    x: tuple[float, float] | None = None
    places: tuple[float, ...] = ()
    legend: bool = True

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        key, rows = self._legend(width)
        axes = make_axes(width, height - LINE * rows, self._across(), self._upward())
        axes = axes._replace(top=axes.top + LINE * rows)
        marks = draw_axes(axes, self.x_title, self.y_title, across=not self.places)
        # The name of the upward axis stands above the legend, not in it.
        marks = [m._replace(y=10.0) if isinstance(m, Label) and m.text == self.y_title else m for m in marks]
        marks += [*self._numbers(axes), *key]
        regions: list[HitRegion] = []
        most = max(min(REGIONS, ALL_REGIONS // max(len(self.bands), 1)), 2)
        for band in self.bands:
            marks += self._draw(axes, band)
        for band in self.bands:
            regions += self._regions(axes, band, most)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("curve", self.x_title, f"{self.y_title}, mean", "lowest", "highest")
        for band in self.bands:
            for row in zip(band.x, band.middle, band.low, band.high, strict=True):
                yield (band.name, *row)

    def description(self) -> str:
        ends = [f"{band.name} ends at {format_number(band.middle[-1])}" for band in self.bands if band.middle]
        return f"{self.y_title} over {self.x_title}: {', '.join(ends) or 'nothing yet'}"

    # --- where things stand --------------------------------------------------------------------------------------------------------

    def _place(self, x: float) -> float:
        return float(self.places.index(x)) if self.places else x

    def _across(self) -> tuple[float, float]:
        if self.places:
            return -0.15, len(self.places) - 0.85
        if self.x is not None:
            return self.x
        values = [x for band in self.bands for x in band.x]
        return (min(values), max(values)) if values and max(values) > min(values) else (0.0, 1.0)

    def _upward(self) -> tuple[float, float]:
        values = [y for band in self.bands for part in (band.low, band.high) for y in part]
        return widen(min(values), max(values)) if values else (0.0, 1.0)

    def _numbers(self, axes: Axes) -> list[Mark]:
        marks: list[Mark] = []
        for number, value in enumerate(self.places):
            at, _ = axes.at(number, axes.y[0])
            marks.append(Stroke(((at, axes.top), (at, axes.bottom)), "line", alpha=0.6))
            marks.append(Label(at, axes.bottom + 10, format_number(value), align="centre"))
        return marks

    def _legend(self, width: float) -> tuple[list[Mark], int]:
        """Names with their line in rows below the name of the axis, and how many rows that takes."""
        marks: list[Mark] = []
        x, row = 18.0, 0
        for band in self.bands if self.legend else ():
            wide = SAMPLE + 6 + text_width(band.name)
            if x > 18.0 and x + wide > width - 8:
                x, row = 18.0, row + 1
            y = 26.0 + LINE * row
            marks.append(_line(((x, y), (x + SAMPLE, y)), band))
            marks.append(Label(x + SAMPLE + 6, y, band.name, "text"))
            x += wide + GAP
        return marks, row + 1 if marks else 0

    def _draw(self, axes: Axes, band: Band) -> list[Mark]:
        points = tuple(axes.at(self._place(x), y) for x, y in zip(band.x, band.middle, strict=True))
        colour = f"curve:{band.colour}"
        marks: list[Mark] = []
        if len(points) > 1 and band.low != band.high:
            upper = [axes.at(self._place(x), y) for x, y in zip(band.x, band.high, strict=True)]
            lower = [axes.at(self._place(x), y) for x, y in zip(band.x, band.low, strict=True)]
            marks.append(Area((*upper, *reversed(lower)), colour, 0.18))
        if len(points) > 1:
            marks.append(_line(points, band, 1.0 if len(self.bands) > MANY else 2.0))
        if len(points) == 1 or self.places:
            marks.append(Dots(points, colour, 3.5, 1.0))
        return marks

    def _regions(self, axes: Axes, band: Band, most: int) -> list[HitRegion]:
        step = max(-(-len(band.x) // most), 1)
        found = []
        for i in range(0, len(band.x), step):
            x, y = axes.at(self._place(band.x[i]), band.middle[i])
            ends = f" ({format_number(band.low[i])} to {format_number(band.high[i])})" if band.low != band.high else ""
            words = f"{band.name}, {self.x_title} {format_number(band.x[i])}: {format_number(band.middle[i])}{ends}"
            found.append(HitRegion(x - 7, y - 7, 14, 14, words))
        return found


def _line(points: tuple[tuple[float, float], ...], band: Band, width: float = 2.0) -> Stroke:
    dash = DASHES[band.dash % len(DASHES)]
    return Stroke(points, f"curve:{band.colour}", width, dashed=bool(dash), dash=dash or (5, 4))
