"""What each action is worth in one state: a bar from zero for each, the best one marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import (
    SMALL,
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

ROW = 30.0


@dataclass(frozen=True)
class ActionBars(Chart):
    """``values`` of the actions ``names``; the greatest is the one that the network would take."""

    kind = "action_bars"
    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def best(self) -> int:
        """The number of the action that is worth most."""
        return max(range(len(self.values)), key=self.values.__getitem__)

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        low, high = min(0.0, *self.values), max(0.0, *self.values)
        high = high if high > low else 1.0
        left = min(max(text_width(name, 12) for name in self.names) + 26, 0.4 * width)
        room = max(width - left - 62, 20.0)
        row = min(max((height - 8) / len(self.names), 12.0), ROW)
        top = 4.0
        zero = left + room * (0 - low) / (high - low)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for at, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            y, is_best = top + at * row, at == self.best
            end = left + room * (value - low) / (high - low)
            colour = "accent" if is_best else "muted"
            marks.append(
                Rectangle(
                    min(zero, end),
                    y + 0.16 * row,
                    max(abs(end - zero), 1.0),
                    0.68 * row,
                    colour,
                    0.9 if is_best else 0.5,
                )
            )
            middle = y + row / 2
            marks.append(Label(left - 8, middle, shorten(name, left - 26, 12), "text", 12, "right", is_best))
            if is_best:
                marks.append(Label(4, middle, "▶", "accent", SMALL))
            marks.append(
                Label(left + room + 8, middle, format_number(value), "text" if is_best else "muted", bold=is_best)
            )
            regions.append(HitRegion(0, y, width, row, f"{name} is worth {format_number(value)}"))
        marks.append(Stroke(((zero, top), (zero, top + row * len(self.names))), "text", 1.0, alpha=0.5))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("action", "Q")
        yield from zip(self.names, self.values, strict=True)

    def description(self) -> str:
        worth = format_number(self.values[self.best])
        return (
            f"what {format_quantity(len(self.names), 'action')} are worth; the best is {self.names[self.best]}, {worth}"
        )
