"""A process that has torch loaded and forks one training after the other, so that each can be killed.

``python -m tests.training.trainer_process`` reads a run's folder and a number a line and forks a process that trains there (going on
where the run stood). It kills itself (kill −9) at the call of a function that has this number, wherever that is: in a step, in a
validation, between two files of a checkpoint (negative: at none). Its exit status is printed, and how many calls there were.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch

from tests.training.by_hand import tiny
from tests.training.kill_points import Calls
from visualnet.data.loading import load
from visualnet.training.loop import checkpointer, session
from visualnet.training.runs.run_model import read_project


def train(folder: Path) -> None:
    """Train the run of this folder from where it stands, with a checkpoint after nearly every step."""
    checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE, session.FLUSH_S = 0.0, 1e9, 0.0
    project = read_project(folder)
    assert project is not None
    begun = (folder / "events.jsonl").exists()
    one = session.Session(project, load(project.data), lambda event: None, folder=folder, resume=begun, threads=1)
    assert one.run() == "done"


def main() -> None:
    """Serve until the input ends."""
    torch.set_num_threads(1)
    for optimizer in ("SGD", "Adam"):  # what torch imports when it is first needed is there for all
        project = tiny(epochs=1, optimizer=optimizer, options={"ema_decay": 0.5, "clip_norm": 1.0})
        session.Session(project, load(project.data), lambda event: None, threads=1).run()
    print("ready", flush=True)
    for line in sys.stdin:
        folder, _, at = line.strip().rpartition(" ")
        ends = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                calls = Calls(int(at))
                sys.setprofile(calls)
                train(Path(folder))
                sys.setprofile(None)
                os.write(ends[1], str(calls.count).encode())
                code = 0
            finally:
                os._exit(code)
        os.close(ends[1])
        _, status = os.waitpid(child, 0)
        with os.fdopen(ends[0]) as told:
            print(os.waitstatus_to_exitcode(status), told.read() or 0, flush=True)


if __name__ == "__main__":
    main()
