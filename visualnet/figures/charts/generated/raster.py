"""A drawing as pixels, in the colours for paper, without Qt: what frames of an animated picture consist of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.charts.colours import read
from visualnet.figures.charts.marks import Area, Chart, Dots, Label, Mark, Rectangle, Stroke
from visualnet.figures.charts.svg import colour_of

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

FINER = 3
"""Drawn so many times as large and made smaller, edges are smooth."""
ANCHORS = {"left": "lm", "centre": "mm", "right": "rm"}


def pixels_of(chart: Chart, width: int, height: int) -> NDArray[np.uint8]:
    """A chart of lines, shapes, dots and words as red, green and blue, (height, width, 3). Pictures within a chart are left out."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width * FINER, height * FINER), colour_of("surface"))
    brush = ImageDraw.Draw(image, "RGBA")
    for mark in chart.lay_out(width, height).marks:
        _draw(brush, mark)
    return np.asarray(image.resize((width, height), Image.Resampling.BOX), np.uint8)


def _draw(brush: ImageDraw, mark: Mark) -> None:
    if isinstance(mark, Stroke):
        _draw_line(brush, mark)
    elif isinstance(mark, Rectangle):
        ends = _finer(((mark.x, mark.y), (mark.x + max(mark.width, 0), mark.y + max(mark.height, 0))))
        brush.rectangle(ends, fill=_ink(mark.colour, mark.alpha))
    elif isinstance(mark, Area):
        brush.polygon(_finer(mark.points), fill=_ink(mark.colour, mark.alpha))
    elif isinstance(mark, Dots):
        for x, y in mark.points:
            ends = _finer(((x - mark.radius, y - mark.radius), (x + mark.radius, y + mark.radius)))
            brush.ellipse(ends, fill=_ink(mark.colour, mark.alpha))
    elif isinstance(mark, Label):
        from PIL import ImageFont

        font, text = ImageFont.load_default(size=FINER * mark.size), mark.text.replace("−", "-")  # it has no minus
        place = FINER * mark.x, FINER * mark.y
        brush.text(place, text, fill=_ink(mark.colour), font=font, anchor=ANCHORS[mark.align])


def _draw_line(brush: ImageDraw, mark: Stroke) -> None:
    width, ink = max(round(FINER * mark.width), 1), _ink(mark.colour, mark.alpha)
    if not mark.dashed:
        brush.line(_finer(mark.points), fill=ink, width=width, joint="curve")
        return
    drawn, left_out = mark.dash[:2]
    for begin, end in zip(mark.points, mark.points[1:], strict=False):
        way = np.subtract(end, begin)
        far = float(np.hypot(*way))
        for at in np.arange(0, far, drawn + left_out):
            parts = [tuple(np.add(begin, way * (place / far))) for place in (at, min(at + drawn, far))]
            brush.line(_finer(parts), fill=ink, width=width)


def _finer(points: Any) -> list[tuple[float, float]]:
    return [(FINER * float(x), FINER * float(y)) for x, y in points]


def _ink(colour: str, alpha: float = 1.0) -> tuple[int, int, int, int]:
    return (*read(colour_of(colour)), round(255 * alpha))
