"""A process that has torch loaded and forks one training after the other, so that each can be killed.

``python -m tests.training.trainer_process`` reads a run's folder and a number of seconds a line, forks a process that trains there (going
on where the run stood), kills it after these seconds (negative: never), and prints its exit status.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import torch

from tests.training.by_hand import tiny
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
        folder, _, seconds = line.strip().rpartition(" ")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                train(Path(folder))
                code = 0
            finally:
                os._exit(code)
        if float(seconds) >= 0:
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)  # it is not waited for yet: whether it has ended or not, the id is its own
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
