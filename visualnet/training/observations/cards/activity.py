"""How large the values at some ports are: mean, spread, and root mean square."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def measure_values(values: Sequence[Tensor]) -> NDArray[np.float64]:
    """A row for each tensor: the mean of all its numbers, their standard deviation about it, and their root mean square.

    A tensor that holds a number which is not finite has none of them.
    """
    rows = []
    for value in values:
        numbers, top = scale_down(value)
        mean = numbers.mean()
        rows.append(top * torch.stack([mean, (numbers - mean).square().mean().sqrt(), numbers.square().mean().sqrt()]))
    return to_array(rows, 3)


def measure_sizes(values: Sequence[Tensor | None]) -> NDArray[np.float64]:
    """The root mean square of each tensor; 0 for None, which is the gradient of what the loss does not rest on."""
    device = next((value.device for value in values if value is not None), torch.device("cpu"))
    rows = []
    for value in values:
        if value is None:
            rows.append(torch.zeros(1, device=device))
        else:
            numbers, top = scale_down(value)
            rows.append(top * numbers.square().mean().sqrt().reshape(1))
    return to_array(rows, 1)[:, 0]


def to_array(rows: Sequence[Tensor], width: int) -> NDArray[np.float64]:
    """Rows of numbers on a device, brought over all at once."""
    if not rows:
        return np.zeros((0, width))
    return np.asarray(torch.stack(list(rows)).cpu().numpy(), dtype=np.float64)


def scale_down(value: Tensor) -> tuple[Tensor, Tensor]:
    """The numbers as shares of the largest, and that: their squares neither overflow nor vanish, as those of gradients soon do."""
    numbers = value.detach().float()
    top = numbers.abs().amax() if numbers.numel() else numbers.new_zeros(())
    return numbers / torch.where(top > 0, top, 1.0), top
