"""Attributions over what they explain: a map over an image, words and columns by their shares, a series with its times coloured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number
from visualnet.figures.charts.marks import (
    SMALL,
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Pixels,
    Rectangle,
    Stroke,
    shorten,
    text_width,
)
from visualnet.figures.charts.tiles import BAR, MOST_ROWS, colour_bar
from visualnet.figures.colours.indices import levels
from visualnet.figures.colours.pixels import rgb_of

Map = NDArray[np.float32]
Rect = tuple[float, float, float, float]

GAP, HEAD = 10.0, 18.0
FADED, OVER = 0.45, 0.72
"""How strongly the image shows through below its map, and the map over it."""
ROW = 20.0
LEAST = 64.0
"""Where the sample beside the map would be smaller than so many px, the map stands alone."""
MOST_WORDS = 12
"""So many words stand below the text as bars."""
MOST_LINES = 8
"""Of a series with more features the ones with the largest shares are drawn."""


class AttributedPart(NamedTuple):
    """An input of a sample with a map over it: ``image`` (H, W) under a map (H, W); ``words`` and ``bars`` with a number for each name;
    ``series`` (T, D) with a map (T, D). ``sample`` is the input itself where it has numbers: images as amounts from 0 to 1, (H, W) or
    (H, W, 3)."""

    kind: str
    title: str
    map: Map
    sample: Map
    names: tuple[str, ...] = ()


class AttributedBox(NamedTuple):
    """A frame around places of a part: the first along each axis of its map and the one behind the last."""

    part: int
    bounds: tuple[tuple[int, int], ...]
    colour: str
    words: str
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class AttributionChart(Chart):
    """The inputs side by side, all on one scale from ``low`` to ``high`` (red speaks for, blue against, where it is ``signed``)."""

    kind = "attribution"
    parts: tuple[AttributedPart, ...]
    low: float
    high: float
    signed: bool
    unit: str = ""
    boxes: tuple[AttributedBox, ...] = ()

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        legend = HEAD if self.boxes else 0.0
        room = max(width - BAR - GAP, 30.0)
        across = room / len(self.parts)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for number, part in enumerate(self.parts):
            rect = (GAP + number * across, 4.0, max(across - GAP, 10.0), max(height - legend - 8.0, 10.0))
            if len(self.parts) > 1 and rect[3] > 3 * HEAD:
                marks.append(Label(rect[0], rect[1] + HEAD / 2, shorten(part.title, rect[2])))
                rect = (rect[0], rect[1] + HEAD, rect[2], rect[3] - HEAD)
            boxes = [box for box in self.boxes if box.part == number]
            _DRAWN[part.kind](self, part, rect, boxes, marks, regions)
        marks += colour_bar(width - BAR + 8, 6.0, max(height - 12.0, 1.0), self.low, self.high, self.signed, self.unit)
        marks += self._legend(width, height)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _legend(self, width: float, bottom: float) -> list[Mark]:
        """What the frames are, over the bottom edge."""
        marks: list[Mark] = []
        x = GAP
        for box in self.boxes:
            wide = 24 + text_width(box.words)
            if x + wide > width - BAR:
                break
            marks.append(Stroke(((x, bottom - 6), (x + 16, bottom - 6)), box.colour, 2.0, box.dashed))
            marks.append(Label(x + 21, bottom - 6, box.words, "text"))
            x += wide + 12
        return marks

    def colours(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Values as numbers of colours on the chart's scale."""
        return levels(values, self.low, self.high)

    def colour_of(self, value: float) -> str:
        """The colour of a value, as the bar shows it."""
        red, green, blue = rgb_of(self.colours(np.array([[value]])), self.colour_map)[0, 0].tolist()
        return f"#{red:02x}{green:02x}{blue:02x}"

    @property
    def colour_map(self) -> str:
        return "signed" if self.signed else "amount"

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("input", "place", self.unit or "share")
        count = 0
        for part in self.parts:
            for place in np.ndindex(*part.map.shape):
                if count == MOST_ROWS:
                    return
                count += 1
                name = part.names[place[0]] if part.kind in ("words", "bars") else ", ".join(map(str, place))
                yield (part.title, name, float(part.map[place]))

    def description(self) -> str:
        told = []
        for part in self.parts:
            if not part.map.size:
                continue
            place = np.unravel_index(int(np.nanargmax(np.abs(np.nan_to_num(part.map)))), part.map.shape)
            name = (
                part.names[int(place[0])]
                if part.kind in ("words", "bars")
                else f"place {', '.join(map(str, map(int, place)))}"
            )
            told.append(f"{part.title}: the largest share is {format_number(float(part.map[place]))} at {name}")
        return "Attribution. " + "; ".join(told)


def _draw_image(
    chart: AttributionChart,
    part: AttributedPart,
    rect: Rect,
    boxes: list[AttributedBox],
    marks: list[Mark],
    regions: list[HitRegion],
) -> None:
    x, y, width, height = rect
    tall, wide = part.map.shape
    across = min((width - GAP) / 2 / wide, height / tall)
    down = min(width / wide, (height - GAP) / 2 / tall)
    both = max(across, down) * min(wide, tall) >= LEAST
    cell = max(across, down) if both else min(width / wide, height / tall)
    size = cell * wide, cell * tall
    plain = _rgb(part.sample)
    if both:
        marks.append(Pixels(x, y, *size, plain, "rgb"))
        regions.append(HitRegion(x, y, *size, f"{part.title}, as the network is shown it"))
        x, y = (x + size[0] + GAP, y) if across >= down else (x, y + size[1] + GAP)
    marks.append(Pixels(x, y, *size, plain, "rgb", FADED))
    marks.append(Pixels(x, y, *size, chart.colours(part.map), chart.colour_map, OVER))
    marks += _frame(x, y, *size)
    for box in boxes:
        (upper, lower), (left, right) = box.bounds
        frame = (x + left * cell, y + upper * cell, (right - left) * cell, (lower - upper) * cell)
        marks += _frame(*frame, box.colour, 2.0, box.dashed)
    if wide * tall <= 4096:
        for row, column in np.ndindex(tall, wide):
            told = f"row {row}, column {column}: {format_number(float(part.map[row, column]))}"
            regions.append(HitRegion(x + column * cell, y + row * cell, cell, cell, told))


def _draw_words(
    chart: AttributionChart,
    part: AttributedPart,
    rect: Rect,
    boxes: list[AttributedBox],
    marks: list[Mark],
    regions: list[HitRegion],
) -> None:
    left, top, width, height = rect
    x, y = left, top
    for number, name in enumerate(part.names):
        text = shorten(name or "·", width - 8, 13)
        wide = text_width(text, 13) + 8
        if x + wide > left + width and x > left:
            x, y = left, y + ROW + 4
        if y + ROW > top + height:
            marks.append(Label(left + width, top + height - 6, f"… {len(part.names) - number} more", align="right"))
            return
        value = float(part.map[number])
        colour = chart.colour_of(value)
        marks.append(Rectangle(x, y, wide, ROW, colour))
        marks.append(Label(x + wide / 2, y + ROW / 2, text, f"on {colour}", 13, "centre"))
        inside = (box for box in boxes if box.bounds[0][0] <= number < box.bounds[0][1])
        marks += [Stroke(((x, y + ROW + 1), (x + wide, y + ROW + 1)), box.colour, 2.0, box.dashed) for box in inside]
        regions.append(HitRegion(x, y, wide, ROW, f"“{text}” (number {number + 1}): {format_number(value)}"))
        x += wide + 3
    _draw_largest(chart, part, (left, y + 2 * ROW, width, top + height - y - 2 * ROW), marks, regions)


def _draw_largest(
    chart: AttributionChart, part: AttributedPart, rect: Rect, marks: list[Mark], regions: list[HitRegion]
) -> None:
    """Below the words, where there is room, those with the largest shares as bars, the largest first."""
    count = min(int(rect[3] / ROW), len(part.names), MOST_WORDS)
    if count < 2:
        return
    order = np.argsort(-np.abs(np.nan_to_num(part.map)), kind="stable")[:count]
    names = tuple(f"{part.names[at] or '·'} ({at + 1})" for at in order)
    largest = AttributedPart("bars", part.title, part.map[order], part.sample[:0], names)
    _draw_bars(chart, largest, (rect[0], rect[1], rect[2], count * ROW), [], marks, regions)


def _draw_bars(
    chart: AttributionChart,
    part: AttributedPart,
    rect: Rect,
    boxes: list[AttributedBox],
    marks: list[Mark],
    regions: list[HitRegion],
) -> None:
    left, top, width, height = rect
    count = max(min(len(part.names), int(height / 14)), 1)
    order = list(range(len(part.names)))
    if count < len(order):
        order = sorted(sorted(order, key=lambda i: -abs(float(part.map[i])))[:count])
    row = min(height / count, 30.0)
    given = len(part.sample) == len(part.names)
    labels = [f"{part.names[i]} = {format_number(float(part.sample[i]))}" if given else part.names[i] for i in order]
    head = min(max(map(text_width, labels), default=20.0) + 20, width * 0.5)
    length = max(width - head - 54, 8.0)
    span = (chart.high - chart.low) or 1.0
    zero = left + head + (0 - chart.low) / span * length
    for at, number in enumerate(order):
        y, value = top + at * row, float(part.map[number])
        end = left + head + (min(max(value, chart.low), chart.high) - chart.low) / span * length
        marks.append(Label(left + head - 8, y + row / 2, shorten(labels[at], head - 10), "text", align="right"))
        marks.append(
            Rectangle(min(zero, end), y + row * 0.15, max(abs(end - zero), 1.0), row * 0.7, chart.colour_of(value))
        )
        marks.append(Label(left + head + length + 6, y + row / 2, format_number(value)))
        regions.append(HitRegion(left, y, width, row, f"{labels[at]}: {format_number(value)}"))
    marks.append(Stroke(((zero, top), (zero, top + row * count)), "muted"))
    if count < len(part.names) and top + row * count + SMALL < top + height:
        marks.append(Label(left, top + row * count + 8, f"{len(part.names) - count} smaller ones in the table"))


def _draw_series(
    chart: AttributionChart,
    part: AttributedPart,
    rect: Rect,
    boxes: list[AttributedBox],
    marks: list[Mark],
    regions: list[HitRegion],
) -> None:
    left, top, width, height = rect
    features = part.map.shape[1]
    shown = max(min(features, MOST_LINES, int(height / 26)), 1)
    order = sorted(np.argsort(-np.abs(part.map).sum(0), kind="stable")[:shown].tolist())
    tall = height / shown
    step = width / len(part.map)
    for at, feature in enumerate(order):
        y = top + at * tall
        marks.append(
            Pixels(left, y, width, tall - 3, chart.colours(part.map[:, feature][None]), chart.colour_map, OVER)
        )
        values = part.sample[:, feature]
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        points = [
            (left + (t + 0.5) * step, y + (tall - 7) * (1 - (float(v) - low) / ((high - low) or 1.0)) + 2)
            for t, v in enumerate(np.nan_to_num(values))
        ]
        marks.append(Stroke(tuple(points), "text", 1.5))
        name = part.names[feature] if feature < len(part.names) else f"feature {feature + 1}"
        if shown > 1 and tall > 2 * SMALL:
            marks.append(Label(left + 3, y + 8, shorten(name, width / 2), "text"))
        regions += [
            HitRegion(
                left + t * step,
                y,
                step,
                tall,
                f"{name}, time {t + 1}: value {format_number(float(values[t]))}, share {format_number(float(part.map[t, feature]))}",
            )
            for t in range(len(values))
        ]

    for box in boxes:
        first, last = box.bounds[0]
        marks += _frame(left + first * step, top, (last - first) * step, height - 2, box.colour, 2.0, box.dashed)


def _rgb(sample: Map) -> NDArray[np.uint8]:
    colours = np.repeat(sample[..., None], 3, axis=-1) if sample.ndim == 2 else sample
    return np.asarray((colours * 255 + 0.5).clip(0, 255), np.uint8)


def _frame(
    x: float, y: float, width: float, height: float, colour: str = "line", line: float = 1.0, dashed: bool = False
) -> list[Mark]:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return [Stroke(corners, colour, line, dashed)]


_DRAWN = {"image": _draw_image, "words": _draw_words, "bars": _draw_bars, "series": _draw_series}
