"""Entropy by its formula, rollout by a loop, and maps that lose no maximum."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from visualnet.training.observations.attention.measures import entropy, rollout


def weights(heads: int, queries: int, sources: int, seed: int = 0) -> np.ndarray:
    raw = np.exp(np.random.default_rng(seed).normal(size=(heads, queries, sources)) * 2)
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def test_entropy_of_one_source_of_all_and_of_some() -> None:
    one = np.zeros((1, 3, 8))
    one[0, :, 2] = 1
    assert entropy(one).tolist() == [0.0]
    assert str(entropy(one)[0]) == "0.0"
    assert entropy(np.full((1, 2, 8), 1 / 8)).tolist() == [3.0]
    some = weights(3, 4, 6)
    expected = [sum(-sum(p * log2(p) for p in some[h, q].tolist()) for q in range(4)) / 4 for h in range(3)]
    assert np.allclose(entropy(some), expected, atol=1e-6)


def test_rollout_is_the_product_of_mixed_layers() -> None:
    layers = [weights(2, 5, 5, seed) for seed in range(3)]
    found = rollout(layers, 0.3)
    expected = [[float(i == j) for j in range(5)] for i in range(5)]
    for layer in layers:
        mixed = [
            [0.7 * (float(layer[0, i, j]) + float(layer[1, i, j])) / 2 + 0.3 * (i == j) for j in range(5)]
            for i in range(5)
        ]
        mixed = [[cell / sum(row) for cell in row] for row in mixed]
        expected = [[sum(mixed[i][k] * expected[k][j] for k in range(5)) for j in range(5)] for i in range(5)]
    assert np.allclose(found, expected, atol=1e-9)
    assert np.allclose(found.sum(-1), 1)
    assert np.array_equal(rollout(layers, 1.0), np.eye(5))


def test_layers_that_cannot_be_multiplied_are_refused() -> None:
    with pytest.raises(ValueError, match="one is 4×6"):
        rollout([weights(1, 4, 4), weights(1, 4, 6)])
    with pytest.raises(ValueError, match="weights of a layer"):
        rollout([])
