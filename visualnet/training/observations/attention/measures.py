"""What is computed from attention weights: their entropy, their rollout over layers, and maps thinned for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def entropy(weights: NDArray[Any]) -> NDArray[np.float64]:
    """The entropy in bits of each head, as the mean over its queries: (heads, queries, sources) becomes (heads).

    0 is one source alone; log2(sources) is all alike. A weight of 0 adds nothing.
    """
    shares = np.asarray(weights, np.float64)
    positive = shares > 0
    logarithms = np.log2(np.where(positive, shares, 1.0))
    # 0 - x and not -x: one source alone has entropy 0, and not -0.
    of_queries = 0.0 - (shares * logarithms).sum(-1)
    return np.asarray(of_queries.mean(-1))


def rollout(layers: Sequence[NDArray[Any]], residual: float = 0.5) -> NDArray[np.float64]:
    """How much of each input position is in each output position (Abnar and Zuidema, 2020); each row sums to 1.

    ``layers`` are the weights (heads, positions, positions) from the first layer on. The mean over the heads is mixed with the identity,
    which stands for the shortcut past the layer, and the layers are multiplied.
    """
    if not layers:
        raise ValueError("rollout needs the weights of a layer")
    size = layers[0].shape[-1]
    total = np.eye(size)
    for weights in layers:
        if weights.shape[-2:] != (size, size):
            raise ValueError(
                f"rollout needs layers of {size} positions; one is {weights.shape[-2]}×{weights.shape[-1]}"
            )
        mixed = (1 - residual) * np.asarray(weights, np.float64).mean(0) + residual * np.eye(size)
        total = (mixed / mixed.sum(-1, keepdims=True)) @ total
    return total
