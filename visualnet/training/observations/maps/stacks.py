"""Activations of several samples as stacks of maps: their order, how active they are, and the mean map of a class."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

CHANNELS: Final = 256
EDGE: Final = 64
"""No more channels, and no more cells along an edge, are kept of a map: of larger ones every second, third … cell."""


def as_stack(values_NX: Tensor) -> Tensor:
    """Activations of any rank as maps (sample, channel, row, column).

    Values of a vector stand in one row; a sequence (tokens, features) is one map; more than two axes behind the channels are laid one
    below another.
    """
    if values_NX.dim() <= 2:
        return values_NX.reshape(len(values_NX), 1, 1, -1)
    if values_NX.dim() == 3:
        return values_NX[:, None]
    return values_NX.reshape(*values_NX.shape[:2], -1, values_NX.shape[-1])


def thin_stack(stack_NCHW: Tensor) -> Tensor:
    """The first channels, each of at most `EDGE` cells a side."""
    down, across = (-(-size // EDGE) for size in stack_NCHW.shape[2:])
    return stack_NCHW[:, :CHANNELS, ::down, ::across]


def channel_activity(stack_NCHW: Tensor) -> Tensor:
    """How active each channel is: the mean size of its values, sign left out, over samples and places."""
    return stack_NCHW.abs().mean((0, 2, 3))


def channel_spread(stack_NCHW: Tensor) -> Tensor:
    """How much each channel varies: the standard deviation of its values over samples and places."""
    return stack_NCHW.std((0, 2, 3), correction=0)


def mean_of_class(stack_NCHW: Tensor, labels_N: Tensor, label: int) -> Tensor:
    """The mean map of each channel over the samples of a class.

    Raises:
        ValueError: none of the samples is of that class.
    """
    chosen = labels_N == label
    if not bool(chosen.any()):
        raise ValueError("no sample of this class is among those that are looked at")
    return stack_NCHW[chosen].mean(0)


def places_of_class(labels_N: Tensor, label: int, most: int) -> Tensor:
    """The places of the first samples of a class; ``most`` at the most."""
    return torch.nonzero(labels_N == label)[:most, 0]
