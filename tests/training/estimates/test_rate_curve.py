"""The learning rate that is read off a range test: from curves whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from visualnet.training.estimates.rate_curve import DivergenceWatch, RateCurve, as_json, propose, rising_rates


def curve(losses: list[float], rates: tuple[float, ...], ended: str) -> RateCurve:
    count = len(losses)
    return RateCurve(rates[:count], tuple(losses), ended, rates[0], rates[-1], 32, "SGD", "CPU")


def valley(rate: float, middle: float = 0.1) -> float:
    """A loss that stands at 2.3, falls by the logistic curve around a rate, and rises again from a hundred times that on."""
    at = math.log10(rate / middle)
    return 2.3 - 2 / (1 + math.exp(-6 * at)) + (math.exp(min(6 * (at - 2), 50)) if at > 1.5 else 0)


def run(loss: object, rates: tuple[float, ...]) -> RateCurve:
    watch, losses = DivergenceWatch(len(rates)), []
    for rate in rates:
        value = loss(rate)  # type: ignore[operator]
        if math.isfinite(value):
            losses.append(value)
        if watch.diverges(value):
            return curve(losses, rates, "diverged")
    return curve(losses, rates, "highest")


def test_rates_rise_by_one_factor_and_absurd_ranges_are_refused() -> None:
    rates = rising_rates(1e-5, 10, 61)
    assert rates[0] == 1e-5 and rates[-1] == pytest.approx(10) and len(rates) == 61
    assert np.allclose(np.diff(np.log10(rates)), 0.1)
    for low, high, steps in ((1.0, 0.1, 50), (0.0, 1.0, 50), (1e-3, math.nan, 50), (1e-3, 1.0, 3), (-1, 1, 50)):
        with pytest.raises(ValueError, match="choose"):
            rising_rates(low, high, steps)


def test_the_steepest_descent_is_found_and_kept_to_a_tenth_of_divergence() -> None:
    rates = rising_rates(1e-5, 1e4, 200)
    found = run(valley, rates)
    proposal = propose(found)
    assert found.ended == "diverged" and proposal.steepest == pytest.approx(0.1, rel=0.15)
    assert proposal.rate == pytest.approx(0.1, rel=0.15) and "0.095" in proposal.words
    early = run(lambda rate: valley(rate, 1.0) if rate < 3 else 50.0, rates)
    cut = propose(early)
    assert cut.diverges is not None and cut.rate is not None and cut.steepest is not None
    assert cut.rate == float(f"{cut.diverges / 10:.2g}") < cut.steepest, "the smaller of the two"
    assert "tenth" in cut.words and as_json(early, cut)["rate"] == cut.rate


def test_a_network_that_a_large_step_has_killed_has_diverged() -> None:
    """Its loss is back where it began, and stays: half as high again is never reached."""
    found = run(lambda rate: valley(rate) if rate < 2 else 2.31, rising_rates(1e-5, 1e4, 180))
    assert found.ended == "diverged" and 2 < found.rates[-1] < 40


def test_where_nothing_is_learned_nothing_is_proposed() -> None:
    draws = np.random.default_rng(0).normal(1.0, 0.1, 100)
    flat = curve(list(draws), rising_rates(1e-6, 1.0, 100), "highest")
    assert propose(flat).rate is None and "falls nowhere" in propose(flat).words
    assert not any(DivergenceWatch(100).diverges(float(x)) for x in draws), "chance alone is no divergence"
    rising = run(lambda rate: 1 + rate, rising_rates(1e-6, 1e3, 100))
    assert rising.ended == "diverged" and propose(rising).rate is None and "diverges at" in propose(rising).words


def test_a_few_hard_batches_are_no_divergence() -> None:
    """Nearly every batch of a network that has learned has a tiny loss, and a few have a large one; at last it really diverges."""
    rates = rising_rates(1e-6, 10.0, 100)
    wrong = 0
    for seed in range(60):
        draws = np.random.default_rng(seed).lognormal(math.log(0.002), 1.6, 100)
        watch = DivergenceWatch(100)
        if any([watch.diverges(float(loss)) for loss in draws[:60]]):  # a list: the watch sees all of them
            wrong += 1
            continue
        ends = [rate for rate, loss in zip(rates[60:], draws, strict=False) if watch.diverges(float(2.3 + loss))]
        assert ends and rates.index(ends[0]) <= 64, "a real one is seen within five steps"
    assert wrong <= 2, "chance, but seldom"


def test_a_loss_below_zero_or_of_any_scale_is_read_alike() -> None:
    rates = rising_rates(1e-5, 1e4, 200)
    plain = propose(run(valley, rates)).rate
    assert propose(run(lambda r: valley(r) - 10, rates)).rate == plain
    assert propose(run(lambda r: 1e6 * valley(r), rates)).rate == plain


def test_the_smoothed_curve_is_not_shifted() -> None:
    rates = rising_rates(1e-4, 1e0, 81)
    step = curve([1.0] * 40 + [0.5] + [0.0] * 40, rates, "highest")
    assert step.smoothed[40] == pytest.approx(0.5) and np.all(np.diff(step.smoothed) <= 1e-9)
