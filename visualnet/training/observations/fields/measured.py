"""The receptive field as it is: which numbers of the input a unit's gradient reaches, and how strongly (Luo et al. 2016)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.attribution.gradients import input_gradients

Box = tuple[tuple[int, int], ...]


def measure_field(unit: Callable[[Tensor], Tensor], samples: Tensor) -> NDArray[np.float32]:
    """The mean size of the unit's gradient over samples (sample, …) at each number of the input.

    It is zero for certain where the unit does not look; and by chance where no sample's way there is open.
    """
    (gradient,) = input_gradients(unit, [samples])
    found: NDArray[np.float32] = gradient.abs().mean(0).float().cpu().numpy()
    return found


def bounds_of(weights: NDArray[np.float32], least: float = 0.0) -> Box | None:
    """The first place along each axis with a weight above ``least`` and the one behind the last; None where there is none."""
    inside = weights > least
    if not inside.any():
        return None
    found = []
    for axis in range(weights.ndim):
        along = np.flatnonzero(inside.any(tuple(a for a in range(weights.ndim) if a != axis)))
        found.append((int(along[0]), int(along[-1]) + 1))
    return tuple(found)


def effective_width(weights: NDArray[np.float32], share: float = 0.95) -> float:
    """Which part of the places, the strongest first, holds this share of all weight."""
    flat = np.sort(weights.ravel())[::-1].astype(np.float64)
    total = flat.sum()
    if total <= 0:
        return 0.0
    return float((np.searchsorted(np.cumsum(flat), share * total) + 1) / flat.size)
