"""A list of samples, each with a line about it; where it is drawn, that is a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.marks import Chart, ChartDrawing, HitRegion, Label, Mark, shorten

LINE = 22.0


class Example(NamedTuple):
    """A sample of the data set, what is told of it, and by how much it stands where it does."""

    sample: int
    words: str
    score: float


@dataclass(frozen=True)
class ExampleList(Chart):
    """Samples in an order that matters; ``score_title`` says what they are ordered by."""

    kind = "samples"
    examples: tuple[Example, ...]
    score_title: str

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        marks: list[Mark] = [
            Label(12, 12, "sample"),
            Label(90, 12, self.score_title),
        ]
        regions: list[HitRegion] = []
        for row, one in enumerate(self.examples[: max(int((height - LINE) / LINE), 1)]):
            y = LINE + (row + 0.5) * LINE
            marks.append(Label(12, y, str(one.sample), "text"))
            marks.append(Label(90, y, format_number(one.score), "text"))
            marks.append(Label(200, y, shorten(one.words, width - 212), "text"))
            regions.append(HitRegion(0, y - LINE / 2, width, LINE, one.words, (one.sample,)))
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        yield ("sample", self.score_title, "answer")
        for one in self.examples:
            yield (one.sample, one.score, one.words)

    def description(self) -> str:
        return f"{format_quantity(len(self.examples), 'sample')}, ordered by {self.score_title}"
