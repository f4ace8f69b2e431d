"""A picture with what was found in it: boxes with class and score, the true boxes dashed, the proposals as thin lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_percent, format_quantity
from visualnet.figures.charts.marks import (
    SMALL,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Pixels,
    Rectangle,
    Stroke,
    shorten,
    text_width,
)

Array = NDArray[Any]
Corners = tuple[float, float, float, float]
EDGE, LINE, GAP = 8.0, 18.0, 6.0
STOPS = tuple(range(5, 100, 5))
"""The scores, in percent, at which the slider can stand."""
LIGHT, DARK = "#ffffff", "#000000"
LIKELY = 0.5
"""A proposal that is surer than this to be no background is drawn stronger."""


class FoundBox(NamedTuple):
    """A box that was found: its corners in px of the picture, the number and the name of its class, its score, and how much it shares
    (IoU) with the true box of its class that it covers most; None where no true boxes are known."""

    corners: Corners
    number: int
    name: str
    score: float
    overlap: float | None = None

    @property
    def words(self) -> str:
        """Class and score."""
        return f"{self.name} {format_percent(self.score, 0)}"


class TrueBox(NamedTuple):
    """A true box and what is in it."""

    corners: Corners
    name: str


@dataclass(frozen=True, eq=False)
class DetectionChart(Chart):
    """``pixels`` is the picture (H, W, 3) of bytes. Boxes below ``percent`` are left out; ``proposals`` (m, 4) with their ``looks``
    (m,) are drawn where ``shows_proposals``. A click on the line below sets the settings ``score`` and ``proposals``."""

    kind = "objects"
    pixels: Array
    found: tuple[FoundBox, ...]
    truth: tuple[TrueBox, ...]
    proposals: Array
    looks: Array
    percent: int = 50
    shows_proposals: bool = False

    @property
    def shown(self) -> tuple[FoundBox, ...]:
        """The boxes that are sure enough, the least sure first: the surest is drawn last, over the others."""
        return tuple(sorted((box for box in self.found if 100 * box.score >= self.percent), key=lambda box: box.score))

    def least_size(self) -> tuple[float, float]:
        return 220.0, 130.0

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        tall, wide = self.pixels.shape[:2]
        below = 2 * LINE + GAP
        room_x, room_y = max(width - 2 * EDGE, 10.0), max(height - below - 2 * EDGE, 10.0)
        zoom = min(room_x / wide, room_y / tall)
        left, top = (width - wide * zoom) / 2, EDGE + (room_y - tall * zoom) / 2
        marks: list[Mark] = [
            Pixels(left, top, wide * zoom, tall * zoom, self.pixels, "rgb", smooth=min(tall, wide) > 200)
        ]
        regions: list[HitRegion] = []

        def place(box: Sequence[float]) -> tuple[float, float, float, float]:
            x0, y0, x1, y1 = (float(value) * zoom for value in box)
            return left + x0, top + y0, x1 - x0, y1 - y0

        if self.shows_proposals:
            for box, look in zip(self.proposals.tolist(), self.looks.tolist(), strict=True):
                likely = look >= LIKELY
                marks.append(
                    _outline(place(box), LIGHT if likely else "muted", 1.2 if likely else 0.7, 0.9 if likely else 0.5)
                )
        for true in self.truth:
            x, y, across, down = place(true.corners)
            marks.append(_outline((x, y, across, down), DARK, 3.0, 0.55))
            marks.append(_outline((x, y, across, down), LIGHT, 1.5, 1.0, dashed=True))
            regions.append(HitRegion(x, y, across, down, f"true: {true.name}"))
        for one in self.shown:
            rect = place(one.corners)
            marks.append(_outline(rect, f"curve:{one.number}", 2.2))
            regions.append(HitRegion(*rect, _say(one)))
        # The names stand over all boxes; the surest of them last, where two would cover each other.
        for one in self.shown:
            marks += _name(one, place(one.corners), left, top, left + wide * zoom)
        self._controls(width, height - below, marks, regions)
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _controls(self, width: float, top: float, marks: list[Mark], regions: list[HitRegion]) -> None:
        """The slider of the score, the switch of the proposals and what the lines mean."""
        said = f"shown from {format_percent(self.percent / 100, 0)} on"
        start = EDGE + text_width("shown from 95 % on") + 10
        end = max(start + 60.0, min(width - EDGE - 8, start + 240))
        y = top + LINE / 2
        marks.append(Label(EDGE, y, said, "text"))
        marks.append(Stroke(((start, y), (end, y)), "line", 3.0))
        step = (end - start) / (len(STOPS) - 1)
        here = start + (min(max(self.percent, STOPS[0]), STOPS[-1]) - STOPS[0]) / 5 * step
        marks.append(Stroke(((start, y), (here, y)), "accent", 3.0))
        marks.append(Dots(((here, y),), "accent", 5.5, 1.0))
        for number, stop in enumerate(STOPS):
            x = start + (number - 0.5) * step
            words = f"Show boxes with a score of {format_percent(stop / 100, 0)} or more"
            regions.append(HitRegion(x, y - LINE / 2, step, LINE, words, options=(("score", stop),)))
        y += LINE
        marks.append(_outline((EDGE + 1, y - 5, 10, 10), "muted"))
        if self.shows_proposals:
            marks.append(Stroke(((EDGE + 3, y), (EDGE + 5.5, y + 3), (EDGE + 9.5, y - 3.5)), "accent", 2.0))
        words = f"proposals ({len(self.proposals)})"
        marks.append(Label(EDGE + 17, y, words, "text"))
        switch = "Hide the proposals" if self.shows_proposals else "Show what selective search proposed"
        reach = 17 + text_width(words)
        regions.append(
            HitRegion(EDGE, y - LINE / 2, reach, LINE, switch, options=(("proposals", not self.shows_proposals),))
        )
        x = EDGE + reach + 18
        room = width - EDGE - x
        if self.truth and room > 40:
            marks.append(Stroke(((x, y), (x + 20, y)), "text", 1.5, dashed=True))
            marks.append(Label(x + 25, y, shorten("true boxes", room - 25), "muted"))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("what", "class", "score", "x0", "y0", "x1", "y1")
        for box in self.found:
            yield ("found", box.name, box.score, *box.corners)
        for true in self.truth:
            yield ("true", true.name, "", *true.corners)
        for corners, look in zip(self.proposals.tolist(), self.looks.tolist(), strict=True):
            yield ("proposal", "", look, *corners)

    def description(self) -> str:
        said = ", ".join(box.words for box in reversed(self.shown)) or "nothing"
        true = ", ".join(box.name for box in self.truth)
        count = format_quantity(len(self.proposals), "proposal")
        return f"found: {said}{f'; truly there: {true}' if true else ''}; {count}"


def _say(box: FoundBox) -> str:
    told = f"{box.name}, {format_percent(box.score, 0)} sure"
    if box.overlap is None:
        return told
    if box.overlap <= 0:
        return f"{told}; there is no {box.name} here"
    return f"{told}; shares {format_percent(box.overlap, 0)} (IoU) with the true box"


def _name(box: FoundBox, rect: Corners, left: float, top: float, right: float) -> list[Mark]:
    """Class and score on a ground of the box's colour: over the box, or inside it where it stands at the upper edge."""
    x, y, _, _ = rect
    wide, high = text_width(box.words) + 8, SMALL + 5.0
    x = min(max(x - 1, left), max(right - wide, left))
    y = y - high if y - high >= top - 2 else y
    colour = f"curve:{box.number}"
    return [
        Rectangle(x, y, wide, high, colour),
        Label(x + wide / 2, y + high / 2, box.words, f"on {colour}", align="centre"),
    ]


def _outline(rect: Corners, colour: str, line: float = 1.0, alpha: float = 1.0, dashed: bool = False) -> Stroke:
    x, y, width, height = rect
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return Stroke(corners, colour, line, dashed, alpha)


def as_bytes(image: Array) -> Array:
    """A picture (1 or 3, H, W) with values from 0 to 1 as (H, W, 3) of bytes."""
    shades = (np.clip(np.nan_to_num(image), 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(shades, (3, *shades.shape[1:])).transpose(1, 2, 0))
