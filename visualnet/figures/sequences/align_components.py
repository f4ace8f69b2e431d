"""Components keep their side from one picture to the next: the sign of a principal component means nothing, and must not jump."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def align_signs(points: NDArray[Any], before: NDArray[Any] | None) -> NDArray[Any]:
    """Points (sample, component), each component mirrored where that brings the samples nearer to where they were before.

    Without points before, or with others, they stay as they are.
    """
    if before is None or before.shape != points.shape:
        return points
    agreement = (points * before).sum(0)
    return np.where(agreement < 0, -points, points)
