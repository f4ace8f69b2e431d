"""Bars of changes stand on the right side of zero, with their intervals, and what has no room is told."""

from __future__ import annotations

from visualnet.figures.charts.bars import Bar
from visualnet.figures.charts.marks import Label, Rectangle, Stroke
from visualnet.figures.charts.observed.changes import ChangeChart, Changes


def chart(rows: int = 3) -> ChangeChart:
    bars = (Bar(2.0, 1.5, 2.5), Bar(-1.0, -1.2, -0.8), Bar(0.0))
    every = tuple(bars[at % 3] for at in range(rows))
    names = tuple(f"unit {at}" for at in range(rows))
    picks, words = tuple(range(rows)), "click to switch it off"
    return ChangeChart(names, (Changes("loss", every), Changes("hits", every)), "unit", picks, words)


def test_bars_go_to_both_sides_of_zero_by_their_length() -> None:
    drawing = chart().lay_out(700, 200)
    boxes = [mark for mark in drawing.marks if isinstance(mark, Rectangle)]
    assert len(boxes) == 6
    up, down, none = boxes[:3]
    zero = up.x
    assert abs(down.x + down.width - zero) < 1e-6 and abs(up.width - 2 * down.width) < 0.5 and none.width == 1.0
    assert up.colour != down.colour and boxes[3].x > up.x + up.width
    intervals = [m for m in drawing.marks if isinstance(m, Stroke) and m.colour == "text"]
    left, right = (x for x, _ in intervals[0].points)
    assert abs((left + right) / 2 - (up.x + up.width)) < 0.5
    region = drawing.regions[1]
    assert (
        region.samples == (1,) and "unit 1: loss −1 (−1.2 to −0.8)" in region.words and "switch it off" in region.words
    )


def test_what_has_no_room_is_told_and_stands_in_the_table() -> None:
    many = chart(40)
    drawing = many.lay_out(500, 160)
    assert any(isinstance(m, Label) and "more rows in the table" in m.text for m in drawing.marks)
    rows = list(many.rows())
    assert len(rows) == 41 and rows[0][:4] == ["unit", "loss", "loss low", "loss high"]
    assert rows[2][:4] == ["unit 1", -1.0, -1.2, -0.8]
