"""Modules that torch lacks. Each is whole in itself: the class's source is printed into exported files that use it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class LearnedPositions(nn.Module):
    """Add a learned vector to each place of a sequence: x_BTD + weight[:T]."""

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return x_BTD + self.weight[: x_BTD.shape[1]]


class SinusoidalPositions(nn.Module):
    """Add sines and cosines of falling frequency to each place of a sequence. Nothing is learned, nothing is saved."""

    table: Tensor

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        places = torch.arange(max_length, dtype=torch.float32).unsqueeze(1)
        pairs = torch.arange(0, features, 2, dtype=torch.float32)
        angles = places * torch.exp(pairs * (-math.log(10_000.0) / features))
        table = torch.zeros(max_length, features)
        table[:, 0::2] = angles.sin()
        table[:, 1::2] = angles[:, : features // 2].cos()
        self.register_buffer("table", table, persistent=False)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return x_BTD + self.table[: x_BTD.shape[1]]


class ClassToken(nn.Module):
    """Put one learned vector before a sequence; after attention it stands for the whole."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.token, std=0.02)

    def forward(self, x_BTD: Tensor) -> Tensor:
        token_B1D = self.token.expand(x_BTD.shape[0], 1, -1)
        return torch.cat([token_B1D, x_BTD], dim=1)


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
    """While training, a draw from a normal distribution with this mean and variance; afterwards the mean."""

    def forward(self, mean: Tensor, log_var: Tensor) -> Tensor:
        return mean + torch.exp(log_var / 2) * torch.randn_like(mean) if self.training else mean
