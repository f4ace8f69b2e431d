"""Generators by hand. At rest they make the first of their random numbers of each sample the same every time."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from tests.twins.comparing import Sizes


class Game(nn.Module):
    """A generator beside its discriminator, whose scores are not asked: what is shown says only how many are made."""

    def __init__(self, code: int, generator: nn.Module, discriminator: nn.Module) -> None:
        super().__init__()
        self.code, self.generator, self.discriminator = code, generator, discriminator

    def forward(self, x: Tensor) -> Tensor:
        count = len(x) * self.code
        drawn = torch.randn(-(-count // 16) * 16, generator=torch.Generator().manual_seed(0))
        return self.generator(drawn[:count].reshape(len(x), self.code))


def points(c: Sizes) -> nn.Module:
    """Three dense layers each."""

    def dense(ends: tuple[int, int]) -> nn.Module:
        widths, leaky = (ends[0], 128, 128), nn.LeakyReLU(0.2)
        inner = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), leaky)]
        return nn.Sequential(*inner, nn.Linear(128, ends[1]))

    return Game(int(c["code"]), dense((int(c["code"]), 2)), dense((2, 1)))


def digits(c: Sizes) -> nn.Module:
    """Radford et al. 2015 in small, with the dense layers of Chen et al. 2016 (InfoGAN, appendix C.1)."""
    code = int(c["code"])
    generator = nn.Sequential(
        nn.Linear(code, 256, bias=False),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Linear(256, 48 * 49, bias=False),
        nn.Unflatten(1, (48, 7, 7)),
        nn.BatchNorm2d(48),
        nn.ReLU(),
        nn.ConvTranspose2d(48, 24, 4, 2, 1, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.ConvTranspose2d(24, 1, 4, 2, 1),
        nn.Sigmoid(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 24, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(24, 48, 4, 2, 1, bias=False),
        nn.BatchNorm2d(48),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(48 * 49, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.LeakyReLU(0.2),
        nn.Linear(128, 1),
    )
    return Game(code, generator, discriminator)
