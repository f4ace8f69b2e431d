"""What torch keeps of a forward pass for the way back, measured: each tensor's memory once, weights and buffers left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch


def saved_bytes(work: Callable[[], Any], without: Iterable[torch.Tensor] = ()) -> int:
    """The bytes that autograd holds when ``work`` is done, besides the tensors in ``without``."""
    known = {t.untyped_storage().data_ptr() for t in without}
    kept: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = work()
    total = sum(t.untyped_storage().nbytes() for at, t in kept.items() if at not in known)
    del result
    return total
