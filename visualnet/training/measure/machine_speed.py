"""A few figures of this machine, measured once in half a second, from which the time of any network's step is forecast."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import nn

from visualnet.analysis.cost.step_time import MOVES, PASSES, DeviceSpeed
from visualnet.core.project import Recipe
from visualnet.training.optimizers import make

ROUNDS, WARM_UP = 8, 2


def measure(device: torch.device) -> DeviceSpeed:
    """Measure a device. The generators of the run that waits for it are left as they were."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        return _measure(device)


def _measure(device: torch.device) -> DeviceSpeed:
    def timed(work: Callable[[], object]) -> float:
        found = []
        for number in range(ROUNDS + WARM_UP):
            begin = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if number >= WARM_UP:
                found.append(time.perf_counter() - begin)
        return max(min(found), 1e-9)  # what else the machine does only adds

    def there_and_back(module: nn.Module, x: torch.Tensor) -> float:
        x.requires_grad_()
        return timed(lambda: module(x).sum().backward())

    layers = 48
    small = nn.Sequential(*(m for _ in range(layers // 2) for m in (nn.Linear(8, 8), nn.ReLU()))).to(device)
    call = there_and_back(small, torch.rand(8, 8, device=device)) / layers

    def sliding(channels: int, side: int) -> float:
        """Multiplications a second of a 3×3 convolution."""
        filters = nn.Conv2d(channels, channels, 3, padding=1).to(device)
        took = there_and_back(filters, torch.rand(batch, channels, side, side, device=device)) - call
        return PASSES * batch * channels * channels * 9 * side * side / max(took, 1e-9)

    width, batch = 512, 64
    matrix = there_and_back(nn.Linear(width, width).to(device), torch.rand(batch, width, device=device)) - call
    narrow, wide = sliding(8, 24), sliding(32, 12)
    numbers = 1 << 20
    # What moves much and multiplies little: half of it is an activation, half a normalization.
    plain = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(16)).to(device)
    moved = there_and_back(plain, torch.rand(16, 16, 64, numbers >> 14, device=device)) / 2 - call
    few, many = _optimizing(64, 16, device, timed), _optimizing(4, numbers // 4, device, timed)
    return DeviceSpeed(
        call_s=call,
        matrix_macs=PASSES * batch * width * width / max(matrix, 1e-9),
        # Few filters leave most of the machine idle, many fill it: between them lies what networks have.
        sliding_macs=(narrow * wide) ** 0.5,
        bytes=MOVES * 4 * numbers / max(moved, 1e-9),
        tensor_s=few / 64,
        number_s=max(many - few / 16, 0.0) / numbers,
        step_s=2 * call,
    )


def _optimizing(tensors: int, size: int, device: torch.device, timed: Callable[[Callable[[], object]], float]) -> float:
    """A step of Adam over so many tensors."""
    parameters = [nn.Parameter(torch.rand(size, device=device)) for _ in range(tensors)]
    for parameter in parameters:
        parameter.grad = torch.rand_like(parameter)
    optimizer = make(Recipe(), parameters, device)
    return timed(optimizer.step)
