"""Two heaps of values on one axis, and a threshold between them with what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_number, format_percent
from visualnet.figures.charts.axes import draw_axes, make_axes, widen
from visualnet.figures.charts.marks import (
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Rectangle,
    Stroke,
    shorten,
    text_width,
)

HEAD = 34.0


@dataclass(frozen=True)
class ThresholdChart(Chart):
    """``heaps`` are two, usual and odd, each with the samples between each two ``edges``. ``found`` is the share of odd ones above the
    threshold, ``right`` of all above it the share that is odd (None where nothing is), ``mistaken`` the share of usual ones above it."""

    kind = "threshold"
    edges: tuple[float, ...]
    heaps: tuple[tuple[str, tuple[tuple[int, ...], ...]], ...]
    threshold: float
    x_title: str
    found: float
    right: float | None
    mistaken: float
    origin: str = ""
    """How the threshold came about, in a few words."""

    @property
    def place(self) -> float:
        """Where the threshold stands, from 0 (least value) to 1."""
        low, high = self.edges[0], self.edges[-1]
        return min(max((self.threshold - low) / ((high - low) or 1.0), 0.0), 1.0)

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        x = widen(self.edges[0], self.edges[-1], 0.02)
        shares = [[len(held) / max(sum(map(len, bins)), 1) for held in bins] for _, bins in self.heaps]
        axes = make_axes(width, height - HEAD, x, (0.0, max(max(bins) for bins in shares) * 1.05 or 1.0))
        axes = axes._replace(top=axes.top + HEAD)
        marks: list[Mark] = draw_axes(axes, self.x_title, "share of its kind")
        regions: list[HitRegion] = []
        for number, each in enumerate(shares):
            for i, share in enumerate(each):
                if share:
                    (left, top), (right, bottom) = axes.at(self.edges[i], share), axes.at(self.edges[i + 1], 0.0)
                    marks.append(Rectangle(left, top, max(right - left - 1, 1), bottom - top, f"curve:{number}", 0.6))
        for i in range(len(self.edges) - 1):
            (left, _), (right, _) = axes.at(self.edges[i], 0.0), axes.at(self.edges[i + 1], 0.0)
            every = tuple(sample for _, bins in reversed(self.heaps) for sample in bins[i])
            told = ", ".join(f"{len(bins[i]):,} {name}" for name, bins in self.heaps)
            words = f"{format_number(self.edges[i])} to {format_number(self.edges[i + 1])}: {told}"
            regions.append(HitRegion(left, axes.top, right - left, axes.height, words, every))
        at, _ = axes.at(self.threshold, 0.0)
        marks.append(Stroke(((at, axes.top - 6), (at, axes.bottom)), "text", 1.5, dashed=True))
        legend = axes.left
        for number, (name, _) in enumerate(self.heaps):
            marks += [Rectangle(legend, 10.0, 9, 9, f"curve:{number}", 0.8), Label(legend + 14, 15.0, name, "text")]
            legend += text_width(name) + 34
        if self.origin and (room := width - legend - 6) > 40:
            marks.append(Label(legend, 15.0, shorten(f"threshold {self.origin}", room)))
        marks.append(Label(axes.left, 33.0, self.verdict(), "text"))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def verdict(self) -> str:
        """What the threshold finds, in words."""
        right = "—" if self.right is None else format_percent(self.right)
        where = f"above {format_number(self.threshold)}: recall {format_percent(self.found)}, precision {right}"
        return f"{where}, {format_percent(self.mistaken)} of usual called odd"

    def least_size(self) -> tuple[float, float]:
        return 320.0, 180.0

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("from", "to", *(name for name, _ in self.heaps))
        for i in range(len(self.edges) - 1):
            yield (self.edges[i], self.edges[i + 1], *(len(bins[i]) for _, bins in self.heaps))

    def description(self) -> str:
        return f"Errors of usual and odd samples, threshold {self.origin}; {self.verdict()}"
