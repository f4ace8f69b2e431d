"""The norm of all of a layer's weights together, and some of them to be held against those of a later look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.cards.activity import scale_down

MOST_KEPT = 512
"""So many numbers of a layer's weights are kept of a look, to tell how far they moved by the next: of larger ones every so manieth."""


def joint_norm(tensors: Sequence[Tensor | None]) -> Tensor:
    """The Euclidean norm of all numbers of some tensors together, as one number on their device; None counts as zeros."""
    norms = [_norm(t) for t in tensors if t is not None]
    return _norm(torch.stack(norms)) if norms else torch.zeros(())


def _norm(tensor: Tensor) -> Tensor:
    numbers, top = scale_down(tensor)
    norm: Tensor = top * torch.linalg.vector_norm(numbers)
    return norm


def keep_some(tensors: Sequence[Tensor], most: int = MOST_KEPT) -> NDArray[np.float32]:
    """All numbers of some tensors, or of many evenly spaced ones: always the same ones."""
    flat = torch.cat([t.detach().float().flatten() for t in tensors]) if tensors else torch.zeros(0)
    if len(flat) > most:
        flat = flat[torch.linspace(0, len(flat) - 1, most, dtype=torch.float64, device=flat.device).round().long()]
    return np.array(flat.cpu().numpy(), dtype=np.float32)
