"""Two axes around a field of numbers, with a light grid, round numbers and their names."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.figures.charts.marks import SMALL, Label, Mark, Stroke, text_width
from visualnet.figures.ticks import nice_ticks, tick_labels

TOP, RIGHT, BOTTOM = 26.0, 18.0, 40.0
STEP_X, STEP_Y = 72.0, 36.0
"""So far apart numbers stand along an axis, at least, in px."""

LOW = 200.0
"""A field of less height is low."""

Range = tuple[float, float]


class Axes(NamedTuple):
    """Where numbers stand: the field in px, and what its edges are."""

    left: float
    top: float
    width: float
    height: float
    x: Range
    y: Range

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a pair of numbers, in px."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return self.left + across * self.width, self.top + (1 - up) * self.height

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


def make_axes(width: float, height: float, x: Range, y: Range, square: bool = False) -> Axes:
    """Axes that fill a drawing; ``square`` ones are as wide as high where there is room."""
    upward = tick_labels(nice_ticks(*y, 6))
    left = 18.0 + max((text_width(text) for text in upward), default=20.0)
    room_x, room_y = max(width - left - RIGHT, 20.0), max(height - TOP - BOTTOM, 20.0)
    if square:
        # Where there is little height, a field twice as wide as high shows more than a small square one.
        room_x = min(room_x, room_y if room_y >= LOW else 2 * room_y)
        room_y = min(room_x, room_y)
    return Axes(left, TOP, room_x, room_y, x, y)


def draw_axes(axes: Axes, x_title: str, y_title: str, across: bool = True) -> list[Mark]:
    """The grid with its numbers, and the names of the axes; without ``across`` there are no numbers below."""
    marks: list[Mark] = []
    ticks = nice_ticks(*axes.x, max(int(axes.width / STEP_X), 2)) if across else []
    for value, text in zip(ticks, tick_labels(ticks), strict=True):
        at, _ = axes.at(value, axes.y[0])
        marks.append(Stroke(((at, axes.top), (at, axes.bottom)), "line", alpha=0.6))
        marks.append(Label(at, axes.bottom + 10, text, align="centre"))
    ticks = nice_ticks(*axes.y, max(int(axes.height / STEP_Y), 2))
    for value, text in zip(ticks, tick_labels(ticks), strict=True):
        _, at = axes.at(axes.x[0], value)
        marks.append(Stroke(((axes.left, at), (axes.right, at)), "line", alpha=0.6))
        marks.append(Label(axes.left - 7, at, text, align="right"))
    if text_width(x_title) > axes.right - 6:
        marks.append(Label(6.0, axes.bottom + 27, x_title))
    else:
        marks.append(Label(axes.right, axes.bottom + 27, x_title, align="right"))
    marks.append(Label(max(axes.left - 40, 6.0), axes.top - 15, y_title))
    return marks


def widen(low: float, high: float, share: float = 0.04) -> Range:
    """A range with a little room at both ends; of one number, room around it."""
    room = (high - low) * share or max(abs(high), 1.0) * 0.5
    return low - room, high + room


def legend(entries: list[tuple[str, str]], right: float, top: float) -> list[Mark]:
    """Names with the colour of their line, from right to left in one row."""
    marks: list[Mark] = []
    for name, colour in reversed(entries):
        right -= text_width(name, SMALL)
        marks.append(Label(right, top, name, "text"))
        marks.append(Stroke(((right - 20, top), (right - 6, top)), colour, 2.0))
        right -= 34
    return marks
