"""Intervals: seeded, as wide as theory says, and honest where nothing varies."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.training.evaluation.intervals import draw_weights, estimate, wilson


def mean(values: np.ndarray):  # type: ignore[no-untyped-def]
    return lambda weights: weights @ values / weights.sum(1)


def test_the_interval_of_a_mean_is_that_of_theory_and_the_same_each_time() -> None:
    values = np.random.default_rng(0).normal(5, 2, 2000)
    first, again = (estimate(2000, {"mean": mean(values)})["mean"] for _ in range(2))
    assert first == again
    half = 1.96 * values.std() / 2000**0.5
    assert first.value == pytest.approx(values.mean())
    assert first.low == pytest.approx(values.mean() - half, abs=0.12 * half)
    assert first.high == pytest.approx(values.mean() + half, abs=0.12 * half)
    assert estimate(2000, {"mean": mean(values)}, seed=1)["mean"] != first


def test_every_draw_has_as_many_samples_as_there_are() -> None:
    drawn = np.concatenate(list(draw_weights(30_000, 300)))
    assert drawn.shape == (300, 30_000)
    assert set(drawn.sum(1)) == {30_000.0}
    assert drawn.var() == pytest.approx(1, abs=0.02)  # Poisson, nearly


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(150):
        found = estimate(80, {"mean": mean(generator.normal(1, 1, 80))})["mean"]
        hits += found.low <= 1 <= found.high
    assert 130 <= hits <= 149  # 95 % of 150 are 142; of 80 samples the percentile interval holds a little less


def test_a_share_of_all_is_not_certain() -> None:
    assert wilson(10, 10) == pytest.approx((0.722, 1.0), abs=1e-3)
    assert wilson(0, 10) == pytest.approx((0.0, 0.278), abs=1e-3)
    assert wilson(50, 100) == pytest.approx((0.404, 0.596), abs=1e-3)


def test_the_work_can_be_ended() -> None:
    class Ended(Exception):
        pass

    def check(share: float) -> None:
        if share > 0:
            raise Ended

    with pytest.raises(Ended):
        estimate(100_000, {"mean": mean(np.zeros(100_000))}, check)
