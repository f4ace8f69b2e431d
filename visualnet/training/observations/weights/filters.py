"""The filters of a convolution, as pictures, and how far each has moved."""

from __future__ import annotations

from torch import Tensor


def filter_bank(weight: Tensor, transposed: bool = False, groups: int = 1) -> Tensor:
    """A convolution's weight as filters (output channel, input channel of its group, kernel …), also where torch keeps it the other way
    round, as transposed convolutions do."""
    if not transposed:
        return weight
    split = weight.reshape(groups, weight.shape[0] // groups, *weight.shape[1:])
    return split.transpose(1, 2).reshape(groups * weight.shape[1], weight.shape[0] // groups, *weight.shape[2:])


def flat_kernels(bank_OIK: Tensor) -> Tensor:
    """Filters as pictures (output, input, row, column): kernels of a line are one row, the slices of a volume stand side by side."""
    if bank_OIK.dim() == 3:
        return bank_OIK[:, :, None]
    if bank_OIK.dim() == 5:
        out, into, deep, high, wide = bank_OIK.shape
        return bank_OIK.transpose(2, 3).reshape(out, into, high, deep * wide)
    return bank_OIK


def distance_moved(now_OX: Tensor, before_OX: Tensor) -> Tensor:
    """How far each filter is from where it was: the Euclidean length of the difference of its weights."""
    moved: Tensor = (now_OX - before_OX).flatten(1).norm(dim=1)
    return moved
