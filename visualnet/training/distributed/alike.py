"""What every process must have alike: buffers, handed on from rank 0, and weights, which layers themselves may not make different."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

_PRIME = 1_000_003


def share_buffers(net: nn.Module) -> None:
    """Give every process the buffers of rank 0, as DistributedDataParallel does before each batch; one exchange for each dtype."""
    of_type: dict[torch.dtype, list[Tensor]] = {}
    for module in net.modules():
        for name, buffer in module._buffers.items():
            # What is not kept in checkpoints is made of the layer's parameters alone, and is alike anyway.
            if buffer is not None and name not in module._non_persistent_buffers_set:
                of_type.setdefault(buffer.dtype, []).append(buffer)
    for buffers in of_type.values():
        row = torch.cat([buffer.detach().flatten() for buffer in buffers])
        dist.broadcast(row, src=0)
        for buffer, values in zip(buffers, torch.split(row, [one.numel() for one in buffers]), strict=True):
            buffer.detach().copy_(values.view_as(buffer))


def check_alike(net: nn.Module) -> None:
    """Hold the weights of all processes against each other, bit by bit.

    Raises:
        ValueError: they differ; the words name the layer.
    """
    named = [(name, one) for name, one in net.named_parameters() if not isinstance(one, DTensor)]
    if not named:
        return
    own = torch.stack([_digest(one) for _, one in named])
    # Of a number and its opposite all have the greatest alike only where all have the same number.
    greatest = torch.cat([own, -own])
    dist.all_reduce(greatest, dist.ReduceOp.MAX)
    most, least = greatest[: len(own)], -greatest[len(own) :]
    for (name, _), differs in zip(named, (most != least).tolist(), strict=True):
        if differs:
            layer = name.rpartition(".")[0] or name
            raise ValueError(
                f"“{layer}” sets its own weights from what arrives, so that they are others in each process: train it with one process"
            )


def _digest(weights: Tensor) -> Tensor:
    """A whole number of the bits of these weights; another one, but for the rarest chance, where a bit differs."""
    raw = weights.detach().contiguous().flatten().view(torch.uint8).to(torch.int64)
    place = torch.arange(len(raw), device=raw.device) % _PRIME + 1
    return ((raw + 1) * place).sum()
