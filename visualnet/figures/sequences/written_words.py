"""A text that was written word by word: each word over a bar of its probability, and the words that might have stood at a place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.core.text.format import format_number, format_percent
from visualnet.figures.charts.marks import (
    LETTER,
    USUAL,
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

LINE = 34.0
"""The height of a line of words with their bars, in px."""
GAP = 6.0
ROW = 20.0
LETTERS_HIGH = 16.0
"""The height of a line of a text that goes over several."""
PLACE, TOKEN, TEXT = "place", "token", "text"
"""What a click stands for: a place of the text, a token by its number, one of several texts."""


@dataclass(frozen=True)
class WrittenWords(Chart):
    """Words with their probabilities (None where nobody was asked: what stood there before).

    ``chosen`` is the place whose alternatives are shown; the last ``pending`` words are only what would come next; ``forced`` are places
    where a person chose the word.
    """

    kind = "written-words"
    words: tuple[str, ...]
    shares: tuple[float | None, ...]
    chosen: int = -1
    pending: int = 0
    forced: frozenset[int] = frozenset()

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        for at, (x, y, wide) in enumerate(self._places(width)):
            share, word = self.shares[at], shorten(self.words[at], width - 16, USUAL)
            if at == self.chosen:
                marks.append(Rectangle(x - 3, y, wide + 6, LINE - 6, "accent", 0.18))
            colour = "muted" if share is None or at >= len(self.words) - self.pending else "text"
            marks.append(Label(x, y + 10, word, colour, USUAL, bold=at in self.forced))
            if share is None:
                continue
            marks.append(Rectangle(x, y + 21, wide, 4, "line"))
            marks.append(Rectangle(x, y + 21, wide * share, 4, "accent" if at in self.forced else "curve:0"))
            told = " — chosen by hand" if at in self.forced else ""
            words = f"“{self.words[at]}”: {format_percent(share)}{told}. Click to see the other words at this place"
            regions.append(HitRegion(x - 3, y, wide + 6, LINE - 4, words, options=((PLACE, at),)))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _places(self, width: float) -> Iterable[tuple[float, float, float]]:
        """Left, top and width of each word, in lines that are full."""
        x, y = 8.0, 4.0
        for word in self.words:
            wide = max(text_width(shorten(word, width - 16, USUAL), USUAL), 14.0)
            if x + wide > width - 8 and x > 8:
                x, y = 8.0, y + LINE
            yield x, y, wide
            x += wide + 2 * GAP

    def height_in(self, width: float) -> float:
        """How high it is in this width."""
        return max((y for _, y, _ in self._places(width)), default=0.0) + LINE + 4

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("place", "word", "probability")
        for at, (word, share) in enumerate(zip(self.words, self.shares, strict=True), 1):
            yield (at, word, "" if share is None else share)

    def description(self) -> str:
        return f"What is written: {' '.join(self.words)}"


@dataclass(frozen=True)
class WordChoices(Chart):
    """The words that may stand at a place, a row each with its probability; the one that stands there is marked."""

    kind = "word-choices"
    words: tuple[str, ...]
    tokens: tuple[int, ...]
    shares: tuple[float, ...]
    taken: int = -1

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        left = min(max((text_width(word, USUAL) for word in self.words), default=40.0) + 22, width * 0.45)
        room = max(width - left - 64, 20.0)
        for at, (word, token, share) in enumerate(zip(self.words, self.tokens, self.shares, strict=True)):
            y = 2 + at * ROW
            is_taken = token == self.taken
            if is_taken:
                marks.append(Rectangle(4, y, width - 8, ROW - 1, "accent", 0.18))
            name = shorten(word, left - 14, USUAL)
            marks.append(Label(left - 6, y + ROW / 2, name, "text", USUAL, "right", is_taken))
            marks.append(Rectangle(left, y + 5, room, ROW - 11, "line"))
            marks.append(Rectangle(left, y + 5, room * share, ROW - 11, "curve:0"))
            marks.append(Label(width - 8, y + ROW / 2, format_percent(share), "text", align="right"))
            told = "stands there" if is_taken else "click to write it there, and go on from it"
            regions.append(
                HitRegion(
                    4, y, width - 8, ROW - 1, f"“{word}”, {format_percent(share)}: {told}", options=((TOKEN, token),)
                )
            )
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def height_in(self, width: float) -> float:
        """How high it is, in any width."""
        return 4 + ROW * len(self.words)

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("word", "probability")
        yield from zip(self.words, self.shares, strict=True)

    def description(self) -> str:
        told = ", ".join(f"{word} {format_percent(share)}" for word, share in zip(self.words, self.shares, strict=True))
        return f"What may stand at this place: {told}"


@dataclass(frozen=True)
class RankedTexts(Chart):
    """Several texts, the best first, with the logarithm of their probability."""

    kind = "ranked-texts"
    texts: tuple[str, ...]
    scores: tuple[float, ...]

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        y = 2.0
        for at, (text, score, lines) in enumerate(zip(self.texts, self.scores, self._lines(width), strict=True)):
            told, high = format_number(score, 3), LETTERS_HIGH * len(lines) + 5
            marks.append(Label(8, y + 10, f"{at + 1}", "muted"))
            marks += [
                Label(24, y + 10 + number * LETTERS_HIGH, line, "text", USUAL) for number, line in enumerate(lines)
            ]
            marks.append(Label(width - 8, y + 10, told, "muted", align="right"))
            if at:
                marks.append(Stroke(((8, y - 1), (width - 8, y - 1)), "line", alpha=0.6))
            words = f"{text}: log-probability {told}. Click to take it"
            regions.append(HitRegion(4, y, width - 8, high - 1, words, options=((TEXT, at),)))
            y += high
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def _lines(self, width: float) -> list[list[str]]:
        """Each text in as many lines as it needs."""
        most = max(int((width - 100) / (LETTER * USUAL)), 8)
        return [textwrap.wrap(text, most) or [""] for text in self.texts]

    def height_in(self, width: float) -> float:
        """How high it is in this width."""
        return 4 + sum(LETTERS_HIGH * len(lines) + 5 for lines in self._lines(width))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("text", "log-probability")
        yield from zip(self.texts, self.scores, strict=True)

    def description(self) -> str:
        return f"{len(self.texts)} texts, the most probable “{self.texts[0]}”" if self.texts else "No text"
