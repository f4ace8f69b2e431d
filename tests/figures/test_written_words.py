"""Words over bars of their probability, and the words that might have stood there: nothing is lost, nothing runs out of the picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.figures.charts.marks import Label, Rectangle
from visualnet.figures.sequences.written_words import PLACE, TEXT, TOKEN, RankedTexts, WordChoices, WrittenWords

WORD = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=30)


@given(st.lists(WORD, min_size=1, max_size=40), st.integers(0, 5), st.floats(200, 900))
def test_every_word_that_was_written_can_be_clicked(words: list[str], before: int, width: float) -> None:
    shares = [None if at < before else 1 / (at + 1) for at in range(len(words))]
    chart = WrittenWords(tuple(words), tuple(shares), chosen=len(words) - 1, pending=1, forced=frozenset({0}))
    drawing = chart.lay_out(width, chart.height_in(width))
    assert [region.options for region in drawing.regions] == [((PLACE, at),) for at in range(before, len(words))]
    for region in drawing.regions:
        assert region.y + region.height <= chart.height_in(width)
        assert region.x + region.width <= width or len(words[region.options[0][1]]) * 8 > width - 20
    boxes = [(region.x, region.y, region.width, region.height) for region in drawing.regions]
    for at, (x, y, wide, _) in enumerate(boxes):
        for other_x, other_y, *_ in boxes[at + 1 :]:
            assert other_y > y or other_x >= x + wide - 1e-6, "no two words lie on each other"
    assert len(list(chart.rows())) == len(words) + 1
    assert chart.description().endswith(words[-1])


def test_a_bar_is_as_long_as_the_word_is_probable() -> None:
    chart = WordChoices(("der", "die"), (7, 9), (0.75, 0.25), taken=7)
    drawing = chart.lay_out(400, chart.height_in(400))
    bars = [mark for mark in drawing.marks if isinstance(mark, Rectangle) and mark.colour == "curve:0"]
    rooms = [mark for mark in drawing.marks if isinstance(mark, Rectangle) and mark.colour == "line"]
    assert [bar.width / room.width for bar, room in zip(bars, rooms, strict=True)] == pytest.approx([0.75, 0.25])
    assert [region.options for region in drawing.regions] == [((TOKEN, 7),), ((TOKEN, 9),)]
    assert "stands there" in drawing.regions[0].words and "click to write" in drawing.regions[1].words


@given(st.lists(st.lists(WORD, min_size=1, max_size=20).map(" ".join), min_size=1, max_size=6), st.floats(220, 900))
def test_texts_are_told_whole_in_as_many_lines_as_they_need(texts: list[str], width: float) -> None:
    chart = RankedTexts(tuple(texts), tuple(-float(at) for at in range(len(texts))))
    drawing = chart.lay_out(width, chart.height_in(width))
    assert [region.options for region in drawing.regions] == [((TEXT, at),) for at in range(len(texts))]
    told = "".join(mark.text for mark in drawing.marks if isinstance(mark, Label) and mark.x == 24)
    assert told.replace(" ", "") == "".join(texts).replace(" ", "")
    assert drawing.regions[-1].y + drawing.regions[-1].height <= chart.height_in(width)
