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
