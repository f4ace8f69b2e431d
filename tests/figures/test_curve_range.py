"""Which part of the values a curve plot shows, and which of its points are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.curve_range import YRange, dash_segments, dotted_points, fit_range, ink_length, on_axis


def test_a_peak_beyond_the_bulk_is_left_out_and_told() -> None:
    values = np.sin(np.arange(2000.0))
    values[700] = 1e5
    low, high, note = fit_range([values], False)
    assert high < 100 and note == "peak 100,000 above the view"
    values[700] = -1e5
    low, high, note = fit_range([values], False)
    assert low > -100 and note == "low −100,000 below the view"


def test_a_range_that_still_fits_is_kept() -> None:
    kept = fit_range([np.array([0.0, 1.0])], False)
    assert fit_range([np.array([0.05, 0.98])], False, kept) == kept
    assert fit_range([np.array([0.0, 0.5])], False, kept).high < 0.6
    assert fit_range([np.array([0.0, 2.0])], False, kept).high > 2


@pytest.mark.parametrize("values", [[], [np.nan], [3.0], [-np.inf, 1.0], [1e-30, 1.0]])
@pytest.mark.parametrize("log", [False, True])
def test_there_is_always_a_range(values: list[float], log: bool) -> None:
    low, high, _ = fit_range([on_axis(np.array(values), log)], log)
    assert np.isfinite([low, high]).all() and low < high


def test_a_log_axis_says_what_sits_on_its_edge_and_reaches_twelve_decades() -> None:
    found = fit_range([on_axis(np.array([0.0, 1e-30, 1.0]), True)], True)
    assert found.note == "values not above 0 sit on the lower edge"
    assert found.low == pytest.approx(-12.6)
    assert fit_range([], True) == YRange(-2.0, 0.0)


def test_single_points_between_gaps_are_dots() -> None:
    y = np.array([1.0, np.nan, 2.0, np.nan, 3.0, 4.0])
    assert dotted_points(y, dashed=False).tolist() == [0, 2]
    assert dotted_points(y, dashed=True).tolist() == [0, 2, 4, 5]
    assert len(dotted_points(np.ones(100), dashed=True)) == 0


def test_dashes_are_three_fifths_and_never_cross_a_gap() -> None:
    x = np.arange(900.0)
    drawn = dash_segments(x, np.ones(900), 1.0)
    assert 0.5 < drawn.mean() < 0.7
    y = np.ones(900)
    y[2] = np.nan
    assert dash_segments(x, y, 1.0)[1] == dash_segments(x, y, 1.0)[2] == 0


def test_travel_counts_points_and_heights() -> None:
    assert ink_length([np.array([0.0, 1.0, np.nan, 0.0])], 10.0) == 14.0
