"""Which vectors point the same way."""

from __future__ import annotations

import torch
from torch import Tensor


def nearest_by_cosine(x_ND: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """For each vector the numbers of the ``count`` others that are most like it, and their cosine; the most like first.

    A vector of zeros is like none: its cosine to all is 0.
    """
    unit = torch.nn.functional.normalize(x_ND.double(), dim=1)
    cosines = unit @ unit.T
    cosines.fill_diagonal_(-torch.inf)
    values, index = cosines.topk(min(count, len(x_ND) - 1))
    return index, values
