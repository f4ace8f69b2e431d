"""Shapley values, held against the definition: every order in which players can join."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from visualnet.training.observations.attribution.shapley import (
    CoalitionValue,
    Masks,
    Numbers,
    enumerate_shapley,
    fit_shapley,
    sample_shapley,
)

PLAYERS = 5


def never(share: float) -> None:
    assert 0 <= share < 1


@pytest.fixture
def game() -> CoalitionValue:
    """A game with products of players; player 4 changes nothing, and players 0 and 1 are alike."""

    def value(masks: Masks) -> Numbers:
        m = masks.astype(float)
        return (
            1 + 2 * m[:, 0] + 2 * m[:, 1] + 3 * m[:, 0] * m[:, 1] - 4 * m[:, 2] * m[:, 3] + m[:, 0] * m[:, 1] * m[:, 2]
        )

    return value


def by_orders(value: CoalitionValue) -> Numbers:
    """The mean gain over all orders."""
    gains, orders = np.zeros(PLAYERS), list(permutations(range(PLAYERS)))
    for order in orders:
        mask = np.zeros((1, PLAYERS), np.bool_)
        before = value(mask)[0]
        for player in order:
            mask[0, player] = True
            after = value(mask)[0]
            gains[player] += (after - before) / len(orders)
            before = after
    return gains


def test_enumeration_is_the_mean_over_all_orders(game: CoalitionValue) -> None:
    found = enumerate_shapley(game, PLAYERS)
    assert np.allclose(found.values, by_orders(game))
    assert np.isclose(found.values.sum(), found.all - found.nobody)  # efficiency
    assert np.isclose(found.values[0], found.values[1])  # symmetry
    assert np.isclose(found.values[4], 0)  # a dummy
    assert not found.errors.any()


def test_kernel_shap_with_all_coalitions_is_exact_and_with_fewer_still_adds_up(game: CoalitionValue) -> None:
    exact = by_orders(game)
    assert np.allclose(fit_shapley(game, PLAYERS, 30, np.random.default_rng(0), never).values, exact)
    drawn = fit_shapley(game, PLAYERS, 24, np.random.default_rng(0), never)
    assert np.isclose(drawn.values.sum(), drawn.all - drawn.nobody)
    assert np.abs(drawn.values - exact).max() < 1.5
    assert np.isnan(drawn.errors).all()
    one = fit_shapley(lambda masks: 5.0 * masks[:, 0] + 1, 1, 10, np.random.default_rng(0), never)
    assert one.values.tolist() == [5.0]


def test_sampled_orders_add_up_and_come_as_near_as_they_say(game: CoalitionValue) -> None:
    exact = by_orders(game)
    found = sample_shapley(game, PLAYERS, 400, np.random.default_rng(1), never)
    assert np.isclose(found.values.sum(), found.all - found.nobody)
    assert (np.abs(found.values - exact) <= 4 * found.errors + 1e-9).all()
    assert found.errors[4] == 0
    assert np.isclose(found.values[4], 0)
    again = sample_shapley(game, PLAYERS, 400, np.random.default_rng(1), never)
    assert np.array_equal(found.values, again.values)
