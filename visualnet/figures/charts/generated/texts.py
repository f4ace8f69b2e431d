"""Texts below each other, wrapped to the width there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.marks import LETTER, USUAL, Chart, ChartDrawing, Label, Mark, text_width

LINE, GAP, EDGE = 19.0, 9.0, 14.0
COMFORTABLE = 90
"""No more letters stand in a line than this."""


@dataclass(frozen=True)
class TextChart(Chart):
    """``heads`` stand muted before the first line of their texts."""

    kind = "texts"
    texts: tuple[str, ...]
    heads: tuple[str, ...] = ()

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        letters = min(max(int((width - 3 * EDGE) / (LETTER * USUAL)), 8), COMFORTABLE)
        marks: list[Mark] = []
        y = EDGE + LINE / 2
        for number, text in enumerate(self.texts):
            if y > height:
                break
            head = " ".join(self.heads[number].split()) if number < len(self.heads) else ""
            if head:
                for line in wrap(head, letters):
                    marks.append(Label(EDGE, y, line, "muted", USUAL))
                    y += LINE
            for line in [part for piece in text.split("\n") for part in (wrap(piece, letters) or [""])]:
                marks.append(Label(EDGE + (EDGE if head else 0), y, line, "text", USUAL))
                y += LINE
            y += GAP
        return ChartDrawing(width, height, tuple(marks))

    def least_size(self) -> tuple[float, float]:
        longest = max((text_width(text, USUAL) for text in (*self.texts, *self.heads)), default=0.0)
        wide = min(longest + 3 * EDGE, 320.0)
        letters = max(int((wide - 3 * EDGE) / (LETTER * USUAL)), 8)
        lines = sum(len(wrap(piece, letters) or [""]) for text in self.texts for piece in text.split("\n"))
        lines += sum(len(wrap(" ".join(head.split()), letters)) for head in self.heads)
        return wide, 2 * EDGE + lines * LINE + len(self.texts) * GAP

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("begins with", "text") if self.heads else ("text",)
        for number, text in enumerate(self.texts):
            yield (self.heads[number], text) if number < len(self.heads) else (text,)

    def description(self) -> str:
        return format_quantity(len(self.texts), "text")
