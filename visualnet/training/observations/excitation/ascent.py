"""An input that excites a unit, made by gradient ascent from noise (Erhan et al. 2009), with what keeps it smooth."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Ascent(NamedTuple):
    """The input that was found, and the unit's value before each step and at the end."""

    image: Tensor
    values: tuple[float, ...]


class Regularisation(NamedTuple):
    """What holds the ascent back: ``decay`` of the values' mean square, ``variation`` of neighbours' mean squared difference; ``jitter``
    shifts the input by up to so many cells at each step."""

    decay: float = 0.05
    variation: float = 0.1
    jitter: int = 2


def ascend(
    unit: Callable[[Tensor], Tensor],
    shape: tuple[int, ...],
    steps: int,
    rate: float,
    held_back: Regularisation,
    generator: torch.Generator,
    device: torch.device,
    check: Callable[[float], None],
) -> Ascent:
    """Make an input (1, …) larger for the unit, step by step, with Adam. All chance is drawn from the generator; ``check`` is called with
    the share that is done, and may raise."""
    x = (torch.randn((1, *shape), generator=generator) * 0.1).to(device)
    mean, square = torch.zeros_like(x), torch.zeros_like(x)
    places = tuple(range(2, x.dim()))
    values: list[float] = []
    for step in range(1, steps + 1):
        check((step - 1) / steps)
        shifts = tuple(_shift(held_back.jitter, generator) for _ in places)
        with torch.enable_grad():
            leaf = (torch.roll(x, shifts, places) if places else x).detach().requires_grad_()
            value = unit(leaf).sum()
            goal = value - held_back.decay * leaf.square().mean() - held_back.variation * _variation(leaf)
            (gradient,) = torch.autograd.grad(goal, leaf)
        if places:
            gradient = torch.roll(gradient, tuple(-s for s in shifts), places)
        values.append(float(value.detach()))
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient.square()
        x = x + rate * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
    with torch.no_grad():
        values.append(float(unit(x).sum()))
    return Ascent(x.detach(), tuple(values))


def _shift(jitter: int, generator: torch.Generator) -> int:
    return int(torch.randint(-jitter, jitter + 1, (1,), generator=generator)) if jitter else 0


def _variation(x: Tensor) -> Tensor:
    """The mean squared difference of neighbours along every axis of places."""
    return sum((x.diff(dim=axis).square().mean() for axis in range(2, x.dim()) if x.shape[axis] > 1), x.new_zeros(()))
