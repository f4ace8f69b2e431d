"""The samples that excite a channel most, each at the place of its map where it is strongest."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


class StrongActivation(NamedTuple):
    """A sample (its place in the data), the value there, and where in the map it stands (empty where the unit has no places)."""

    value: float
    sample: int
    place: tuple[int, ...]


def find_strongest(
    chunks: Iterable[tuple[Sequence[int] | NDArray[np.int64], Tensor]], channel: int, count: int, axis: int = 1
) -> list[StrongActivation]:
    """The ``count`` samples with the largest values of a channel, largest first, one place of each. Chunks are samples with what they give:
    (sample, …), the channels along ``axis``. Of equal values the earlier sample comes first."""
    heap: list[tuple[float, int, StrongActivation]] = []
    seen = 0
    for samples, values in chunks:
        chosen = values.detach().select(axis, channel).float().cpu()
        flat = chosen.reshape(len(chosen), -1)
        tops, at = flat.max(1)
        for row, sample in enumerate(samples):
            place = (
                tuple(int(i) for i in np.unravel_index(int(at[row]), tuple(chosen.shape[1:])))
                if chosen.dim() > 1
                else ()
            )
            entry = (float(tops[row]), -seen, StrongActivation(float(tops[row]), int(sample), place))
            seen += 1
            if len(heap) < count:
                heapq.heappush(heap, entry)
            elif entry > heap[0]:
                heapq.heapreplace(heap, entry)
    return [entry[2] for entry in sorted(heap, reverse=True)]


def cut_patch(
    values: NDArray[np.float32], start: Sequence[int], size: Sequence[int], fill: float = np.nan
) -> NDArray[np.float32]:
    """A patch of a sample (channel, place …) from ``start``, ``size`` cells along each axis of places; what lies outside is ``fill``."""
    patch = np.full((values.shape[0], *size), fill, np.float32)
    into, out_of = [slice(None)], [slice(None)]
    for first, length, extent in zip(start, size, values.shape[1:], strict=True):
        low, high = max(first, 0), min(first + length, extent)
        into.append(slice(low - first, max(high, low) - first))
        out_of.append(slice(low, max(high, low)))
    patch[tuple(into)] = values[tuple(out_of)]
    return patch
