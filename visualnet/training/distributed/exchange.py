"""Small values exchanged by all processes between two steps, over the CPU."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist


def maximum(numbers: list[int]) -> list[int]:
    """The greatest of each number over all processes."""
    tensor = torch.tensor(numbers, dtype=torch.int64)
    dist.all_reduce(tensor, dist.ReduceOp.MAX)
    return tensor.tolist()


def gather(value: Any, size: int) -> list[Any]:
    """The value of each process, in their order; small and of plain types."""
    found: list[Any] = [None] * size
    dist.all_gather_object(found, value)
    return found


def broadcast(value: Any) -> Any:
    """The value of rank 0."""
    found = [value]
    dist.broadcast_object_list(found, src=0)
    return found[0]
