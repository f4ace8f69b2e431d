"""Principal components: the directions in which vectors differ most."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Components(NamedTuple):
    """``points`` (vector, component) are the vectors on the components, ``axes`` (component, feature) the directions, of length 1,
    ``shares`` how much of the whole variance each explains."""

    points: Tensor
    axes: Tensor
    shares: Tensor


def principal_components(x_ND: Tensor, count: int = 2) -> Components:
    """The first ``count`` components. The greatest entry of each axis is positive, so that the same vectors give the same picture.

    Where there are fewer features or vectors than components, the rest is zero.
    """
    x = x_ND.to(torch.float64)
    x = x - x.mean(0)
    # Of the two matrices of products the smaller one is decomposed: many vectors of few features, or few of many.
    if x.shape[0] >= x.shape[1]:
        variances, vectors = torch.linalg.eigh(x.T @ x)
        axes = vectors.flip(1).T[:count]
    else:
        variances, vectors = torch.linalg.eigh(x @ x.T)
        axes = vectors.flip(1)[:, :count].T @ x
        axes = axes / axes.norm(dim=1, keepdim=True).clamp_min(1e-300)
    variances = variances.flip(0).clamp_min(0)
    whole = variances.sum()
    shares = variances[:count] / whole if whole > 0 else torch.zeros_like(variances[:count])
    # Behind the rank of the vectors a direction is nothing but rounding.
    real = shares > 1e-12
    axes = torch.where(real[:, None], axes, 0.0)
    greatest = axes.gather(1, axes.abs().argmax(1, keepdim=True)) if axes.numel() else axes
    axes = torch.where(greatest < 0, -axes, axes)
    missing = count - len(axes)
    axes = torch.cat([axes, axes.new_zeros(missing, axes.shape[1])])
    shares = torch.cat([torch.where(real, shares, 0.0), shares.new_zeros(missing)])
    return Components(x @ axes.T, axes, shares)
