"""Grad-CAM (Selvaraju et al. 2017): the maps of a layer, each weighted by how much the score rises with it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}


def weigh_maps(maps: Tensor, gradients: Tensor, positive: bool = True) -> Tensor:
    """The sum of the maps (sample, channel, place …), each times the mean of its gradient over all places; ``positive``: what speaks
    against the class is left out."""
    places = tuple(range(2, maps.dim()))
    weights = gradients.mean(places, keepdim=True)
    found = (weights * maps).sum(1)
    return found.clamp_min(0) if positive else found


def enlarge(maps: Tensor, extents: Sequence[int]) -> Tensor:
    """Maps (sample, place …) in the size of the input, so that they can lie over it."""
    with torch.no_grad():
        return F.interpolate(maps[:, None], tuple(extents), mode=MODES[len(extents)], align_corners=False)[:, 0]
