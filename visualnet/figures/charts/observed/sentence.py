"""A sentence where a picture will be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from visualnet.figures.charts.marks import LETTER, USUAL, Chart, ChartDrawing, Label


@dataclass(frozen=True)
class SentenceChart(Chart):
    """Words that say why nothing is drawn yet, and what to do."""

    kind = "sentence"
    words: str

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        lines = wrap(self.words, max(int((width - 24) / (LETTER * USUAL)), 8))
        top = height / 2 - (len(lines) - 1) * 9
        marks = [Label(width / 2, top + 18 * i, line, size=USUAL, align="centre") for i, line in enumerate(lines)]
        return ChartDrawing(width, height, tuple(marks))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("what", "words")
        yield ("nothing yet", self.words)

    def description(self) -> str:
        return self.words
