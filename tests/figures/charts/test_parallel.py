"""Parallel coordinates and slices: every value stands on its axis, every run can be pointed at, whatever its values are."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from visualnet.figures.charts.marks import Chart, ChartDrawing, Stroke
from visualnet.figures.charts.parallel.axis import SettingAxis, make_axis
from visualnet.figures.charts.parallel.parallel import MOST_LINES, ParallelChart, ParallelLine
from visualnet.figures.charts.parallel.slices import RunLine, SliceChart

numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000) | st.just(1e-9)
values = st.lists(numbers, min_size=1, max_size=6) | st.lists(
    st.sampled_from(["SGD", "Adam", "", True, False, 3]), min_size=1, max_size=6
)


@given(values, st.booleans())
def test_an_axis_has_room_for_what_it_was_made_of_and_its_ticks_lie_on_it(given: list[float | str], log: bool) -> None:
    axis = make_axis("a", given, log)
    shares = [axis.share(value) for value in given]
    assert all(share is not None and 0 <= share <= 1 for share in shares)
    if not axis.names:
        order = sorted(range(len(given)), key=lambda i: float(given[i]))
        assert all((shares[a] or 0) <= (shares[b] or 0) for a, b in itertools.pairwise(order))
    ticks = axis.ticks(5)
    assert ticks and all(0 <= place <= 1 and text for place, text in ticks)


def test_what_does_not_belong_to_an_axis_has_no_place_there() -> None:
    assert SettingAxis("a", 1.0, 100.0, log=True).share(10) == 0.5
    assert SettingAxis("a", 1.0, 100.0, log=True).share(-1) is None
    assert SettingAxis("a", names=("SGD", "Adam")).share("Muon") is None
    assert SettingAxis("a").share(math.nan) is None and SettingAxis("a").share(None) is None
    assert [text for _, text in SettingAxis("a", 1.0, 3.0, whole=True).ticks(9)] == ["1", "2", "3"]


def inside(chart: Chart, width: float, height: float) -> ChartDrawing:
    """Its drawing, all lines of which lie in the chart."""
    drawing = chart.lay_out(width, height)
    for mark in drawing.marks:
        if isinstance(mark, Stroke):
            assert all(-1 <= x <= drawing.width + 1 and -1 <= y <= drawing.height + 1 for x, y in mark.points)
    return drawing


AXES = (make_axis("lr", [0.001, 0.1], True), make_axis("optimizer", ["SGD", "Adam"]), make_axis("accuracy", [0.0, 1.0]))


@given(st.integers(0, 30), st.floats(200, 900), st.floats(120, 600))
def test_each_run_is_a_line_that_can_be_pointed_at_and_one_without_a_value_is_broken(
    count: int, width: float, height: float
) -> None:
    lines = tuple(
        ParallelLine(f"Run {i}", (0.001 * (i + 1), None if i % 3 == 2 else "Adam", i / 30), i / 30, (i,))
        for i in range(count)
    )
    chart = ParallelChart(AXES, lines)
    drawing = inside(chart, width, height)
    assert {region.samples[0] for region in drawing.regions} == set(range(count))
    assert len(drawing.regions) == sum(sum(value is not None for value in line.values) for line in lines)
    assert len(list(chart.rows())) == count + 1

    runs = tuple(RunLine(line.name, line.values[:2], float(i), i == 0, (i,)) for i, line in enumerate(lines))
    slices = SliceChart(AXES[:2], make_axis("accuracy", [0.0, max(count, 1)]), runs)
    drawing = inside(slices, width, height)
    assert len(drawing.regions) == sum(sum(value is not None for value in run.values) for run in runs)


def test_of_very_many_runs_the_best_are_drawn_all() -> None:
    lines = tuple(ParallelLine(str(i), (0.01, "SGD", 0.5), i / 9_999, (i,)) for i in range(10_000))
    drawn = {region.samples[0] for region in ParallelChart(AXES, lines).lay_out(800, 400).regions}
    assert len(drawn) <= MOST_LINES + 1 and set(range(10_000 - MOST_LINES // 2, 10_000)) <= drawn
