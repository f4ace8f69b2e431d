"""Which units of an activation have come to where its slope is zero, or nearly: there nothing is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.layers.declaration.spec import Limits, Spec
from visualnet.training.observations.cards.activity import to_array


class Saturation(NamedTuple):
    """``dead`` is the share of units that are at a limit for every sample and at every place, ``saturated`` the share of all values
    that are at one, as tensors of one number."""

    dead: Tensor
    saturated: Tensor


def measure_saturation(values: Tensor, limits: Limits, axis: int) -> Saturation:
    """Hold the values that left an activation against its limits. ``axis`` is that of the units, the samples' counted as 0."""
    numbers = values.detach()
    at_limit = torch.zeros_like(numbers, dtype=torch.bool)
    for low, high in limits.bands():
        at_limit |= (numbers >= low) & (numbers <= high)
    by_unit = at_limit.movedim(axis, 0).flatten(1)
    return Saturation(by_unit.all(1).float().mean(), at_limit.float().mean())


def unit_axis(spec: Spec) -> int:
    """Which axis of a batch counts the units: channels where there are some, else the last one, of features."""
    return spec.axes.index("C") + 1 if "C" in spec.axes else max(len(spec.shape), 1)


def to_shares(found: Sequence[Saturation]) -> NDArray[np.float64]:
    """Rows of both shares, brought over from the device all at once."""
    return to_array([torch.stack(one) for one in found], 2)
