"""A process that has torch loaded and forks the two processes of a run, as torchrun would start them.

``python -m tests.training.distributed.launcher`` reads a job a line, as JSON, forks two processes that do it, prints their ids, and when
both have ended their exit codes. What each says goes to ``out.0`` and ``out.1`` in the job's folder.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from tests.training.distributed.cases import CASES, STATE_CASES, short
from visualnet.cli.main import main as visualnet
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.checkpoints import gather_tensor
from visualnet.training.distributed.joined_processes import JoinedProcesses
from visualnet.training.distributed.process_group import ALONE, ProcessGroup
from visualnet.training.distributed.torchrun_environment import launched
from visualnet.training.loop import checkpointer
from visualnet.training.loop.session import Session


def told(project: Project, group: ProcessGroup = ALONE) -> dict[str, Any]:
    """Train: each step's loss, the rows of the epochs, the weights at the end."""
    seen: list[events.Event] = []
    session = Session(project, load(project.data), seen.append, threads=1, group=group)
    reason = session.run()
    assert session.model is not None, seen
    return {
        "reason": reason,
        "losses": [loss for e in seen if isinstance(e, events.Steps) for loss in e.values["loss"]],
        "epochs": [[e.train, e.validation] for e in seen if isinstance(e, events.EpochDone)],
        "weights": torch.cat([gather_tensor(p).detach().flatten() for p in session.model.net.parameters()]).tolist(),
        "buffers": [b.tolist() for b in session.model.net.buffers()],
        "said": [e.words for e in seen if isinstance(e, events.Trouble | events.Failed)],
    }


def train_cases(folder: Path, names: list[str], shard: bool = False, joint: bool = False) -> int:
    """Train the cases of these names one after the other; rank 0 writes what was told, and whether all processes have the same weights."""
    with launched().joined(short(), shard) as group:
        assert isinstance(group, JoinedProcesses)
        found = {}
        for name in names:
            project = {**CASES, **STATE_CASES}[name]()
            found[name] = told(
                project,
                JoinedProcesses(
                    group.members, group.rank, group.place, project.recipe.seed, group.failed, shard, joint
                ),
            )
            others: list[Any] = [None, None]
            dist.all_gather_object(others, found[name]["weights"])
            found[name]["alike"] = others[0] == others[1]
        if group.writes:
            (folder / "told.json").write_text(json.dumps(found))
    return 0


def work(job: dict[str, Any], rank: int) -> int:
    """What one of the two does: train cases, or what the command line says; ``often``: with a checkpoint whenever it looks up."""
    folder = Path(job["folder"])
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        stream.flush()
        os.dup2(os.open(folder / f"out.{rank}", os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    size = job.get("size", 2)
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(job["port"]), **job.get("environment", {})}
    if job.get("often"):
        checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE = 0.0, 1e9
    return (
        train_cases(folder, job["cases"], job.get("shard", False), job.get("joint", False))
        if "cases" in job
        else visualnet(job["arguments"])
    )


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main() -> None:
    """Serve until the input ends."""
    torch.set_num_threads(1)
    told(short())  # what torch imports when it is first needed is there for all
    print("ready", flush=True)
    for line in sys.stdin:
        job = {"port": free_port(), **json.loads(line)}
        children = []
        for rank in range(job.get("size", 2)):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    code = work(job, rank)
                except BaseException:
                    traceback.print_exc()
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            children.append(child)
        print(json.dumps(children), flush=True)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(json.dumps(codes), flush=True)


if __name__ == "__main__":
    main()
