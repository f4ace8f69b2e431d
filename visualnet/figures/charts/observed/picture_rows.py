"""Images in rows that belong together, column by column: what goes in above, what comes out below, at several steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.charts.axes import Range
from visualnet.figures.charts.marks import Chart, ChartDrawing, HitRegion, Label, Mark, Pixels, shorten, text_width
from visualnet.figures.charts.tiles import BAR, MOST_ROWS, colour_bar
from visualnet.figures.colours.indices import LEVELS, levels

GAP = 4.0
LARGEST, LEAST = 160.0, 14.0
"""Images are no higher than the first, and no smaller than the second, in px: of more columns the last are left out and told."""


class PictureRow(NamedTuple):
    """A row of images (column, height, width, 1 or 3) with its name, and what is told of each image."""

    title: str
    images: NDArray[Any]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PictureRows(Chart):
    """Rows of images of one size on one scale. Grey images have a colour bar; of coloured ones ``ends`` are black and full light."""

    kind = "pictures"
    lines: tuple[PictureRow, ...]
    columns: tuple[str, ...]
    ends: Range
    value_title: str = ""
    signed: bool = False
    grey: bool = False
    """Whether one channel is a shade from black to white, not a number in a colour map."""

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        first = self.lines[0].images
        coloured = first.shape[-1] == 3 or self.grey
        left = min(max(text_width(line.title) for line in self.lines) + 16, width * 0.3)
        right = 10.0 if coloured else BAR
        top, room = 24.0, max(height - 24.0 - 24.0, 20.0)
        high, wide = first.shape[1:3]
        room_x = max(width - left - right - GAP * len(first), 1.0)
        room_y = max(room - GAP * len(self.lines), 1.0)
        zoom = min(room_x / (len(first) * wide), room_y / (len(self.lines) * high), LARGEST / high)
        zoom = max(zoom, LEAST / max(high, wide))
        across, down = wide * zoom + GAP, high * zoom + GAP
        count = max(min(len(first), int((width - left - right) / across)), 1)
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for column in range(count):
            if across >= text_width("00"):
                name = shorten(self.columns[column], across + 2) if column < len(self.columns) else ""
                marks.append(Label(left + column * across + wide * zoom / 2, 13.0, name, align="centre"))
        for number, line in enumerate(self.lines):
            y = top + number * down
            marks.append(Label(left - 8, y + high * zoom / 2, shorten(line.title, left - 12), "text", align="right"))
            for column in range(count):
                x = left + column * across
                marks.append(self._pixels(line.images[column], x, y, wide * zoom, high * zoom))
                words = line.words[column] if column < len(line.words) else self._usual_words(line, column)
                regions.append(HitRegion(x, y, wide * zoom, high * zoom, words))
        below = top + len(self.lines) * down + 10
        if count < len(first):
            marks.append(Label(left, below, f"{len(first) - count} more have no room"))
        if not coloured:
            bar = min(len(self.lines) * down + 14, 200.0)
            marks += colour_bar(left + count * across + 10, 10.0, bar, *self.ends, self.signed, self.value_title)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _pixels(self, image: NDArray[Any], x: float, y: float, width: float, height: float) -> Pixels:
        if image.shape[-1] == 3 or self.grey:
            image = np.repeat(image, 3 // image.shape[-1], -1)
            shares = levels(np.nan_to_num(image), *self.ends).astype(np.float32) / (LEVELS - 1)
            return Pixels(x, y, width, height, np.round(shares * 255).astype(np.uint8), "rgb")
        colours = np.ascontiguousarray(levels(image[..., 0], *self.ends))
        return Pixels(x, y, width, height, colours, "signed" if self.signed else "amount")

    def _usual_words(self, line: PictureRow, column: int) -> str:
        name = self.columns[column] if column < len(self.columns) else str(column)
        return f"{line.title} · {name}"

    def rows(self) -> Iterable[Sequence[Any]]:
        coloured = self.lines[0].images.shape[-1] == 3
        yield ("row", "column", "y", "x", *(("red", "green", "blue") if coloured else (self.value_title or "value",)))
        cells = (
            (line.title, name, y, x, *image[y, x].tolist())
            for line in self.lines
            for name, image in zip(self.columns, line.images, strict=False)
            for y, x in np.ndindex(*image.shape[:2])
        )
        yield from islice(cells, MOST_ROWS)

    def description(self) -> str:
        return f"{len(self.lines)} rows of {len(self.lines[0].images)} images: {', '.join(line.title for line in self.lines)}"
