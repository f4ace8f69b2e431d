"""Normalizing flows written as the papers do it: the formulas of a step, no module of the program."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.twins.comparing import Sizes


class _Norm(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias, self.log_scale = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("first_batch_seen", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        swapped = x.transpose(1, -1)
        return ((swapped + self.bias) * self.log_scale.exp()).transpose(1, -1)


def _scaled(x: Tensor, net: Tensor) -> Tensor:
    half = x.shape[1]
    return x * torch.exp(3 * torch.tanh(net[:, half:] / 3)) + net[:, :half]


class RealNVP(nn.Module):
    """Dinh, Sohl-Dickstein and Bengio 2017, equations 7 and 8, on two numbers."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        hidden = int(c["hidden"])
        self.norm = _Norm(2)
        self.nets = nn.ModuleList(
            nn.Sequential(nn.Linear(1, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 2))
            for _ in range(6)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        for net in self.nets:
            first, second = x[:, :1], x[:, 1:]
            x = torch.hstack([_scaled(second, net(first)), first])
        return x


class _GlowStep(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norm = _Norm(channels)
        self.mix = nn.Parameter(torch.eye(channels))
        half = channels // 2
        convolutions = [nn.Conv2d(half, hidden, 3, padding=1), nn.Conv2d(hidden, hidden, 1)]
        last = nn.Conv2d(hidden, 2 * half, 3, padding=1)
        self.net = nn.Sequential(convolutions[0], nn.ReLU(), convolutions[1], nn.ReLU(), last)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.conv2d(self.norm(x), self.mix[:, :, None, None])
        half = x.shape[1] // 2
        return torch.cat([x[:, :half], _scaled(x[:, half:], self.net(x[:, :half]))], 1)


def _squeezed(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


class Glow(nn.Module):
    """Kingma and Dhariwal 2018, figure 2: two scales of four steps; no noise is added when not training."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        hidden = int(c["hidden"])
        self.fine = nn.Sequential(*(_GlowStep(4, hidden) for _ in range(4)))
        self.coarse = nn.Sequential(*(_GlowStep(8, hidden) for _ in range(4)))

    def forward(self, x: Tensor) -> Tensor:
        out, on = self.fine(_squeezed((16 * x + 0.5) / 17)).chunk(2, 1)
        return torch.cat([out.flatten(1), self.coarse(_squeezed(on)).flatten(1)], 1)
