"""t-SNE (van der Maaten and Hinton, 2008), exact: every pair counts, so it is meant for a few thousand vectors.

Written here because the libraries that have it (scikit-learn and openTSNE with SciPy) would add over 100 MB to the program for this one
picture; the method is two formulas and a descent.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from visualnet.training.observations.embeddings.pca import principal_components

EARLY_STEPS, EXAGGERATION = 250, 12.0
"""So long are near ones drawn together so much more strongly, that groups find each other."""
SMALL = 1e-12


def squared_distances(x_ND: Tensor) -> Tensor:
    """The squared distance of each pair; of a vector to itself exactly 0."""
    squares = (x_ND * x_ND).sum(1)
    found = (x_ND @ x_ND.T).mul_(-2).add_(squares[:, None]).add_(squares[None, :])
    return found.clamp_min_(0).fill_diagonal_(0)


def affinities(x_ND: Tensor, perplexity: float) -> Tensor:
    """How near each pair is: probabilities that add to 1, each vector having about ``perplexity`` neighbours."""
    count = len(x_ND)
    distances = squared_distances(x_ND.double())
    distances = distances / distances.mean().clamp_min(1e-300)
    beta, low, high = (torch.full((count, 1), value, dtype=torch.float64) for value in (1.0, 0.0, math.inf))
    wanted = math.log(min(perplexity, (count - 1) / 3))
    beta, low, high = beta.to(distances.device), low.to(distances.device), high.to(distances.device)
    nearest = _nearest(distances)
    for _ in range(50):
        shares = _shares(distances - nearest, beta)
        spread = -(shares * shares.clamp_min(1e-300).log()).sum(1, keepdim=True)
        wide = spread > wanted
        low, high = torch.where(wide, beta, low), torch.where(wide, high, beta)
        beta = torch.where(high.isinf(), beta * 2, (low + high) / 2)
    shares = _shares(distances - nearest, beta)
    return (shares + shares.T) / (2 * count)


def _nearest(distances: Tensor) -> Tensor:
    """The distance to the nearest other one: taken off before the exponential, it changes nothing and nothing vanishes."""
    others = distances.clone().fill_diagonal_(math.inf)
    return others.min(1, keepdim=True).values


def _shares(distances: Tensor, beta: Tensor) -> Tensor:
    near = (-distances * beta).exp().fill_diagonal_(0)
    return near / near.sum(1, keepdim=True)


def divergence(p_NN: Tensor, y_N2: Tensor) -> Tensor:
    """The Kullback–Leibler divergence of the layout's nearness from the wanted one: what t-SNE makes small."""
    near = (1 / (1 + squared_distances(y_N2))).fill_diagonal_(0)
    q = near / near.sum()
    return (p_NN * (p_NN.clamp_min(SMALL) / q.clamp_min(SMALL)).log()).sum()


def gradient(p_NN: Tensor, y_N2: Tensor) -> Tensor:
    """The gradient of `divergence` in the places: 4·Σ_j (p_ij − q_ij)(y_i − y_j) / (1 + |y_i − y_j|²)."""
    near = squared_distances(y_N2).add_(1).reciprocal_().fill_diagonal_(0)
    # In place: for thousands of points a new matrix for each operation takes longer than the arithmetic.
    pull = (near / -near.sum()).add_(p_NN).mul_(near)
    return 4 * (pull.sum(1, keepdim=True) * y_N2 - pull @ y_N2)


def lay_out(
    x_ND: Tensor,
    *,
    perplexity: float = 30.0,
    steps: int = 750,
    check: Callable[[float], None] = lambda share: None,
) -> Tensor:
    """Places (vector, 2) for these vectors; it begins with their principal components, so that the same vectors give the same picture.

    ``check`` is called with the share that is done, and may raise to end the work.
    """
    if len(x_ND) < 4:
        raise ValueError("t-SNE needs four vectors or more")
    p = affinities(x_ND, perplexity).float()
    y = principal_components(x_ND).points
    y = (y / y[:, 0].std().clamp_min(1e-300) * 1e-4).float()
    rate = max(len(x_ND) / EXAGGERATION / 4, 50.0)
    speed, gains = torch.zeros_like(y), torch.ones_like(y)
    last_early, drawn = min(EARLY_STEPS, steps // 3), p * EXAGGERATION
    for step in range(steps):
        check(step / steps)
        early = step < last_early
        slope = gradient(drawn if early else p, y)
        gains = torch.where((slope > 0) == (speed > 0), gains * 0.8, gains + 0.2).clamp_min(0.01)
        speed = (0.5 if early else 0.8) * speed - rate * gains * slope
        y = y + speed
        y = y - y.mean(0)
    return y
