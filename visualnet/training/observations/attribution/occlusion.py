"""Attribution by occlusion: by how much the score falls where a patch of the input is covered (Zeiler and Fergus 2014)."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.attribution.gradients import CHUNK, Score


class OcclusionMap(NamedTuple):
    """By how much the score falls with each patch, where each begins, and for each place the mean over the patches that cover it."""

    falls: NDArray[np.float32]
    corners: tuple[tuple[int, ...], ...]
    mean: NDArray[np.float32]
    score: float


def occlude(
    score: Score, sample: Tensor, cover: Tensor, patch: tuple[int, ...], stride: tuple[int, ...], axes: tuple[int, ...]
) -> OcclusionMap:
    """Cover one sample (1, …) patch by patch with the values of ``cover``. ``axes`` are those that patches have a size along, as axes of
    the sample's tensor; along all others a patch covers everything. The last patch of an axis ends where the axis does."""
    extents = [sample.shape[axis] for axis in axes]
    starts = [_starts(n, k, s) for n, k, s in zip(extents, patch, stride, strict=True)]
    corners = tuple(product(*starts))
    falls: list[float] = []
    with torch.no_grad():
        plain = float(score(sample)[0])
        for at in range(0, len(corners), CHUNK):
            some = corners[at : at + CHUNK]
            copies = sample.repeat(len(some), *[1] * (sample.dim() - 1))
            for row, corner in enumerate(some):
                place = _place(corner, patch, axes, sample.dim())
                copies[row][place] = cover[0][place]
            falls += (plain - score(copies)).float().cpu().tolist()
    total, count = np.zeros(extents), np.zeros(extents)
    for corner, fall in zip(corners, falls, strict=True):
        part = tuple(slice(c, c + k) for c, k in zip(corner, patch, strict=True))
        total[part] += fall
        count[part] += 1
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return OcclusionMap(np.array(falls, np.float32), corners, mean.astype(np.float32), plain)


def _starts(extent: int, patch: int, stride: int) -> list[int]:
    last = max(extent - patch, 0)
    return sorted({*range(0, last + 1, stride), last})


def _place(corner: tuple[int, ...], patch: tuple[int, ...], axes: tuple[int, ...], dims: int) -> tuple[slice, ...]:
    place = [slice(None)] * (dims - 1)
    for start, size, axis in zip(corner, patch, axes, strict=True):
        place[axis - 1] = slice(start, start + size)
    return tuple(place)
