"""JoinedProcesses processes that compute a run together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, fx

from visualnet.compiling.module import Model
from visualnet.training.control import Control
from visualnet.training.distributed import exchange
from visualnet.training.distributed.joint_statistics import (
    awaits_first_batch,
    join,
    join_first_batch,
    keeps_parts,
    normalizes_parts,
)
from visualnet.training.distributed.process_group import Emit, Member, ProcessGroup
from visualnet.training.distributed.shared_control import SharedControl
from visualnet.training.distributed.shared_program import SharedProgram
from visualnet.training.events import Failed, Processes, Trouble

if TYPE_CHECKING:
    from visualnet.training.distributed.process_group import Program

Index = TypeVar("Index", Tensor, np.ndarray)
T = TypeVar("T")
LOOK_S = 0.1
"""All look up from their steps about this often, after a number of steps that the first one tells."""
MOST_STEPS = 1000
"""And at least once in so many batches."""


class JoinedProcesses(ProcessGroup):
    """More than one process, joined by ``torch.distributed``; ``members`` are in the order of their ranks.

    Args:
        place: the device that this process computes on.
        explain: how the run ends for this process, where it cannot go on; it tells the others.
        shards: the weights are divided among them.
        joint: batch normalization takes the statistics of the whole batch (`joint_statistics.py`).
    """

    def __init__(
        self,
        members: Sequence[Member],
        rank: int,
        place: torch.device,
        seed: int,
        explain: Callable[[Failed, BaseException], Failed],
        shards: bool = False,
        joint: bool = False,
    ) -> None:
        self.members, self.rank, self.size = members, rank, len(members)
        self.place, self.seed = place, seed
        hosts = len({member.host for member in members})
        self.processes = Processes(count=self.size, hosts=hosts, shard=shards, sync_batchnorm=joint)
        self.shards, self._joint = shards, joint
        self.model: Model | None = None
        self._explain = explain
        self._control: SharedControl | None = None
        self._left, self._asked = 1, 1
        self._since = time.perf_counter()

    def load(self, make: Callable[[], T]) -> T:
        first = next(member.rank for member in self.members if member.host == self.members[self.rank].host)
        if first != self.rank:
            dist.barrier()
            return make()
        try:
            return make()
        finally:
            dist.barrier()

    def from_rank_0(self, make: Callable[[], T]) -> T:
        found: tuple[T | None, Exception | None] = (None, None)
        if self.rank == 0:
            try:
                found = (make(), None)
            except (ValueError, OSError) as error:
                found = (None, error)
        made, fault = exchange.broadcast(found)
        if fault is not None:
            raise fault
        return made  # type: ignore[no-any-return]

    def lead(self, control: Control, emit: Emit) -> Control:
        self._control = SharedControl(self.rank, lambda: self.agree(True), control, emit, looks=not self.shards)
        return self._control

    def first_place(self, device: torch.device) -> torch.device:
        return torch.device("cpu") if self.shards else device

    def follow(self, model: Model) -> None:
        self.model = model
        join_first_batch(model.net, lambda: self.counts)
        if self._joint:
            join(model.net, lambda: self.counts)
        if self.shards:
            from visualnet.training.distributed.sharding import shard

            shard(model, self.place, self.size)
        # Normalization over a single sample is none: no part may be so small.
        self.least = 2 if normalizes_parts(model.net) else 1

    def wrap(self, program: fx.GraphModule, plain: Program) -> Program:
        assert self.model is not None
        return SharedProgram(self, self.model, program, plain)

    def begin(self, position: Sequence[int], emit: Emit) -> None:
        found = exchange.gather(list(position), self.size)
        for member, other in zip(self.members, found, strict=True):
            if other != found[0]:
                raise ValueError(
                    f"{member.words} stands at step {other[0]:,}, and {self.members[0].words} at step {found[0][0]:,}: the run's folder "
                    "must be one that all machines share"
                )
        assert self.model is not None
        if self.shards and (name := awaits_first_batch(self.model.net)) is not None:
            raise ValueError(
                f"the first batch is to set the weights of “{name}”, which cannot be done where they are divided (--shard): train without "
                "--shard until the first checkpoint, and go on with --shard --resume"
            )
        if normalizes_parts(self.model.net):
            words = (
                "batch normalization takes its mean and deviation from each process's own part of a batch, and keeps those of rank 0: "
                "the numbers differ from those of one process. With --sync-batchnorm they are of the whole batch"
            )
            emit(Trouble(words=words))
        elif keeps_parts(self.model.net):
            words = (
                "instance normalization keeps the running statistics of rank 0's part of each batch: what is validated differs from one "
                "process. With --sync-batchnorm they are of the whole batch"
            )
            emit(Trouble(words=words))

    def is_due(self, wanted: bool) -> bool:
        self._left -= 1
        return self._left <= 0

    def agree(self, soon: bool) -> None:
        now = time.perf_counter()
        each = (now - self._since) / self._asked
        steps = 1 if soon else max(1, min(MOST_STEPS, 2 * self._asked, int(LOOK_S / max(each, 1e-9))))
        assert self._control is not None
        self._left = self._asked = self._control.agree(steps)
        self._since = time.perf_counter()

    def decide(self, wanted: bool) -> bool:
        return bool(exchange.maximum([int(wanted)])[0]) if self.shards else wanted

    def part(self, index: Index) -> Index:
        shares = max(1, min(self.size, len(index) // self.least))
        if self.rank >= shares:
            return index[: self.least]
        return index[len(index) * self.rank // shares : len(index) * (self.rank + 1) // shares]

    def take(self, index: Tensor, step: int | None = None) -> Tensor:
        self.counts = self.rank < max(1, min(self.size, len(index) // self.least))
        if step is not None:
            torch.manual_seed(hash((self.seed, step, self.rank)) % (1 << 63))
        return self.part(index)

    def count(self, batch: Sequence[Tensor]) -> int:
        return self.samples

    def failed(self, told: Failed, error: BaseException) -> Failed:
        return self._explain(told, error)
