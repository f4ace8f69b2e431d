"""How sure a figure is: 95 % intervals by the bootstrap, seeded, all metrics over the same draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SEED = 12
DRAWS, LEAST_DRAWS = 1000, 200
"""So many times the samples are drawn anew; fewer where there are very many of them."""
ROOM = 4_000_000
"""So many drawn samples are held at once."""
LEVEL = 0.95


class Estimate(NamedTuple):
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def draw_weights(size: int, draws: int, seed: int = SEED) -> Iterator[Array]:
    """How often each of ``size`` samples is drawn when as many are drawn with replacement: rows (draw, sample), a few draws at a time."""
    generator = np.random.default_rng(seed)
    at_once = max(1, min(draws, ROOM // max(size, 1)))
    for begin in range(0, draws, at_once):
        rows = min(at_once, draws - begin)
        drawn = generator.integers(0, size, (rows, size)) + size * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size).astype(np.float64)


def count_draws(size: int) -> int:
    """How often the samples are drawn anew."""
    return int(min(max(20_000_000 // max(size, 1), LEAST_DRAWS), DRAWS))


def estimate(
    size: int,
    metrics: dict[str, Callable[[Array], Array]],
    check: Callable[[float], None] = lambda share: None,
    seed: int = SEED,
) -> dict[str, Estimate]:
    """The value and interval of each metric. A metric maps weights of the samples, rows (draw, sample), to a value for each row.

    The percentile bootstrap (Efron 1979): the interval holds the middle 95 % of what the metric is over samples drawn anew.
    """
    values = {name: float(metric(np.ones((1, size)))[0]) for name, metric in metrics.items()}
    drawn: dict[str, list[Array]] = {name: [] for name in metrics}
    draws, done = count_draws(size), 0
    for weights in draw_weights(size, draws, seed):
        check(done / draws)
        done += len(weights)
        for name, metric in metrics.items():
            drawn[name].append(metric(weights))
    found = {}
    for name, value in values.items():
        every = np.concatenate(drawn[name])
        every = every[np.isfinite(every)]
        tail = 100 * (1 - LEVEL) / 2
        low, high = np.percentile(every, [tail, 100 - tail]) if len(every) else (math.nan, math.nan)
        found[name] = Estimate(value, float(low), float(high))
    return found


def wilson(right: float, size: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (1927). It also holds where all or none are right, as the bootstrap does not."""
    z = 1.959964
    share = right / size
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return max(middle - half, 0.0), min(middle + half, 1.0)
