"""Maps that have more cells than there are pixels, made smaller so that no great value vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def thin_by_maximum(maps: NDArray[Any], rows: int, columns: int, signed: bool = False) -> NDArray[Any]:
    """Maps (…, R, C) with at most so many rows and columns: each cell is the greatest of those that it stands for.

    With ``signed`` it is the one of the greatest absolute value. Maps that are small enough are returned as they are. What is not
    finite stays so.
    """
    if min(rows, columns) < 1:
        raise ValueError(f"a map cannot be thinned to {rows}×{columns}")
    down = -(-maps.shape[-2] // rows)
    across = -(-maps.shape[-1] // columns)
    if down > 1:
        maps = _reduce(maps.swapaxes(-1, -2), down, signed).swapaxes(-1, -2)
    return _reduce(maps, across, signed) if across > 1 else maps


def _reduce(maps: NDArray[Any], stride: int, signed: bool) -> NDArray[Any]:
    """Each run of ``stride`` values along the last axis as one; the last run may be shorter."""
    found = maps[..., ::stride].copy(order="K")
    for offset in range(1, stride):
        part = maps[..., offset::stride]
        kept = found[..., : part.shape[-1]]
        if signed:
            np.copyto(kept, part, where=~(np.abs(part) <= np.abs(kept)))
        else:
            np.maximum(kept, part, out=kept)
    return found
