"""How far weights moved between two looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def update_ratio(before: NDArray[np.float32], after: NDArray[np.float32], steps: int) -> float:
    """How far the weights moved in a step, on average between two looks, as a share of their own size; NaN where that cannot be told."""
    size = float(np.linalg.norm(before.astype(np.float64)))
    if steps < 1 or before.shape != after.shape or not size:
        return float("nan")
    return float(np.linalg.norm(after.astype(np.float64) - before)) / steps / size
