"""Shapley values of players whose coalitions have a value: by enumeration, by sampled orders, and by weighted least squares."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.bool_]
Numbers = NDArray[np.float64]
CoalitionValue = Callable[[Masks], Numbers]
"""Maps coalitions (coalition, player) to their values."""

MOST_ENUMERATED = 12
"""Of more players not all coalitions are tried: there would be more than 4,096."""


class ShapleyValues(NamedTuple):
    """What each player adds, the values of nobody and of all, and the standard error of each (0 where all coalitions were tried)."""

    values: Numbers
    nobody: float
    all: float
    errors: Numbers


def enumerate_shapley(value: CoalitionValue, players: int) -> ShapleyValues:
    """Exact values: for each player the mean gain over all coalitions without it, weighted by how many orders lead there."""
    assert 0 < players <= MOST_ENUMERATED, players
    worth = value(_coalitions(players))
    sizes = _coalitions(players).sum(1)
    weights = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    numbers = np.arange(1 << players)
    found = np.zeros(players)
    for player in range(players):
        without = numbers[numbers & (1 << player) == 0]
        gains = worth[without | (1 << player)] - worth[without]
        found[player] = (weights[sizes[without]] * gains).sum()
    return ShapleyValues(found, float(worth[0]), float(worth[-1]), np.zeros(players))


def sample_shapley(
    value: CoalitionValue, players: int, orders: int, generator: np.random.Generator, check: Callable[[float], None]
) -> ShapleyValues:
    """The mean gain over random orders in which players join, each taken forwards and backwards (Castro et al. 2009). The values add up
    to what all are worth, exactly. ``check`` is called with the share that is done, and may raise."""
    pairs = max(orders // 2, 1)
    gains = np.zeros((pairs, players))
    first = last = 0.0
    for pair in range(pairs):
        check(pair / pairs)
        order = generator.permutation(players)
        for way in (order, order[::-1]):
            masks = np.zeros((players + 1, players), np.bool_)
            for number, player in enumerate(way):
                masks[number + 1 :, player] = True
            worth = value(masks)
            first, last = float(worth[0]), float(worth[-1])
            gains[pair, way] += np.diff(worth) / 2
    spread = gains.std(0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(players, np.nan)
    return ShapleyValues(gains.mean(0), first, last, spread)


def fit_shapley(
    value: CoalitionValue, players: int, budget: int, generator: np.random.Generator, check: Callable[[float], None]
) -> ShapleyValues:
    """Kernel SHAP (Lundberg and Lee 2017): the linear model of coalitions' values, weighted as Shapley asks, under the constraint that
    its parts add up. Exact where the budget allows all coalitions; otherwise these are drawn, each with its complement."""
    ends = value(np.stack([np.zeros(players, np.bool_), np.ones(players, np.bool_)]))
    nobody, everybody = float(ends[0]), float(ends[1])
    if players == 1:
        return ShapleyValues(np.array([everybody - nobody]), nobody, everybody, np.zeros(1))
    masks, weights = _kernel_coalitions(players, budget, generator)
    worth = []
    for at in range(0, len(masks), 256):
        check(at / len(masks))
        worth.append(value(masks[at : at + 256]))
    found = _solve(masks.astype(np.float64), weights, np.concatenate(worth) - nobody, everybody - nobody)
    exact = players <= MOST_ENUMERATED and (1 << players) - 2 <= budget
    return ShapleyValues(found, nobody, everybody, np.full(players, 0.0 if exact else np.nan))


def _coalitions(players: int) -> Masks:
    found: Masks = np.arange(1 << players)[:, None] >> np.arange(players) & 1 == 1
    return found


def _kernel_coalitions(players: int, budget: int, generator: np.random.Generator) -> tuple[Masks, Numbers]:
    sizes = np.arange(1, players)
    if players <= MOST_ENUMERATED and (1 << players) - 2 <= budget:
        masks = _coalitions(players)[1:-1]
        count = masks.sum(1)
        each = {int(s): (players - 1) / (comb(players, int(s)) * s * (players - s)) for s in sizes}
        return masks, np.array([each[int(c)] for c in count])
    share = 1 / (sizes * (players - sizes))
    drawn = generator.choice(sizes, max(budget // 2, 1), p=share / share.sum())
    half = np.zeros((len(drawn), players), np.bool_)
    for row, size in enumerate(drawn):
        half[row, generator.choice(players, size, replace=False)] = True
    return np.concatenate([half, ~half]), np.ones(2 * len(drawn))


def _solve(masks: Numbers, weights: Numbers, gains: Numbers, total: float) -> Numbers:
    """Least squares of ``masks @ values`` to ``gains`` with ``values.sum() == total``: the last player follows from the others."""
    left = masks[:, :-1] - masks[:, -1:]
    right = gains - masks[:, -1] * total
    root = np.sqrt(weights)
    found, *_ = np.linalg.lstsq(left * root[:, None], right * root, rcond=None)
    return np.append(found, total - found.sum())
