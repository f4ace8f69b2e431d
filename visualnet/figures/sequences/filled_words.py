"""A text some of whose words are asked, and what a network would fill in there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number, format_percent, format_quantity
from visualnet.figures.charts.marks import (
    USUAL,
    Chart,
    ChartDrawing,
    HitRegion,
    Label,
    Mark,
    Rectangle,
    shorten,
    text_width,
)

LINE = 24.0
"""The height of a line of the text, in px."""
ROW = 18.0
"""The height of a word that is filled in, with its bar."""
HEAD = 20.0
COLUMN = 196.0
"""A place that is asked has at least so much room across."""
GAP = 9.0
BOLD = 1.08
"""So many times as wide are bold letters."""


class FilledPlace(NamedTuple):
    """A place that is asked: where it stands, the likeliest words with their probabilities, and the word that is right (or nothing)."""

    place: int
    words: tuple[str, ...]
    shares: tuple[float, ...]
    truth: str = ""


@dataclass(frozen=True)
class FilledWords(Chart):
    """The words as they are shown, those that are asked marked by a number; below, what is filled in at each of them."""

    kind = "filled-words"
    words: tuple[str, ...]
    asked: tuple[FilledPlace, ...]

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        numbers = {one.place: number for number, one in enumerate(self.asked, 1)}
        bottom = self._draw_text(marks, width, numbers)
        columns = max(int((width - 8) // COLUMN), 1)
        wide = (width - 8) / columns
        tall = HEAD + ROW * max((len(one.words) for one in self.asked), default=0) + 10
        rows = max(int((height - bottom) // tall), 1)
        shown = self.asked[: rows * columns]
        for number, one in enumerate(shown):
            corner = 8 + number % columns * wide, bottom + number // columns * tall
            self._draw_asked(marks, regions, number, one, corner, wide - 14)
        if len(shown) < len(self.asked):
            told = f"{format_quantity(len(self.asked) - len(shown), 'more place')} in the table"
            marks.append(Label(width - 8, height - 9, told, align="right"))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _draw_text(self, marks: list[Mark], width: float, numbers: dict[int, int]) -> float:
        """The text in lines that are full; gives where it ends."""
        x, y = 8.0, 6.0
        for at, word in enumerate(self.words):
            number = numbers.get(at)
            text = shorten(f"{word} {number}" if number else word, width - 16, USUAL)
            wide = text_width(text, USUAL) * (BOLD if number else 1.0)
            if x + wide > width - 8 and x > 8:
                x, y = 8.0, y + LINE
            if number:
                marks.append(Rectangle(x - 3, y, wide + 6, LINE - 4, "accent", 0.18))
            marks.append(Label(x, y + 10, text, "text" if number else "muted", USUAL, bold=bool(number)))
            x += wide + GAP
        return y + LINE + 8

    def _draw_asked(
        self,
        marks: list[Mark],
        regions: list[HitRegion],
        number: int,
        one: FilledPlace,
        corner: tuple[float, float],
        width: float,
    ) -> None:
        left, top = corner
        verdict = "" if not one.truth else "✓ " if one.truth == one.words[0] else "✗ "
        right = f": “{one.truth}” was there" if one.truth else ""
        marks.append(Label(left, top + 8, shorten(f"{verdict}{number + 1}{right}", width), "text", bold=True))
        names = min(max((text_width(word) for word in one.words), default=30.0) + 10, width * 0.45)
        room = max(width - names - 54, 12.0)
        for row, (word, share) in enumerate(zip(one.words, one.shares, strict=True)):
            y, is_right = top + HEAD + row * ROW, word == one.truth
            marks.append(
                Label(
                    left + names - 6,
                    y + 8,
                    shorten(word, names - 6),
                    "text" if is_right else "muted",
                    align="right",
                    bold=is_right,
                )
            )
            marks.append(Rectangle(left + names, y + 3, room, 10, "line", 0.6))
            marks.append(
                Rectangle(left + names, y + 3, max(room * share, 1.0), 10, "accent" if is_right else "curve:0")
            )
            marks.append(Label(left + width, y + 8, format_percent(share), align="right"))
            told = "the word that was there" if is_right else "another word" if one.truth else "filled in"
            regions.append(
                HitRegion(left, y, width, ROW, f"place {one.place + 1}, “{word}”: {format_percent(share)}, {told}")
            )

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("place", "shown", "truth", "filled in", "probability")
        for one in self.asked:
            for word, share in zip(one.words, one.shares, strict=True):
                yield (one.place + 1, self.words[one.place], one.truth, word, format_number(share))

    def description(self) -> str:
        told = ", ".join(
            f"place {one.place + 1} {one.words[0]} ({format_percent(one.shares[0])})" for one in self.asked
        )
        return f"{' '.join(self.words)}. Filled in: {told}" if told else " ".join(self.words)
