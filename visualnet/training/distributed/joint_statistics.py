"""What layers take from the whole batch where several processes compute parts of it, as one process would take it: mean and deviation of
all samples for batch normalization (Ioffe and Szegedy 2015, arXiv:1502.03167) and for the first scale and shift of ActNorm (Kingma and
Dhariwal 2018, arXiv:1807.03039).

torch's own ``SyncBatchNorm`` computes on GPUs alone, and weighs no parts that only stand in. What is summed over the processes is
differentiated through: of a sum over all, each gets the sum of what all ask for.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

from visualnet.compiling.extra_modules.flows import ActNorm

NORMALIZES = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
KEEPS = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)


class JointBatchNorm(nn.modules.batchnorm._BatchNorm):
    """A batch normalization whose statistics in training are of the samples of all processes. Made by `join`."""

    counts: Callable[[], bool]
    """Whether this process's part of the batch counts."""

    def forward(self, input: Tensor) -> Tensor:
        """``input`` (sample, channel, …) normalized: by the statistics of the whole batch in training, else by those that are kept."""
        if not (self.training or self.running_mean is None):
            return super().forward(input)
        self._check_input_dim(input)  # type: ignore[no-untyped-call]
        axes = [axis for axis in range(input.dim()) if axis != 1]
        shape = [1, -1, *[1] * (input.dim() - 2)]
        wide = input.float()
        own = float(self.counts())
        size = input.new_full((1,), own * input.numel() / input.shape[1], dtype=torch.float32)
        summed = _add_up(torch.cat([own * wide.sum(axes), size]))
        size = summed[-1].detach()
        if size <= 1:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {tuple(input.shape)}"
            )
        mean = summed[:-1] / size
        apart = wide - mean.view(shape)
        variance = _add_up(own * apart.square().sum(axes)) / size
        if self.training and self.running_mean is not None:
            self._keep(mean.detach(), variance.detach() * size / (size - 1))
        found = apart * (variance + self.eps).rsqrt().view(shape)
        if self.weight is not None:
            found = found * self.weight.view(shape) + self.bias.view(shape)
        found = found.to(input.dtype)
        return found

    @torch.no_grad()
    def _keep(self, mean: Tensor, variance: Tensor) -> None:
        """Let the statistics for later follow these, as torch's do."""
        assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        share = self.momentum if self.momentum is not None else 1.0 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_(variance.to(self.running_var.dtype), share)


class JointInstanceNorm(nn.modules.instancenorm._InstanceNorm):
    """An instance normalization whose kept statistics follow the samples of all processes. Made by `join`."""

    counts: Callable[[], bool]
    """Whether this process's part of the batch counts."""

    def forward(self, input: Tensor) -> Tensor:
        """``input`` (sample, channel, …) normalized, each sample by itself."""
        found = super().forward(input)
        if self.training and self.running_mean is not None and self.running_var is not None:
            # They follow the mean over the samples of a part; the mean of the parts, weighted by their samples, is that of the whole.
            weight = float(self.counts()) * len(input)
            kept = torch.cat([self.running_mean, self.running_var, self.running_mean.new_ones(1)]) * weight
            dist.all_reduce(kept)
            channels = len(self.running_mean)
            self.running_mean.copy_(kept[:channels] / kept[-1])
            self.running_var.copy_(kept[channels:-1] / kept[-1])
        return found


class JointActNorm(ActNorm):
    """An ActNorm whose first scale and shift are made from the samples of all processes. Made by `join_first_batch`."""

    counts: Callable[[], bool]
    """Whether this process's part of the batch counts."""

    @torch.no_grad()
    def start_from(self, x: Tensor) -> None:
        """Set both so that outputs have mean 0 and deviation 1 for the first batch; ``x`` (sample, channel, …) is this process's part."""
        values = x.detach().transpose(0, 1).flatten(1).float()
        own = float(self.counts())
        summed = torch.cat([own * values.sum(1), values.new_full((1,), own * values.shape[1])])
        dist.all_reduce(summed)
        mean, size = summed[:-1] / summed[-1], summed[-1]
        squared = own * (values - mean[:, None]).square().sum(1)
        dist.all_reduce(squared)
        self.bias.copy_(-mean)
        self.log_scale.copy_(-torch.log((squared / size).sqrt() + 1e-6))
        self.initialised.fill_(1)


def _add_up(values: Tensor) -> Tensor:
    """The sum over all processes, which gradients go through."""
    summed: Tensor = all_reduce(values, dist.ReduceOp.SUM)  # type: ignore[no-untyped-call]
    return summed


def join(net: nn.Module, counts: Callable[[], bool]) -> None:
    """Let every normalization of a network keep its statistics over all processes. Weights, buffers and names stay."""
    for module in net.modules():
        if type(module) in NORMALIZES:
            _become(module, JointBatchNorm, counts)
        elif type(module) in KEEPS:
            _become(module, JointInstanceNorm, counts)


def join_first_batch(net: nn.Module, counts: Callable[[], bool]) -> None:
    """Let every layer whose weights are set from the first batch take them from that of all processes."""
    for module in net.modules():
        if type(module) is ActNorm:
            _become(module, JointActNorm, counts)


def _become(module: nn.Module, joint: type[nn.Module], counts: Callable[[], bool]) -> None:
    kind = type(module)
    module.__class__ = type(f"Joint{kind.__name__}", (joint, kind), {})
    module.counts = counts  # type: ignore[assignment]


def awaits_first_batch(net: nn.Module) -> str | None:
    """The name of a layer whose weights the first batch has still to set; None where there is none."""
    found = (name for name, one in net.named_modules() if isinstance(one, ActNorm) and not one.initialised)
    return next(found, None)


def normalizes_parts(net: nn.Module) -> bool:
    """Whether a batch normalization takes its mean and deviation from each process's own part of a batch."""
    return any(isinstance(one, nn.modules.batchnorm._BatchNorm) and not _is_joint(one) for one in net.modules())


def keeps_parts(net: nn.Module) -> bool:
    """Whether an instance normalization keeps running statistics of each process's own part of a batch."""
    kinds = (one for one in net.modules() if isinstance(one, nn.modules.instancenorm._InstanceNorm))
    return any(one.track_running_stats and not _is_joint(one) for one in kinds)


def _is_joint(module: nn.Module) -> bool:
    return isinstance(module, JointBatchNorm | JointInstanceNorm)
