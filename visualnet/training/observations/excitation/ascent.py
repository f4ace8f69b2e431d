"""An input that excites a unit, made by gradient ascent from noise (Erhan et al. 2009), with what keeps it smooth."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class AscentResult(NamedTuple):
    """The input that was found, and the unit's value before each step and at the end."""

    image: Tensor
    values: tuple[float, ...]


class Regularisation(NamedTuple):
    """What holds the ascent back, beside a gradient of the unit whose mean square is made 1: ``decay`` of the values, ``variation`` of the
    differences of neighbours; ``jitter`` shifts the input by up to so many cells at each step."""

    decay: float = 0.2
    variation: float = 0.2
    jitter: int = 2


START = 0.5
"""Deviation of the noise that the ascent begins with, where inputs have one of about 1."""


def ascend(
    unit: Callable[[Tensor], Tensor],
    shape: tuple[int, ...],
    steps: int,
    rate: float,
    held_back: Regularisation,
    generator: torch.Generator,
    device: torch.device,
    check: Callable[[float], None],
) -> AscentResult:
    """Make an input (1, …) larger for the unit, step by step, with Adam. All chance is drawn from the generator; ``check`` is called with
    the share that is done, and may raise."""
    x = (torch.randn((1, *shape), generator=generator) * START).to(device)
    mean, square = torch.zeros_like(x), torch.zeros_like(x)
    places = tuple(range(2, x.dim()))
    values: list[float] = []
    for step in range(1, steps + 1):
        check((step - 1) / steps)
        shifts = tuple(_shift(held_back.jitter, generator) for _ in places)
        with torch.enable_grad():
            leaf = (torch.roll(x, shifts, places) if places else x).detach().requires_grad_()
            value = unit(leaf).sum()
            (gradient,) = torch.autograd.grad(value, leaf)
        # A unit far from the input, or one that is nearly silent, has a small gradient: it is to climb all the same.
        gradient = gradient / gradient.square().mean().sqrt().clamp_min(1e-12)
        if places:
            gradient = torch.roll(gradient, tuple(-s for s in shifts), places)
        gradient = gradient - held_back.decay * x - held_back.variation * _roughness(x)
        values.append(float(value.detach()))
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient.square()
        x = x + rate * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
    with torch.no_grad():
        values.append(float(unit(x).sum()))
    return AscentResult(x.detach(), tuple(values))


def _shift(jitter: int, generator: torch.Generator) -> int:
    return int(torch.randint(-jitter, jitter + 1, (1,), generator=generator)) if jitter else 0


def _roughness(x: Tensor) -> Tensor:
    """The gradient of half the sum of squared differences of neighbours, along every axis of places."""
    found = torch.zeros_like(x)
    for axis in range(2, x.dim()):
        size = x.shape[axis]
        difference = x.diff(dim=axis)
        found.narrow(axis, 1, size - 1).add_(difference)
        found.narrow(axis, 0, size - 1).sub_(difference)
    return found
