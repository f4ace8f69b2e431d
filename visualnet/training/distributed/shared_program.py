"""A batch computed by several processes, each its part: the values of the whole batch, and the gradients that it would give one process.

For a loss L that is a mean over N = Σ n_r samples (or over what it counts: places that are asked), of which rank r has n_r,
L = Σ n_r L_r / N. DistributedDataParallel averages the gradients of W processes; rank r therefore lowers W·n_r/N·L_r, whose average over
the ranks is the gradient of L. Of a loss that adds up its batch, L = Σ L_r, rank r lowers W·L_r. Values are told of the whole batch, from
sums and counts in 64 bits: no mean is taken of means.

Li et al. 2020, PyTorch Distributed: Experiences on Accelerating Data Parallel Training, VLDB 13(12), arXiv:2006.15704.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor, fx, nn
from torch.nn.parallel import DistributedDataParallel

from visualnet.compiling.module import Model
from visualnet.training.distributed.alike import check_alike, share_buffers
from visualnet.training.observations.context import in_evaluation_mode

if TYPE_CHECKING:
    from visualnet.training.distributed.process_group import ProcessGroup, Program


class _Told(torch.autograd.Function):
    """Answers one value and lowers another."""

    @staticmethod
    def forward(context: Any, lowered: Tensor, told: Tensor) -> Tensor:
        return told.to(lowered.dtype)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


class _Part(nn.Module):
    """The program as a module: only its losses ask for gradients."""

    def __init__(self, program: fx.GraphModule, plain: Program, losses: frozenset[str]) -> None:
        super().__init__()
        self.program = program
        self._plain, self._losses = plain, losses

    def forward(self, *batch: Tensor) -> tuple[dict[str, Tensor], Mapping[str, Tensor]]:
        results, counts = self._plain(*batch)
        return {n: v if n in self._losses else v.detach() for n, v in results.items()}, counts


class SharedProgram:
    """``plain`` on this process's part of a batch; the answer is that of the whole batch: values, and what they count."""

    def __init__(self, group: ProcessGroup, model: Model, program: fx.GraphModule, plain: Program) -> None:
        self.group, self._plain = group, plain
        self._program, self._model = program, model
        losses = {step.facts.node.name: (weight, step) for step, weight in model.plan.losses}
        # A loss that is alone, or that gives way to the sum of all as it is called like it, is told as that sum.
        whole = len(losses) == 1 or "loss" in losses
        self._losses = {"loss": 1.0} if whole else {name: weight for name, (weight, _) in losses.items()}
        self._added = {"loss" if whole else name for name, (_, step) in losses.items() if _adds_up(step)}
        self._names = [*dict.fromkeys((*self._losses, *(n for n in model.metrics if n not in model.settled)))]
        self._key = {name: model.counted.get(name, "") for name in self._names}
        if whole:
            self._key["loss"] = model.counted.get(next(iter(losses)), "") if len(losses) == 1 else ""
        self._together: Any = None
        self._trained: list[bool] = []
        self._last: tuple[Tensor, ...] = ()
        self._compared = group.shards  # divided weights are whole nowhere

    def __call__(self, *batch: Tensor) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
        counts_for = len(batch[0]) if self.group.counts else 0
        if not len(batch[0]) and self._last:
            batch = self._last  # nothing of this part can be read: the others still wait for its share
        trained = [parameter.requires_grad for parameter in self._program.parameters()]
        if (
            trained != self._trained
        ):  # weights that rested ask for gradients now, or the other way round: no exchange is made of them then
            self._trained, self._together = trained, self._join(batch)
        if self.group.shards:
            share_buffers(self._program)
        results, counts = self._together(*batch)
        if not self._compared and self._program.training:
            self._compared = True
            check_alike(self._program)
        self._last = tuple(tensor[: self.group.least] for tensor in batch)
        return self._whole(results, counts, counts_for)

    def _join(self, batch: tuple[Tensor, ...]) -> nn.Module:
        part = _Part(self._program, self._plain, frozenset(self._losses))
        if self.group.shards:  # the layers themselves average their gradients
            return part
        return DistributedDataParallel(part, find_unused_parameters=self._leaves_some(batch))

    def _leaves_some(self, batch: tuple[Tensor, ...]) -> bool:
        """Whether weights that ask for gradients get none, as they lead to no loss: then it must be looked for them in each step."""
        weights = [parameter for parameter in self._program.parameters() if parameter.requires_grad]
        devices = [batch[0].device] if batch[0].is_cuda else []
        with in_evaluation_mode(self._model), torch.enable_grad(), torch.random.fork_rng(devices):
            loss = self._plain(*batch)[0]["loss"]
            return any(found is None for found in torch.autograd.grad(loss, weights, allow_unused=True))

    def _whole(
        self, results: Mapping[str, Tensor], counts: Mapping[str, Tensor], samples: int
    ) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
        device = results[self._names[0]].device
        own = torch.tensor(float(samples), dtype=torch.float64, device=device)
        real = own.clamp(max=1)
        of_each = [counts[key].double() * real if (key := self._key[name]) else own for name in self._names]
        weights = torch.stack(
            [real if name in self._added else n for name, n in zip(self._names, of_each, strict=True)]
        )
        values = torch.stack([results[name].detach().double() for name in self._names])
        tallies = [(key, counts[key].double() * real) for key in counts if key not in self._key.values()]
        row = torch.cat(
            [
                torch.where(weights > 0, values * weights, 0.0),
                torch.stack(of_each),
                own[None],
                *(tally.flatten() for _, tally in tallies),
            ]
        )
        dist.all_reduce(row)
        n = len(self._names)
        totals, all_counts = row[:n], row[n : 2 * n]
        self.group.samples = int(row[2 * n].item())
        over = torch.stack(
            [
                all_counts.new_ones(()) if name in self._added else c
                for name, c in zip(self._names, all_counts, strict=True)
            ]
        )
        told = dict(zip(self._names, totals / over, strict=True))
        found: dict[str, Tensor] = {**results, **told}
        found["loss"] = self._loss(results, weights / over, told)
        whole_counts = {key: all_counts[self._names.index(name)] for name, key in self._key.items() if key}
        at = 2 * n + 1
        for key, tally in tallies:
            whole_counts[key] = row[at : at + tally.numel()].reshape(tally.shape).to(counts[key].dtype)
            at += tally.numel()
        return found, whole_counts

    def _loss(self, results: Mapping[str, Tensor], shares: Tensor, told: Mapping[str, Tensor]) -> Tensor:
        """The loss of the whole batch, which lowers this process's share of it."""
        value = sum((w * told[name] for name, w in self._losses.items()), torch.zeros((), dtype=torch.float64))
        if not results["loss"].requires_grad:
            return torch.as_tensor(value)
        lowered = results["loss"].new_zeros(())
        for name, weight in self._losses.items():
            share = shares[self._names.index(name)].to(results[name].dtype)
            part = torch.where(share > 0, results[name], results[name].detach().new_zeros(()))
            lowered = lowered + part * (self.group.size * weight * share)
        return _Told.apply(lowered, torch.as_tensor(value))  # type: ignore[no-untyped-call,no-any-return]


def _adds_up(step: Any) -> bool:
    layer = step.facts.layer
    return layer is not None and layer.values().get("reduction") == "sum"
