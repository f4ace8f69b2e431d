"""Charts beside each other in one picture: below each other where it is higher than wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from visualnet.figures.charts.marks import (
    Area,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Mark,
    Points,
    Stroke,
    shorten,
)

HEAD = 20.0


@dataclass(frozen=True, eq=False)
class SideBySideChart(Chart):
    """Charts with a title each, which may be empty; ``shares`` are the parts of the room that they take, in all 1."""

    kind = "charts"
    charts: tuple[Chart, ...]
    titles: tuple[str, ...]
    shares: tuple[float, ...]

    def lay_out(self, width: float, height: float) -> ChartDrawing:
        upright = height > width
        marks: list[Mark] = []
        regions: list[HitRegion] = []
        at = 0.0
        for chart, title, share in zip(self.charts, self.titles, self.shares, strict=True):
            room = (width, height * share) if upright else (width * share, height)
            x, y = (0.0, at) if upright else (at, 0.0)
            head = HEAD if title else 0.0
            if title:
                marks.append(Label(x + 10, y + HEAD / 2, shorten(title, room[0] - 12), "text"))
            drawing = chart.lay_out(room[0], max(room[1] - head, 10.0))
            marks += [move_mark(mark, x, y + head) for mark in drawing.marks]
            regions += [region._replace(x=region.x + x, y=region.y + y + head) for region in drawing.regions]
            at += room[1] if upright else room[0]
        return ChartDrawing(width, height, tuple(marks), tuple(regions))

    def rows(self) -> Iterable[Sequence[Any]]:
        tables = [list(chart.rows()) for chart in self.charts]
        columns = max(len(table[0]) for table in tables)
        yield ("chart", *tables[0][0], *("" for _ in range(columns - len(tables[0][0]))))
        for title, table in zip(self.titles, tables, strict=True):
            for row in table if table is not tables[0] else table[1:]:
                yield (title, *row, *("" for _ in range(columns - len(row))))

    def description(self) -> str:
        told = zip(self.titles, self.charts, strict=True)
        return ". ".join(f"{title}: {chart.description()}" if title else chart.description() for title, chart in told)


def move_mark(mark: Mark, x: float, y: float) -> Mark:
    """A mark so far to the right and down."""
    if isinstance(mark, Stroke | Dots | Area):
        points: Points = tuple((px + x, py + y) for px, py in mark.points)
        return mark._replace(points=points)
    return mark._replace(x=mark.x + x, y=mark.y + y)
