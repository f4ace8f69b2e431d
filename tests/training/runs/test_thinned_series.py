"""Curves whose late points are joined: bounded, no extreme and no gap lost, means kept, smoothed as the whole curve is."""

from __future__ import annotations

import math
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.by_hand import EACH, tiny
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.loop.session import Session
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs import run_model
from visualnet.training.runs.curve_points.thinned import PENDING, bucket_of, join
from visualnet.training.runs.run_model import RunModel, read_run
from visualnet.training.runs.series import Series

WHOLE = 64
LARGEST = WHOLE // PENDING


def points(seed: int, size: int, gaps: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Rising steps with holes between them, and values with some gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=size).cumsum()
    values[[place for place in gaps if place < size]] = math.nan
    return rng.integers(1, 4, size).cumsum(), values


SEED, SIZE = st.integers(0, 2**32 - 1), st.integers(1, 3000)
GAPS = st.lists(st.integers(0, 2999), max_size=40)


@given(SEED, SIZE, GAPS, st.lists(st.integers(0, 3000), max_size=6), st.integers(1, 40))
@settings(deadline=None)
def test_what_is_joined_loses_no_extreme_and_no_gap(
    seed: int, size: int, gaps: list[int], cuts: list[int], pixels: int
) -> None:
    steps, values = points(seed, size, gaps)
    series, at_once = Series(whole=WHOLE), Series(steps, values, whole=WHOLE)
    places = [0, *sorted(min(cut, size) for cut in cuts), size]
    for a, b in pairwise(places):
        series.extend(steps[a:b], values[a:b])
        series.window(0, 1e9, pixels)
    np.testing.assert_array_equal(series.steps, at_once.steps, "how its points came makes no difference")
    np.testing.assert_array_equal(series.values, at_once.values)
    where = np.searchsorted(steps, series.steps)
    np.testing.assert_array_equal(steps[where], series.steps)
    np.testing.assert_array_equal(values[where], series.values, "what stays is of the curve")
    np.testing.assert_array_equal(series.steps[:WHOLE], steps[:WHOLE])
    assert series.last is not None
    assert series.last[0] == steps[-1]
    whole = Series(steps, values)
    for mode in ("min", "max"):
        assert series.best(mode) == whole.best(mode)
    # Where the whole curve reaches in any stretch, the joined one reaches next to it: not further than a bucket away.
    reach = LARGEST
    for a in range(0, size, max(size // 7, 1)):
        b = min(a + size // 5, size - 1)
        near = (series.steps >= steps[max(a - reach, 0)]) & (series.steps <= steps[min(b + reach, size - 1)])
        here, there = values[a : b + 1], series.values[near]
        if np.isfinite(here).any():
            assert np.nanmin(there) <= np.nanmin(here)
            assert np.nanmax(there) >= np.nanmax(here)
        assert np.isnan(there).any() or not np.isnan(here).any()


@given(SEED, SIZE, st.integers(0, 3000), st.integers(0, 500))
@settings(deadline=None)
def test_a_joined_curve_that_is_cut_off_goes_on(seed: int, size: int, cut: int, more: int) -> None:
    steps, values = points(seed, size, [])
    series = Series(steps, values, whole=WHOLE)
    series.smoothed(0.5)
    at = int(steps[min(cut, size - 1)])
    series.truncate_after(at)
    left = steps <= at
    assert (series.steps <= at).all()
    np.testing.assert_array_equal(series.steps[:WHOLE], steps[left][:WHOLE])
    begin = len(series)
    new, rising = np.arange(at + 1, at + 1 + more), np.arange(float(more)) + 1e9
    series.extend(new, rising)
    assert series.best("max") == ((at + more, 1e9 + more - 1) if more else series.best("max"))
    assert len(series.smoothed(0.5)) == len(series) <= begin + more


@given(SEED, st.integers(1, 30), st.sampled_from([4, 8, 16]), GAPS)
def test_a_joined_bucket_stands_for_as_many_points_and_for_their_mean(
    seed: int, buckets: int, bucket: int, gaps: list[int]
) -> None:
    values = points(seed, buckets * bucket, gaps)[1]
    joined = join(values, bucket)
    assert joined.counts.sum() == len(values)
    assert (joined.counts > 0).all()
    assert joined.counts[np.isnan(joined.means)].sum() == np.isnan(values).sum()
    assert np.nansum(joined.means * joined.counts) == pytest.approx(np.nansum(values), rel=1e-9, abs=1e-9)


def test_the_first_are_whole_and_buckets_double() -> None:
    assert [bucket_of(n, 1024) for n in (0, 1023, 1024, 2047, 2048, 4096, 8192, 1 << 30)] == [
        1,
        1,
        4,
        4,
        8,
        16,
        32,
        128,
    ]


@pytest.mark.wide
@given(SEED, st.sampled_from([0.5, 0.9, 0.99]), st.lists(st.integers(1, 700), max_size=5))
@settings(deadline=None)
def test_a_joined_curve_is_smoothed_as_the_whole_one(seed: int, weight: float, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    size = 2000
    steps = np.arange(1, size + 1)
    values = np.exp(-steps / 400) + rng.normal(scale=0.05, size=size)
    series, followed = Series(steps, values, whole=WHOLE), Series(whole=WHOLE)
    for part in np.split(np.arange(size), np.cumsum(cuts)):
        followed.extend(steps[part], values[part])
        followed.smoothed(weight)
    exact = Series(steps, values).smoothed(weight)
    for one in (series, followed):
        smooth = one.smoothed(weight)
        np.testing.assert_array_equal(smooth.steps, one.steps)
        theirs = exact.values[np.searchsorted(exact.steps, smooth.steps)]
        # Within a bucket the average runs over the bucket's mean: at most by the noise of a bucket it is beside the exact one.
        assert np.abs(smooth.values - theirs).max() < 0.05 * 8 * (1 - weight) + 0.02
        assert smooth.values.mean() == pytest.approx(theirs.mean(), abs=0.01)


def tell(model: RunModel, first: int, last: int, each: int = 5) -> None:
    """Tell a model of some epochs of a run, from one to another."""
    for epoch in range(first, last + 1):
        step = epoch * each
        losses = [1.0 / (step - i) for i in reversed(range(each))]
        model.consume(events.Steps(step=step, epoch=epoch, values={"loss": losses, "score": losses}, lr=0.1))
        means = {"loss": losses[-1], "score": losses[-1]}
        model.consume(
            events.EpochDone(
                epoch=epoch, step=step, train=means, validation=dict(means), seconds=2.0, samples_per_s=1.0
            )
        )


def test_a_log_read_to_be_watched_keeps_the_extremes_and_the_whole_one_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tiny(epochs=40)
    folder = begin_run(project, tmp_path / "run")
    Session(project, load(project.data), lambda event: None, folder=folder, threads=1).run()
    whole, short = read_run(folder), read_run(folder, watched=True)
    assert short.steps["loss"].values.tolist() == whole.steps["loss"].values.tolist(), "a short run is whole"
    monkeypatch.setattr(run_model, "WATCHED", 64)
    watched = read_run(folder, watched=True)
    assert len(watched.steps["loss"]) < len(whole.steps["loss"]) == 40 * EACH
    for mode in ("min", "max"):
        assert watched.steps["loss"].best(mode) == whole.steps["loss"].best(mode)
    assert (watched.step, watched.epochs, watched.state) == (whole.step, whole.epochs, whole.state)


@pytest.mark.wide
def test_a_watched_run_of_any_length_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_model, "WATCHED", 64)
    monkeypatch.setattr(run_model, "WATCHED_EPOCHS", 32)
    grown = {}
    for watched in (True, False):
        tracemalloc.start()
        try:
            model = RunModel(watched=watched)
            tell(model, 1, 100)
            before = tracemalloc.get_traced_memory()[0]
            tell(model, 101, 400)
            grown[watched] = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert model.epochs_done == 400
        assert model.seconds.last == (2_000, 800.0)
        assert model.steps["loss"].best("min") == (2_000, 1.0 / 2_000)
        assert len(model.steps["loss"]) == 2_000 or watched
    assert grown[True] < grown[False] / 5
