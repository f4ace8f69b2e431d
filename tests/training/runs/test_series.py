"""Curves: nothing that matters is thinned away, whatever is drawn."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.training.runs.series import Series

VALUE = st.one_of(
    st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0])
)


@st.composite
def curves(draw: st.DrawFn) -> tuple[Series, np.ndarray, np.ndarray]:
    """A series built in pieces, of any length around the bucket sizes, and what went in."""
    size = draw(st.integers(1, 3000))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.integers(1, draw(st.integers(2, 50)), size)) - 5
    values = rng.normal(size=size) * 10.0 ** draw(st.integers(-6, 6))
    for place, value in draw(st.lists(st.tuples(st.integers(0, size - 1), VALUE), max_size=30)):
        values[place] = value
    if draw(st.booleans()):
        a, b = sorted((draw(st.integers(0, size)), draw(st.integers(0, size))))
        values[a:b] = math.nan
    series = Series()
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
    for a, b in zip([0, *cuts], [*cuts, size], strict=True):
        series.extend(steps[a:b], values[a:b])
        series.window(-100, 1e9, 3)
    return series, steps, np.where(np.isfinite(values), values, np.nan)


@given(curves(), st.floats(-0.1, 1.1), st.floats(-0.1, 1.1), st.integers(1, 300))
@settings(max_examples=200, deadline=None)
def test_window_keeps_extremes_gaps_and_order(curve, a, b, pixels) -> None:
    series, steps, values = curve
    x0, x1 = sorted(steps[0] + share * (steps[-1] - steps[0]) for share in (a, b))
    x, y = series.window(x0, x1, pixels)
    assert (np.diff(x) > 0).all()
    assert len(x) <= 4 * pixels + 20
    where = np.searchsorted(steps, x)
    np.testing.assert_array_equal(steps[where], x)
    np.testing.assert_array_equal(values[where], y)
    inside = (steps >= x0) & (steps <= x1)
    shown = y[(x >= x0) & (x <= x1)]
    if np.isfinite(values[inside]).any():
        assert np.nanmin(shown) == np.nanmin(values[inside])
        assert np.nanmax(shown) == np.nanmax(values[inside])
    assert np.isnan(shown).any() == np.isnan(values[inside]).any()
    if inside.any():
        before, after = np.flatnonzero(inside)[[0, -1]] + (-1, 1)
        assert before < 0 or steps[before] in x
        assert after >= len(steps) or steps[after] in x


@given(curves())
@settings(max_examples=60, deadline=None)
def test_best_is_the_earliest_extreme(curve) -> None:
    series, steps, values = curve
    for mode, pick in (("min", np.nanargmin), ("max", np.nanargmax)):
        if np.isnan(values).all():
            assert series.best(mode) is None
        else:
            at = pick(values)
            assert series.best(mode) == (steps[at], values[at])


def direct_average(values: np.ndarray, weight: float) -> np.ndarray:
    mean, count, out = 0.0, 0, []
    for value in values:
        if math.isnan(value):
            out.append(math.nan)
            continue
        mean, count = weight * mean + (1 - weight) * value, count + 1
        out.append(mean / (1 - weight**count))
    return np.array(out)


@given(curves(), st.floats(0.001, 0.999))
@settings(max_examples=60, deadline=None)
def test_smoothing_equals_the_direct_formula(curve, weight) -> None:
    series, steps, values = curve
    smooth = series.smoothed(weight)
    scale = np.nanmax(np.abs(values)) if np.isfinite(values).any() else 1.0
    np.testing.assert_allclose(smooth.values, direct_average(values, weight), rtol=1e-9, atol=1e-11 * scale)
    np.testing.assert_array_equal(smooth.steps, steps)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=20), st.sampled_from([0.1, 0.6, 0.95]))
@settings(max_examples=40, deadline=None)
def test_smoothing_grows_with_its_series(pieces, weight) -> None:
    rng = np.random.default_rng(1)
    series = Series()
    for size in pieces:
        start = len(series)
        for step in range(start, start + size):
            series.append(step, rng.normal())
        assert len(series.smoothed(weight)) == len(series)
    np.testing.assert_allclose(series.smoothed(weight).values, direct_average(series.values, weight), atol=1e-12)


@given(curves(), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_resume_forgets_what_came_later(curve, share) -> None:
    series, steps, values = curve
    series.smoothed(0.5)
    keep = int(share * len(steps))
    series.truncate_after(steps[keep] - 1 if keep < len(steps) else steps[-1])
    assert len(series) == keep
    fresh = Series(steps[:keep], values[:keep])
    later = np.arange(1, 200) + (steps[keep - 1] if keep else 0)
    for each in (series, fresh):
        each.extend(later, np.sin(later))
    for mine, right in zip(series.window(-1e9, 1e9, 5), fresh.window(-1e9, 1e9, 5), strict=True):
        np.testing.assert_array_equal(mine, right)
    # Computed in other portions, so the last bits may differ with the memory's alignment.
    np.testing.assert_allclose(series.smoothed(0.5).values, fresh.smoothed(0.5).values, rtol=1e-12, atol=1e-12)
    assert series.best() == fresh.best()


def test_order_is_demanded_and_named() -> None:
    series = Series([1, 5], [0.0, 1.0])
    with pytest.raises(ValueError, match="step 5 does not come after step 5"):
        series.append(5, 2.0)
    with pytest.raises(ValueError, match="must rise"):
        series.extend([7, 6], [0.0, 0.0])
    with pytest.raises(ValueError, match="do not match"):
        series.extend([7, 8], [0.0])
    with pytest.raises(ValueError, match="smoothing weight"):
        series.smoothed(1.0)
    assert series.last == (5, 1.0)


def test_empty_series_answers() -> None:
    series = Series()
    assert series.last is None and series.best() is None and series.nearest(3) is None
    assert len(series.window(0, 10, 100)[0]) == 0
    assert len(series.smoothed(0.9)) == 0


def test_nearest_point() -> None:
    series = Series([10, 20, 40], [1.0, 2.0, math.inf])
    assert series.nearest(-5) == (10, 1.0)
    assert series.nearest(16) == (20, 2.0)
    step, value = series.nearest(99)  # type: ignore[misc]
    assert step == 40 and math.isnan(value)


@pytest.mark.wide
def test_ten_million_points_are_answered_at_once() -> None:
    size = 10**7
    values = np.random.default_rng(0).normal(size=size)
    values[6_543_210] = -50.0
    series = Series(np.arange(size), values)
    series.window(0, size, 1000)
    tracemalloc.start()
    try:
        x, y = series.window(3, size - 5, 1000)
        # A mark for each point would take ten times as much; the window is answered from the pyramid.
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert y.min() == -50.0 and x[y.argmin()] == 6_543_210
    assert len(x) < 4100
