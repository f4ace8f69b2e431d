"""Curves with bands: all of them within the axes, told apart without colours, and written as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.figures.charts.marks import Area, Dots, Label, Stroke
from visualnet.figures.charts.spread.bands import ALL_REGIONS, DASHES, Band, BandChart
from visualnet.figures.charts.svg import svg_of

VALUES = st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=1, max_size=12)


def band_of(values: list[tuple[float, ...]], number: int) -> Band:
    rows = [sorted(one) for one in values]
    low, middle, high = (tuple(row[at] for row in rows) for at in range(3))
    return Band(f"curve {number}", tuple(map(float, range(1, len(rows) + 1))), middle, low, high, number, number)


@given(st.lists(VALUES, min_size=1, max_size=8), st.integers(260, 900), st.integers(240, 600))
def test_lines_and_bands_lie_in_the_drawing_and_each_has_its_own_dashes(
    values: list[list[tuple[float, ...]]], width: int, height: int
) -> None:
    chart = BandChart(tuple(band_of(one, number) for number, one in enumerate(values)), "epoch", "loss")
    drawing = chart.lay_out(width, height)
    for mark in drawing.marks:
        if isinstance(mark, Area | Dots) or (isinstance(mark, Stroke) and mark.colour.startswith("curve")):
            assert all(0 <= x <= width + 200 and -1 <= y <= height + 1 for x, y in mark.points)
    names = [mark.text for mark in drawing.marks if isinstance(mark, Label)]
    assert all(names.count(f"curve {number}") == 1 for number in range(len(values)))
    dashes = {(m.dashed, m.dash) for m in drawing.marks if isinstance(m, Stroke) and m.colour.startswith("curve")}
    assert len(dashes) == len(values)
    assert len(list(chart.rows())) == 1 + sum(map(len, values))


def test_with_places_the_values_of_the_axis_stand_at_even_distances() -> None:
    band = Band("a", (5.0, 100.0), (0.5, 0.9), (0.4, 0.9), (0.6, 0.9), 0, 1)
    chart = BandChart((band,), "samples", "accuracy", places=(5.0, 20.0, 100.0))
    drawing = chart.lay_out(600, 400)
    ticks = {m.text: m.x for m in drawing.marks if isinstance(m, Label) and m.text in ("5", "20", "100")}
    assert ticks["20"] - ticks["5"] == pytest.approx(ticks["100"] - ticks["20"])
    region = drawing.region_at(ticks["5"], next(m.points[0][1] for m in drawing.marks if isinstance(m, Dots)))
    assert region is not None and region.words == "a, samples 5: 0.5 (0.4 to 0.6)"
    dash = " ".join(f"{part:g}" for part in DASHES[1])
    assert f'stroke-dasharray="{dash}"' in svg_of(chart) and "ends at 0.9" in chart.description()


def test_nothing_to_draw_is_drawn_empty() -> None:
    chart = BandChart((Band("a", (), (), (), ()),), "epoch", "loss", (1.0, 10.0))
    assert chart.lay_out(400, 300).marks and "nothing yet" in chart.description()


def test_many_curves_are_thin_and_answer_at_a_bounded_number_of_places() -> None:
    x = tuple(map(float, range(300)))
    curves = [Band(f"run {at}", x, (y := tuple(v / (at + 1) for v in x)), y, y, at) for at in range(50)]
    many, few = BandChart(tuple(curves), "step", "loss"), BandChart(tuple(curves[:3]), "step", "loss")
    for chart, width in ((many, 1.0), (few, 2.0)):
        drawing = chart.lay_out(700, 400)
        lines = [mark for mark in drawing.marks if isinstance(mark, Stroke) and len(mark.points) == 300]
        assert len(lines) == len(chart.bands) and {line.width for line in lines} == {width}
        named = {region.words.partition(",")[0] for region in drawing.regions}
        assert named == {band.name for band in chart.bands} and len(drawing.regions) <= ALL_REGIONS
