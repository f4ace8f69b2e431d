"""Attributions by gradients: of the score by each number of the inputs, plain, averaged under noise, and summed from a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Score = Callable[..., Tensor]
"""Maps tensors (sample, …), one for each input, to a number a sample. Samples do not influence each other."""
Inputs = Sequence[Tensor]

CHUNK = 32
"""So many changed copies of a sample go through the network at once."""


def input_gradients(score: Score, inputs: Inputs) -> list[Tensor]:
    """The gradient of the score by each number of the inputs; zeros where the score does not depend on an input."""
    with torch.enable_grad():
        leaves = [x.detach().clone().requires_grad_() for x in inputs]
        total = score(*leaves).sum()
        found = torch.autograd.grad(total, leaves, allow_unused=True) if total.requires_grad else [None] * len(leaves)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, found, strict=True)]


def smooth_gradients(
    score: Score, inputs: Inputs, noise: float, count: int, generator: torch.Generator
) -> list[Tensor]:
    """SmoothGrad (Smilkov et al. 2017): the mean gradient of ``count`` copies of one sample, each with normal noise whose deviation is
    ``noise`` times the span of the values of that input."""
    sums = [torch.zeros_like(x) for x in inputs]
    for size in _parts(count):
        copies = []
        for x in inputs:
            drawn = torch.randn((size, *x.shape[1:]), generator=generator, dtype=x.dtype).to(x.device)
            copies.append(x + drawn * (noise * (x.max() - x.min())))
        for total, gradient in zip(sums, input_gradients(score, copies), strict=True):
            total += gradient.sum(0, keepdim=True)
    return [total / count for total in sums]


class IntegratedShares(NamedTuple):
    """Shares of each number of the inputs, the score of the sample and of the baseline.

    ``error`` is by how much the shares miss the difference of both scores: it vanishes with more steps.
    """

    shares: list[Tensor]
    score: float
    baseline: float
    error: float


def integrate_gradients(score: Score, inputs: Inputs, baselines: Inputs, steps: int) -> IntegratedShares:
    """Integrated gradients (Sundararajan et al. 2017): the difference from the baseline times the mean gradient on the straight way from
    there, by the rule of midpoints. The shares add up to the difference of both scores (completeness)."""
    sums = [torch.zeros_like(x) for x in inputs]
    ways = (torch.arange(steps, dtype=torch.float32) + 0.5) / steps
    for at in range(0, steps, CHUNK):
        part = ways[at : at + CHUNK]
        points = []
        for x, base in zip(inputs, baselines, strict=True):
            way = part.to(x).reshape(-1, *[1] * (x.dim() - 1))
            points.append(base + way * (x - base))
        for total, gradient in zip(sums, input_gradients(score, points), strict=True):
            total += gradient.sum(0, keepdim=True)
    shares = [(x - base) * total / steps for x, base, total in zip(inputs, baselines, sums, strict=True)]
    with torch.no_grad():
        reached, base_score = float(score(*inputs)[0]), float(score(*baselines)[0])
    total_share = float(sum(share.double().sum() for share in shares))
    return IntegratedShares(shares, reached, base_score, abs(total_share - (reached - base_score)))


def _parts(count: int) -> list[int]:
    return [min(CHUNK, count - at) for at in range(0, count, CHUNK)]
