"""How far one step moved weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def update_ratio(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """How far the weights moved from just before a step to just after it, as a share of their own size; NaN where that cannot be told.

    Between looks that are more than a step apart the way says nothing of a step: the noise of its batches goes to and fro.
    """
    size = float(np.linalg.norm(before.astype(np.float64)))
    if before.shape != after.shape or not size:
        return float("nan")
    return float(np.linalg.norm(after.astype(np.float64) - before)) / size
