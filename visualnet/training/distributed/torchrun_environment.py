"""What torchrun says to each process that it starts, and the processes joined by it.

torchrun (``python -m torch.distributed.run``) sets RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR and MASTER_PORT. Importing
this needs no torch.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from visualnet.core.errors import FileError
from visualnet.core.process.exit_signals import end_at_once
from visualnet.core.process.machine_memory import cores
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.format import format_quantity
from visualnet.training.distributed.process_group import ALONE, Member, ProcessGroup

TIMEOUT_S = 600.0
"""So long one process waits for another; what takes longer (a checkpoint of a very large network) is given more."""
TIMEOUT = "VISUALNET_TIMEOUT"
"""The variable that says another number of seconds."""
LAUNCH = "torchrun.txt"
RUN_ID, NO_NAME = "TORCHELASTIC_RUN_ID", "none"
"""What torchrun calls the name of its rendezvous, and how it says that none was given."""


class ProcessRank(NamedTuple):
    """This process among those of a run: its number over all machines and on its own, of how many."""

    rank: int = 0
    size: int = 1
    local: int = 0
    local_size: int = 1
    restarts: int = 0

    def place(self, project: Project) -> Project:
        """The project with the device that this process is to compute on, and its share of the cores.

        Raises:
            ValueError: there are fewer GPUs than processes, or the recipe names one GPU for all.
        """
        if self.size == 1:
            return project
        import torch

        recipe, here = project.recipe, torch.cuda.device_count()
        if recipe.device.startswith("cuda:"):
            raise ValueError(
                f"the recipe names one device, {recipe.device}, for all processes: choose --device cuda, and each takes its own"
            )
        if recipe.device == "cuda" or (recipe.device == "auto" and here):
            if self.local_size > here:
                raise ValueError(
                    f"{format_quantity(self.local_size, 'process', 'processes')} were started where there are "
                    f"{format_quantity(here, 'GPU')}: start {here} (--nproc-per-node {here}), or train on --device cpu"
                )
            recipe = msgspec.structs.replace(recipe, device=f"cuda:{self.local}" if self.local else "cuda")
        elif recipe.device == "auto":
            recipe = msgspec.structs.replace(recipe, device="cpu")
        return msgspec.structs.replace(project, recipe=recipe)

    @property
    def threads(self) -> int | None:
        """Threads for each process, where the recipe says nothing of it; None: as one process alone takes."""
        return max(1, cores() // self.local_size) if self.size > 1 else None

    @contextlib.contextmanager
    def joined(self, project: Project, shard: bool = False, joint: bool = False) -> Iterator[ProcessGroup]:
        """The processes, joined while this lasts; with ``shard`` the weights are divided among them, with ``joint``
        batch normalization takes the statistics of the whole batch.

        Raises:
            ValueError: they do not find each other, or cannot train this project together.
        """
        if self.size == 1:
            if shard:
                raise ValueError(
                    "--shard divides the weights among processes: start several with torchrun (docs/guide/clusters.md)"
                )
            if joint:
                raise ValueError(
                    "--sync-batchnorm is for several processes, as torchrun starts them: one has the whole batch anyway"
                )
            yield ALONE
            return
        import torch
        import torch.distributed as dist
        from torch.distributed.distributed_c10d import PrefixStore
        from torch.distributed.rendezvous import rendezvous

        from visualnet.training import devices
        from visualnet.training.distributed import exchange, lost_ranks, refusals
        from visualnet.training.distributed.joined_processes import JoinedProcesses

        refusals.check(project, self.size)
        if shard:
            from visualnet.training.distributed import sharding

            sharding.check(project)
        device = devices.device_of(project.recipe.device)
        if device.type == "cuda":
            torch.cuda.set_device(device)
        limit = timedelta(seconds=float(os.environ.get(TIMEOUT, TIMEOUT_S)))
        try:
            with end_at_once():  # the others are waited for in C code
                store, rank, size = next(iter(rendezvous("env://", timeout=limit)))
                if self.size == self.local_size:  # torchrun's store outlives those that died, with their addresses
                    store = PrefixStore(f"start {self.restarts}", store)
                backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
                dist.init_process_group(
                    backend, store=PrefixStore("visualnet", store), rank=rank, world_size=size, timeout=limit
                )
        except (RuntimeError, ValueError) as error:
            words = str(error).strip().partition("\n")[0]
            raise ValueError(f"the {self.size} processes do not find each other: {words}") from None
        members = [Member(*one) for one in exchange.gather((rank, socket.gethostname(), os.getpid()), size)]
        watch = lost_ranks.LostRanks(PrefixStore("failures", store), members, rank)
        group = JoinedProcesses(members, rank, device, project.recipe.seed, watch.explain, shard, joint)
        yield group
        if not watch.broken:
            dist.destroy_process_group()


def remember_launch(folder: Path) -> None:
    """Write into a run's folder which torchrun began it, for `was_launched`; nothing where none did."""
    if RUN_ID in os.environ:
        with contextlib.suppress(FileError):
            project_file.write(folder / LAUNCH, _launch().encode())


def was_launched(folder: Path) -> bool:
    """Whether the torchrun that started this process has begun the run of a folder, at an earlier start of its processes."""
    try:
        return read_text(folder / LAUNCH) == _launch()
    except OSError:
        return False


def _launch() -> str:
    """What stays the same when torchrun starts all again: the name that its rendezvous was given, else who started this process."""
    name = os.environ.get(RUN_ID, NO_NAME)
    return name if name != NO_NAME else f"{socket.gethostname()} {os.getppid()}"


def launched(environment: Mapping[str, str] = os.environ) -> ProcessRank:
    """What torchrun has said to this process; one process of one, where it was not started so."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "TORCHELASTIC_RESTART_COUNT")
    if not {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"} <= environment.keys():
        return ProcessRank()
    usual = ProcessRank()
    return ProcessRank(*(int(environment.get(name, one)) for name, one in zip(names, usual, strict=True)))
