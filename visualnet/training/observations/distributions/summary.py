"""Many numbers as a histogram and quantiles; and by how much one step changes weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

BINS: Final = 60
QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MOST_VALUES: Final = 20_000
"""Of more numbers every second, third … one is taken, always the same ones."""
MOST_KEPT: Final = 2_048
"""So many weights are kept at each look, to see how they move."""
LEAST: Final = -8.0
"""What has moved by less than this power of ten stands here: of 32 bits, none tells less."""


def thin(values: Tensor, most: int = MOST_VALUES) -> Tensor:
    """The numbers in one row, at most so many of them: every k-th."""
    flat = values.detach().reshape(-1)
    return flat[:: -(-max(len(flat), 1) // most)]


def summarise(values: NDArray[Any]) -> dict[str, NDArray[Any]] | None:
    """``counts`` between ``edges``, the ``quantiles`` of `QUANTILES`, ``mean``, ``std``, the share of ``zeros``, and how many are not
    finite (``bad``): those count nowhere else. None if no number is finite.
    """
    flat = np.asarray(values).reshape(-1)
    finite = flat[np.isfinite(flat)]
    if not len(finite):
        return None
    low, high = float(finite.min()), float(finite.max())
    if high <= low:
        room = abs(low) * 0.05 or 1e-3
        low, high = low - room, high + room
    counts, edges = np.histogram(finite, BINS, (low, high))
    return {
        "counts": counts.astype(np.float32),
        "edges": edges.astype(np.float64),
        "quantiles": np.quantile(finite, QUANTILES).astype(np.float32),
        "mean": np.array(finite.mean(dtype=np.float64)),
        "std": np.array(finite.std(dtype=np.float64)),
        "zeros": np.array((finite == 0).mean()),
        "bad": np.array(len(flat) - len(finite)),
    }


def update_ratios(now: NDArray[Any], before: NDArray[Any]) -> NDArray[np.float64]:
    """How far one step moved each weight, in parts of the size of the weights (the root of the mean square of ``before``): log₁₀ of it."""
    size = float(np.sqrt(np.mean(np.square(before, dtype=np.float64))))
    moved = np.abs(np.asarray(now, np.float64) - before)
    ratios: NDArray[np.float64] = np.log10(np.maximum(moved / max(size, 1e-30), 10**LEAST))
    return ratios
