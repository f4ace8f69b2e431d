"""Modules and functions of normalizing flows. Their source is printed into exported files.

Lines end within 100 columns, as those of the printed files do.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class ActNorm(nn.Module):
    """y = (x + bias)·exp(log_scale) for each channel, and log|det ∂y/∂x| of each sample.

    The first batch in training sets both so that its outputs have mean 0 and deviation 1.
    """

    initialised: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))
        self.log_scale = nn.Parameter(torch.zeros(channels))
        self.register_buffer("initialised", torch.zeros(()))

    def forward(self, x: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor]:
        if self.training and not inverse and not self.initialised:
            self.start_from(x)
        along = [1, -1, *[1] * (x.dim() - 2)]
        bias, log_scale = self.bias.reshape(along), self.log_scale.reshape(along)
        log_det = (self.log_scale.sum() * math.prod(x.shape[2:])).expand(len(x))
        if inverse:
            return x * torch.exp(-log_scale) - bias, -log_det
        return (x + bias) * torch.exp(log_scale), log_det

    @torch.no_grad()
    def start_from(self, x: Tensor) -> None:
        values = x.detach().transpose(0, 1).flatten(1)
        self.bias.copy_(-values.mean(1))
        self.log_scale.copy_(-torch.log(values.std(1, correction=0) + 1e-6))
        self.initialised.fill_(1)


class InvertibleConv(nn.Module):
    """y = W·x over the channels of each place, and log|det ∂y/∂x| = places·log|det W|.

    W begins as a random rotation.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels, channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.orthogonal_(self.weight)

    def forward(self, x: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor]:
        weight = torch.linalg.inv(self.weight) if inverse else self.weight
        log_det = torch.linalg.slogdet(weight)[1] * math.prod(x.shape[2:])
        mixed = torch.tensordot(x, weight, dims=([1], [1])).movedim(-1, 1)
        return mixed.contiguous(), log_det.expand(len(x))


class Permutation(nn.Module):
    """Channels in another order that stays: reversed, or dealt out by a seed."""

    order: Tensor

    def __init__(self, channels: int, seed: int | None = None) -> None:
        super().__init__()
        places = torch.arange(channels)
        if seed is None:
            order = places.flip(0)
        else:
            # A hash of the places: nothing is drawn, so that weights stay those of their seed.
            spread = torch.sin((places + 1.0).double() * (seed + 78.233)) * 43758.5453
            order = torch.remainder(spread, 1).argsort()
        self.register_buffer("order", order)

    def forward(self, x: Tensor, inverse: bool = False) -> Tensor:
        return x.index_select(1, self.order.argsort() if inverse else self.order)


class Dequantize(nn.Module):
    """Numbers of so many levels from 0 to 1 become continuous, and log|det ∂y/∂x| of each sample.

    While training each is moved within its level by chance; afterwards to the middle of it.
    """

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels

    def forward(self, x: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor]:
        log_det = x.new_full(
            [len(x)], math.prod(x.shape[1:]) * math.log((self.levels - 1) / self.levels)
        )
        if inverse:
            level = torch.floor(x * self.levels).clamp(0, self.levels - 1)
            return level / (self.levels - 1), -log_det
        within = torch.rand_like(x) if self.training else 0.5
        return (x * (self.levels - 1) + within) / self.levels, log_det


def affine_coupling(x: Tensor, net: Tensor, bound: float) -> tuple[Tensor, Tensor]:
    """x·exp(s) + t, where net holds t and s (kept within ±bound); and Σ s of each sample."""
    shift, log_scale = net.chunk(2, 1)
    log_scale = bound * torch.tanh(log_scale / bound)
    return x * torch.exp(log_scale) + shift, log_scale.reshape(len(x), -1).sum(1)


def undo_affine_coupling(y: Tensor, net: Tensor, bound: float) -> Tensor:
    """The x of which affine_coupling makes this y."""
    shift, log_scale = net.chunk(2, 1)
    return (y - shift) * torch.exp(-bound * torch.tanh(log_scale / bound))


def normal_nll_of(z: Tensor) -> Tensor:
    """For each sample −log N(z; 0, 1), in nats."""
    return 0.5 * (z.square() + math.log(2 * math.pi)).reshape(len(z), -1).sum(1)


def bits_per_dim_of(z: Tensor, log_det: Tensor, levels: int) -> Tensor:
    """For each sample the bits that a number of these levels takes, on average over its numbers."""
    nats = (normal_nll_of(z) - log_det) / math.prod(z.shape[1:])
    return nats / math.log(2) + math.log2(levels - 1)
