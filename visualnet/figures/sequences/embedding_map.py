"""Points on a plane, one for each sample or word, coloured by class and named where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.axes import Axes, Range, draw_axes, make_axes, widen
from visualnet.figures.charts.marks import (
    SMALL,
    USUAL,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    shorten,
    text_width,
)

COLOURS = 8
"""So many colours there are; of further classes the points are rings."""
RADIUS = 3.4
REACH = 5.0
MOST_REGIONS = 3000
LEGEND_WIDTH, LEFT = 130.0, 56.0


@dataclass(frozen=True, eq=False)
class EmbeddingMap(Chart):
    """Points (N, 2) with the class of each (or none), what is said of each, and the samples that a click opens (-1 for none).

    ``named`` writes what is said of each point beside it, where there is room. ``window`` is the part of the plane that is seen.
    """

    kind = "embedding"
    points: NDArray[Any]
    labels: NDArray[Any] | None = None
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    samples: NDArray[Any] | None = None
    x_title: str = "x"
    y_title: str = "y"
    named: bool = False
    note: str = ""
    window: tuple[Range, Range] | None = None

    @property
    def whole(self) -> tuple[Range, Range]:
        """The part of the plane in which all points are."""
        finite = self.points[np.isfinite(self.points).all(1)]
        if not len(finite):
            return (-1.0, 1.0), (-1.0, 1.0)
        (x_low, y_low), (x_high, y_high) = finite.min(0).tolist(), finite.max(0).tolist()
        return widen(x_low, x_high), widen(y_low, y_high)

    def seen(self, window: tuple[Range, Range] | None) -> EmbeddingMap:
        """The same, seen through another window."""
        return replace(self, window=window)

    def axes(self, width: float, height: float) -> Axes:
        """Where the plane stands in a drawing of this size."""
        x, y = self.window or self.whole
        legend = LEGEND_WIDTH if self._shown_classes() and width > 420 else 0.0
        axes = make_axes(width - legend, height, x, y)
        # The numbers at the left may be of any length: the points must not move for that while one goes nearer.
        return axes._replace(left=LEFT, width=max(axes.right - LEFT, 20.0))

    def places(self, width: float, height: float) -> NDArray[np.float64]:
        """Where each point stands in a drawing of this size, in px; not a number for one outside the window."""
        axes = self.axes(width, height)
        (x_low, x_high), (y_low, y_high) = axes.x, axes.y
        x, y = self.points[:, 0].astype(np.float64), self.points[:, 1].astype(np.float64)
        inside = (x >= x_low) & (x <= x_high) & (y >= y_low) & (y <= y_high)
        across = axes.left + (x - x_low) / ((x_high - x_low) or 1.0) * axes.width
        down = axes.bottom - (y - y_low) / ((y_high - y_low) or 1.0) * axes.height
        return np.where(inside[:, None], np.stack([across, down], 1), np.nan)

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        axes = self.axes(width, height)
        marks: list[Mark] = draw_axes(axes, self.x_title, self.y_title)
        places = self.places(width, height)
        for number, (_, rows) in enumerate(self._groups()):
            marks += _dots(places[rows], number)
        if self.named:
            marks += self._draw_names(axes, places)
        else:
            marks += self._draw_class_names(places)
        marks += self._draw_legend(axes, width)
        if self.note:
            room = axes.width - text_width(self.x_title) - 16
            marks.append(Label(axes.left, axes.bottom + 27, shorten(self.note, room)))
        return ChartDrawing(width, height, tuple(marks), tuple(self._make_regions(places)))

    # --- marks ---------------------------------------------------------------------------------------------------------

    def _groups(self) -> list[tuple[str, NDArray[np.int64]]]:
        """The points of each class, in the order of the classes, so that a class has one colour whichever are there."""
        every = np.arange(len(self.points))
        if self.labels is None:
            return [("", every)]
        return [
            (self._class_name(int(c)), every[self.labels == c]) for c in range(int(self.labels.max(initial=-1)) + 1)
        ]

    def _class_name(self, number: int) -> str:
        return self.classes[number] if number < len(self.classes) else str(number)

    def _shown_classes(self) -> list[tuple[int, str]]:
        if self.labels is None:
            return []
        return [(number, name) for number, (name, rows) in enumerate(self._groups()) if len(rows)]

    def _draw_class_names(self, places: NDArray[np.float64]) -> list[Mark]:
        """The name of each class in the middle of its points: the nearest is read first."""
        marks: list[Mark] = []
        groups = [(name, places[rows]) for name, rows in self._groups() if name]
        if not 1 < len(groups) <= 40:
            return []
        taken: list[tuple[float, float, float]] = []
        for name, own in groups:
            inside = own[np.isfinite(own).all(1)]
            if not len(inside):
                continue
            x, y = np.median(inside, 0).tolist()
            text = shorten(name, 120, USUAL)
            half = text_width(text, USUAL) / 2
            # Classes that lie on each other are told apart by the legend: two names on each other say nothing.
            if all(abs(x - at) > half + wide or abs(y - down) > USUAL + 2 for at, down, wide in taken):
                taken.append((x, y, half))
                marks += _outlined(x, y, text, bold=True)
        return marks

    def _draw_names(self, axes: Axes, places: NDArray[np.float64]) -> list[Mark]:
        """What is said of each point, beside it; the first ones are named first, and none over another."""
        taken: set[tuple[int, int]] = set()
        marks: list[Mark] = []
        for at, (x, y) in enumerate(places.tolist()):
            if x != x or at >= len(self.words):
                continue
            text = shorten(self.words[at].partition("\n")[0], 90)
            wide = text_width(text) + 6
            if x + wide > axes.right + 20:
                continue
            cells = {(int(c), int(y // (SMALL + 3))) for c in np.arange(x // 8, (x + wide) // 8 + 1)}
            if not cells & taken:
                taken |= cells
                marks.append(Label(x + RADIUS + 3, y, text, "text"))
        return marks

    def _draw_legend(self, axes: Axes, width: float) -> list[Mark]:
        shown = self._shown_classes()
        if not shown or axes.right + LEGEND_WIDTH > width + 1:
            return self._draw_key(axes, shown)
        marks: list[Mark] = []
        room = max(int((axes.height + 20) / (SMALL + 6)), 1)
        for row, (number, name) in enumerate(shown[:room]):
            y = axes.top + row * (SMALL + 6)
            more = len(shown) - row
            if row == room - 1 and more > 1:
                marks.append(Label(axes.right + 28, y, f"and {more} more"))
                break
            marks += _dots(np.array([[axes.right + 18, y]]), number)
            marks.append(Label(axes.right + 28, y, shorten(name, LEGEND_WIDTH - 34), "text"))
        return marks

    @staticmethod
    def _draw_key(axes: Axes, shown: list[tuple[int, str]]) -> list[Mark]:
        """The colours of the classes in a row over the points, as many as have room: where there is none at the side."""
        marks: list[Mark] = []
        x, y = axes.left + 4, axes.top - 2
        for at, (number, name) in enumerate(shown):
            text = shorten(name, 80)
            if x + text_width(text) + 14 > axes.right - (0 if at == len(shown) - 1 else 16):
                marks.append(Label(x, y, "…"))
                break
            marks += _dots(np.array([[x, y]]), number)
            marks.append(Label(x + 7, y, text, "text"))
            x += text_width(text) + 20
        return marks

    def _make_regions(self, places: NDArray[np.float64]) -> list[HitRegion]:
        found: list[HitRegion] = []
        for at, (x, y) in enumerate(places.tolist()):
            if x != x or len(found) >= MOST_REGIONS:
                continue
            sample = int(self.samples[at]) if self.samples is not None else -1
            found.append(
                HitRegion(
                    x - REACH, y - REACH, 2 * REACH, 2 * REACH, self.describe(at), (sample,) if sample >= 0 else ()
                )
            )
        return found

    def describe(self, at: int) -> str:
        """What is said of a point."""
        parts = [self.words[at]] if at < len(self.words) and self.words[at] else []
        if self.labels is not None and self.labels[at] >= 0:
            parts.append(self._class_name(int(self.labels[at])))
        return " · ".join(parts) or f"point {at}"

    # --- as text -------------------------------------------------------------------------------------------------------

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("sample", self.x_title, self.y_title, "class", "words")
        for at, (x, y) in enumerate(self.points.tolist()):
            label = int(self.labels[at]) if self.labels is not None else -1
            sample = int(self.samples[at]) if self.samples is not None else at
            words = self.words[at] if at < len(self.words) else ""
            yield (sample, x, y, self._class_name(label) if label >= 0 else "", words)

    def description(self) -> str:
        shown = len(self._shown_classes())
        classes = f" of {format_quantity(shown, 'class', 'classes')}" if shown else ""
        return f"{format_quantity(len(self.points), 'point')}{classes}, {self.x_title} by {self.y_title}"


def _dots(places: NDArray[np.float64], number: int) -> list[Mark]:
    """Points of the class with this number: beyond the colours they are rings, so that no two classes look alike."""
    inside = tuple((x, y) for x, y in places.tolist() if x == x)
    if not inside:
        return []
    marks: list[Mark] = [Dots(inside, f"curve:{number}", RADIUS, 0.85)]
    if number >= COLOURS:
        marks.append(Dots(inside, "surface", RADIUS - (2.2 if number < 2 * COLOURS else 1.2), 1.0))
    return marks


def _outlined(x: float, y: float, text: str, bold: bool = False) -> list[Mark]:
    """Words that can be read on points: with an edge in the colour of the ground."""
    around = [(dx, dy) for dx in (-1.2, 0, 1.2) for dy in (-1.2, 0, 1.2) if dx or dy]
    edge = [Label(x + dx, y + dy, text, "surface", 12, "centre", bold) for dx, dy in around]
    return [*edge, Label(x, y, text, "text", 12, "centre", bold)]
