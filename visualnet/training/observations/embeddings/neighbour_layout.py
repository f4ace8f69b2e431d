"""A layout by nearest neighbours like that of UMAP (McInnes, Healy and Melville, 2018).

The graph of neighbours and the forces are UMAP's. It differs in this: neighbours are found exactly, and in each round every edge acts
by its strength, where UMAP draws edges by it. Written here because umap-learn needs numba, SciPy and scikit-learn, over 200 MB.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from visualnet.training.observations.embeddings.pca import principal_components
from visualnet.training.observations.embeddings.tsne import squared_distances

STRANGERS = 5
"""So many vectors that are no neighbours push each end of an edge away, in each round."""
LIMIT = 4.0
"""No force moves a point farther at once."""


class Edges(NamedTuple):
    """Pairs of neighbours and how surely they are neighbours, from 0 to 1; each pair stands there in both directions."""

    heads: Tensor
    tails: Tensor
    strengths: Tensor


def neighbour_graph(x_ND: Tensor, neighbours: int = 15) -> Edges:
    """Who is whose neighbour: for each vector log2(``neighbours``) neighbours in all, joined by the probabilistic or."""
    count = min(neighbours, len(x_ND) - 1)
    distances = squared_distances(x_ND.double()).sqrt().fill_diagonal_(math.inf)
    near, index = distances.topk(count, largest=False)
    beyond = (near - near[:, :1]).clamp_min(0)
    low, high, width = (
        torch.full((len(near), 1), v, dtype=torch.float64, device=x_ND.device) for v in (0, math.inf, 1)
    )
    for _ in range(50):
        wide = (-beyond / width).exp().sum(1, keepdim=True) > math.log2(count) if count > 1 else width > 1
        low, high = torch.where(wide, low, width), torch.where(wide, width, high)
        width = torch.where(high.isinf(), width * 2, (low + high) / 2)
    width = torch.maximum(width, 1e-3 * near.mean(1, keepdim=True)).clamp_min(1e-300)
    strengths = torch.zeros_like(distances).scatter_(1, index, (-beyond / width).exp())
    joined = strengths + strengths.T - strengths * strengths.T
    heads, tails = joined.nonzero(as_tuple=True)
    return Edges(heads, tails, joined[heads, tails].float())


def fit_curve(min_dist: float = 0.1, spread: float = 1.0) -> tuple[float, float]:
    """``a`` and ``b`` of 1 / (1 + a·d^2b), which is near to 1 up to ``min_dist`` and then falls as exp(−(d − min_dist) / spread).

    Fitted by Gauss and Newton to 300 distances up to three spreads, as UMAP fits it.
    """
    d = torch.linspace(0, 3 * spread, 300, dtype=torch.float64)[1:]
    wanted = torch.where(d < min_dist, 1.0, (-(d - min_dist) / spread).exp())
    log_d, logs = d.log(), torch.zeros(2, dtype=torch.float64)
    for _ in range(60):
        a, b = logs.exp()
        power = a * d ** (2 * b)
        curve = 1 / (1 + power)
        # The slopes in log a and log b: both parameters stay positive.
        slope = -power * curve**2
        slopes = torch.stack([slope, slope * 2 * b * log_d], 1)
        step = torch.linalg.lstsq(slopes, (wanted - curve)[:, None]).solution[:, 0]
        logs = logs + step.clamp(-0.5, 0.5)
    return float(logs[0].exp()), float(logs[1].exp())


def lay_out(
    x_ND: Tensor,
    generator: torch.Generator,
    *,
    neighbours: int = 15,
    min_dist: float = 0.1,
    rounds: int = 300,
    check: Callable[[float], None] = lambda share: None,
) -> Tensor:
    """Places (vector, 2) in which neighbours stand together; it begins with the principal components. All chance is the generator's.

    ``check`` is called with the share that is done, and may raise to end the work.
    """
    if len(x_ND) < 4:
        raise ValueError("a layout by neighbours needs four vectors or more")
    edges, (a, b) = neighbour_graph(x_ND, neighbours), fit_curve(min_dist)
    y = principal_components(x_ND).points
    y = (y / y.abs().max().clamp_min(1e-300) * 10).float()
    for number in range(rounds):
        check(number / rounds)
        others = torch.randint(len(y), (len(edges.heads), STRANGERS), generator=generator).to(y.device)
        force = attraction(y, edges, a, b) + repulsion(y, edges, others, a, b)
        y = y + (1 - number / rounds) * force
    return y - y.mean(0)


def attraction(y_N2: Tensor, edges: Edges, a: float, b: float) -> Tensor:
    """What pulls each point to its neighbours, by the strength of the edge."""
    apart = y_N2[edges.heads] - y_N2[edges.tails]
    squared = (apart * apart).sum(1).clamp_min(1e-12)
    size = -2 * a * b * squared ** (b - 1) / (1 + a * squared**b)
    return _gather(y_N2, edges, (size[:, None] * apart).clamp(-LIMIT, LIMIT))


def repulsion(y_N2: Tensor, edges: Edges, others: Tensor, a: float, b: float) -> Tensor:
    """What pushes each point away from these others, (edge, number), by the strength of its edge."""
    apart = y_N2[edges.heads][:, None] - y_N2[others]
    squared = (apart * apart).sum(2)
    size = 2 * b / ((0.001 + squared) * (1 + a * squared**b))
    return _gather(y_N2, edges, (size[..., None] * apart).clamp(-LIMIT, LIMIT).sum(1))


def _gather(y_N2: Tensor, edges: Edges, forces: Tensor) -> Tensor:
    return torch.zeros_like(y_N2).index_add_(0, edges.heads, forces * edges.strengths[:, None])
