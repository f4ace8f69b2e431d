"""Batch normalization over the whole batch where several processes compute parts of it: mean and deviation of all samples, as one process
would take them (Ioffe and Szegedy 2015, arXiv:1502.03167).

torch's own ``SyncBatchNorm`` computes on GPUs alone, and weighs no parts that only stand in. What is summed over the processes is
differentiated through: of a sum over all, each gets the sum of what all ask for.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

NORMALIZES = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class JointBatchNorm(nn.modules.batchnorm._BatchNorm):
    """A batch normalization whose statistics in training are of the samples of all processes. Made by `join`."""

    counts: Callable[[], bool]
    """Whether this process's part of the batch counts."""

    def forward(self, input: Tensor) -> Tensor:
        """``input`` (sample, channel, …) normalized: by the statistics of the whole batch in training, else by those that are kept."""
        if not (self.training or self.running_mean is None):
            return super().forward(input)
        self._check_input_dim(input)
        axes = [axis for axis in range(input.dim()) if axis != 1]
        shape = [1, -1, *[1] * (input.dim() - 2)]
        wide = input.float()
        own = float(self.counts())
        size = input.new_full((1,), own * input.numel() / input.shape[1], dtype=torch.float32)
        summed = all_reduce(torch.cat([own * wide.sum(axes), size]), dist.ReduceOp.SUM)
        size = summed[-1].detach()
        if size <= 1:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {tuple(input.shape)}"
            )
        mean = summed[:-1] / size
        apart = wide - mean.view(shape)
        variance = all_reduce(own * apart.square().sum(axes), dist.ReduceOp.SUM) / size
        if self.training and self.running_mean is not None:
            self._keep(mean.detach(), variance.detach() * size / (size - 1))
        found = apart * (variance + self.eps).rsqrt().view(shape)
        if self.weight is not None:
            found = found * self.weight.view(shape) + self.bias.view(shape)
        return found.to(input.dtype)

    @torch.no_grad()
    def _keep(self, mean: Tensor, variance: Tensor) -> None:
        """Let the statistics for later follow these, as torch's do."""
        assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        share = self.momentum if self.momentum is not None else 1.0 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_(variance.to(self.running_var.dtype), share)


def join(net: nn.Module, counts: Callable[[], bool]) -> None:
    """Let every batch normalization of a network take its statistics over all processes. Weights, buffers and names stay."""
    for module in net.modules():
        if type(module) in NORMALIZES:
            kind = type(module)
            module.__class__ = type(f"Joint{kind.__name__}", (JointBatchNorm, kind), {})
            module.counts = counts  # type: ignore[assignment]


def is_joint(net: nn.Module) -> bool:
    """Whether all that takes means over the samples of a batch does so over all processes."""
    kinds = (m for m in net.modules() if isinstance(m, nn.modules.batchnorm._NormBase))
    return all(isinstance(module, JointBatchNorm) for module in kinds)
