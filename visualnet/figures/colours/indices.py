"""Values as indices of a colour map of 251 colours; the indices behind them are inks for gaps and for what is not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.uint8]

LEVELS = 251
"""Colours of a map in an indexed image; the indices above are the inks below."""
GAP, NEUTRAL, HATCH = 251, 252, 253


def levels(values: NDArray[Any], low: Any, high: Any) -> Indices:
    """Colour indices of values on a scale; what is not finite becomes HATCH."""
    span = np.maximum(np.asarray(high, np.float64) - low, 1e-30)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.clip((values - low) * ((LEVELS - 1) / span) + 0.5, 0, LEVELS - 1)
    bad = ~np.isfinite(values)
    if bad.any():
        scaled = np.where(bad, HATCH, scaled)
    indices: Indices = scaled.astype(np.uint8)
    return indices


def hatch(indices: Indices) -> None:
    """Turn every HATCH pixel into diagonal lines on a neutral ground, in place."""
    rows, columns = np.nonzero(indices == HATCH)
    indices[rows, columns] = np.where((rows + columns) % 6 < 2, HATCH, NEUTRAL)
