"""Random numbers of a generator on the CPU, on the device where they are wanted: the same ones on every device."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def uniform(
    count: int,
    low: float,
    high: float,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    """So many numbers between two."""
    return torch.empty(count).uniform_(low, high, generator=generator).to(device)


def draw_events(
    count: int,
    probability: float,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    """For each of so many samples whether it happens."""
    return uniform(count, 0.0, 1.0, generator, device) < probability


def beta(count: int, alpha: float, generator: torch.Generator, device: torch.device) -> Tensor:
    """Numbers of the beta distribution with both parameters alike, drawn by NumPy.

    Torch draws them from no generator of one's own.
    """
    seed = int(torch.randint(1 << 62, (), generator=generator))
    drawn = np.random.default_rng(seed).beta(alpha, alpha, count).astype(np.float32)
    return torch.from_numpy(drawn).to(device)


def spans(
    count: int,
    length: int,
    longest: Tensor,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    """For each of so many samples one run of places along an axis, of a random start.

    ``longest`` are the lengths of the runs. Gives (sample, place), true within.
    """
    start = (uniform(count, 0.0, 1.0, generator, device) * (length - longest + 1)).floor()
    at = torch.arange(length, device=device)
    return (at >= start[:, None]) & (at < (start + longest)[:, None])
