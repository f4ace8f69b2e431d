"""Histograms one behind another, the last in front: how numbers are spread, and how that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.axes import TOP, Axes, draw_axes
from visualnet.figures.charts.marks import Area, Chart, ChartDrawing, HitRegion, Label, Mark, Stroke
from visualnet.figures.charts.marks import text_width as width_of

MOST_RIDGES = 16
OVERLAP = 2.6
"""The highest ridge is so many times as high as the way from one to the next."""


@dataclass(frozen=True, eq=False)
class RidgeChart(Chart):
    """``counts`` (moment, bin) between common ``edges``, one row for each of ``steps``, the oldest first."""

    kind = "ridges"
    steps: tuple[int, ...]
    edges: NDArray[Any]
    counts: NDArray[Any]
    x_title: str
    note: str = ""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        shown = np.unique(np.linspace(0, len(self.steps) - 1, min(len(self.steps), MOST_RIDGES)).astype(int))
        right = 18.0 + width_of(f"step {self.steps[-1]:,}")
        span = (float(self.edges[0]), float(self.edges[-1]))
        axes = Axes(18.0, TOP, max(width - 18.0 - right, 20.0), max(height - TOP - 40.0, 20.0), span, (0.0, 1.0))
        marks: list[Mark] = [mark for mark in draw_axes(axes, self.x_title, "") if not _is_upright(mark, axes)]
        gap = axes.height / (len(shown) - 1 + OVERLAP)
        most = float(self.counts[shown].max()) or 1.0
        regions: list[HitRegion] = []
        every = max(int(np.ceil(13.0 / gap)), 1) if gap else 1
        for place, moment in enumerate(shown):
            base = axes.bottom - (len(shown) - 1 - place) * gap
            share = (place + 1) / len(shown)
            points = self._outline(axes, self.counts[moment], base, gap * OVERLAP / most)
            marks.append(Area(points, "surface", 1.0))
            marks.append(Area(points, "accent", 0.12 + 0.43 * share))
            marks.append(Stroke(points[1:-1], "accent", 1.2, alpha=0.35 + 0.65 * share))
            if (len(shown) - 1 - place) % every == 0:
                text = f"step {self.steps[moment]:,}" if place == len(shown) - 1 else f"{self.steps[moment]:,}"
                marks.append(Label(axes.right + 8, base - 4, text, "text" if place == len(shown) - 1 else "muted"))
            regions.append(HitRegion(axes.left, base - gap, axes.width, gap, self._words(int(moment))))
        if self.note:
            marks.append(Label(6.0, axes.top - 15, self.note))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _outline(
        self, axes: Axes, counts: NDArray[Any], base: float, per_count: float
    ) -> tuple[tuple[float, float], ...]:
        middles = (self.edges[:-1] + self.edges[1:]) / 2
        tops = [(axes.at(float(x), 0)[0], base - float(n) * per_count) for x, n in zip(middles, counts, strict=True)]
        return ((axes.left, base), (axes.left, base), *tops, (axes.right, base), (axes.right, base))

    def _words(self, moment: int) -> str:
        row = self.counts[moment]
        place = int(row.argmax())
        low, high = (format_number(float(self.edges[place + i])) for i in (0, 1))
        return f"step {self.steps[moment]:,}: most between {low} and {high}"

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("step", "from", "to", "how many")
        for step, row in zip(self.steps, self.counts, strict=True):
            for low, high, count in zip(self.edges, self.edges[1:], row, strict=False):
                yield (step, float(low), float(high), float(count))

    def description(self) -> str:
        return (
            f"How {self.x_title} is spread from {format_number(float(self.edges[0]))} to "
            f"{format_number(float(self.edges[-1]))}, from step {self.steps[0]:,} to step {self.steps[-1]:,}"
        )


def _is_upright(mark: Mark, axes: Axes) -> bool:
    """Whether a mark of the axes belongs to the upright one, which has no numbers here."""
    if isinstance(mark, Label):
        return mark.y <= axes.bottom
    return isinstance(mark, Stroke) and mark.points[0][1] == mark.points[1][1]


def common_histograms(
    histograms: Sequence[tuple[NDArray[Any], NDArray[Any]]], bins: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Histograms (counts, edges) of different edges over the same ones: a bin's count is spread evenly over it.

    Answers the edges and the counts (moment, bin); nothing is lost.
    """
    low = min(float(edges[0]) for _, edges in histograms)
    high = max(float(edges[-1]) for _, edges in histograms)
    common = np.linspace(low, high, bins + 1)
    found = []
    for counts, edges in histograms:
        below = np.concatenate([[0.0], np.cumsum(counts, dtype=np.float64)])
        found.append(np.diff(np.interp(common, edges.astype(np.float64), below)))
    return common, np.array(found)
