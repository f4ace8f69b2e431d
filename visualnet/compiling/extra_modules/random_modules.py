"""Modules that draw random numbers."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """While training, each sample is zero with probability p, else divided by 1 − p."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        survives = torch.rand(x.shape[0], *[1] * (x.dim() - 1), device=x.device) >= self.p
        return x * survives.to(x.dtype) / max(1 - self.p, 1e-12)


class GaussianNoise(nn.Module):
    """While training, normal noise of this deviation is added."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


class GaussianSample(nn.Module):
    """While training, a draw from N(mean, exp(log_var)); afterwards the mean."""

    def forward(self, mean: Tensor, log_var: Tensor) -> Tensor:
        return mean + torch.exp(log_var / 2) * torch.randn_like(mean) if self.training else mean


class Noise(nn.Module):
    """Random numbers for each sample of a batch: normal, or uniform from −1 to 1.

    While training they are new each time; afterwards the same at each place of the batch.
    """

    def __init__(self, size: tuple[int, ...], distribution: str) -> None:
        super().__init__()
        self.size = size
        self.draw = torch.randn if distribution == "normal" else torch.rand
        self.is_uniform = distribution == "uniform"

    def forward(self, like: Tensor) -> Tensor:
        if self.training:
            z = self.draw(len(like), *self.size, device=like.device)
        else:
            count = math.prod(self.size) * len(like)
            still = torch.Generator().manual_seed(0)
            # torch draws 16 at a time: of whole sixteens the first do not depend on how many.
            z = self.draw(-(-count // 16) * 16, generator=still)[:count]
            z = z.reshape(len(like), *self.size).to(like.device)
        if like.is_floating_point():
            z = z.to(like.dtype)
        return 2 * z - 1 if self.is_uniform else z


class RandomInterpolate(nn.Module):
    """While training, for each sample a random point between two; afterwards the middle.

    Gradients begin here.
    """

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        ends = [len(x1), *[1] * (x1.dim() - 1)]
        share = torch.rand(ends, dtype=x1.dtype, device=x1.device) if self.training else 0.5
        between = share * x1.detach() + (1 - share) * x2.detach()
        return between.requires_grad_(torch.is_grad_enabled())
