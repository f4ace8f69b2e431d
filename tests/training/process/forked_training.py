"""A process that has all imported and forks training processes, so that many of them can be killed, each wherever it is.

``python -m tests.training.process.forked_training`` reads a line ``start CALLS TASK`` and forks a process that does what the task in that
file says, as `visualnet.training.process.child` does; it kills itself (kill −9) at the call of a function that has this number (negative:
at none). The child's number is printed, and whether it can be reached. ``wait CHILD`` prints how it ended, ``lives CHILD`` whether not.
"""

from __future__ import annotations

import io
import os
import sys

from tests.training.trainer_process import Calls
from visualnet.training.loop import checkpointer, session
from visualnet.training.process import child
from visualnet.training.process.child import READY, WARM


def train(task: str, calls: int) -> None:
    """Be a training process, with a checkpoint whenever it looks up from its steps."""
    checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE, session.FLUSH_S = 0.0, 1e9, 0.0
    child._import_all = lambda: None  # it is done
    with open(task, "rb") as said:
        sys.stdin = io.TextIOWrapper(io.BytesIO(said.read()))
    sys.setprofile(Calls(calls))
    code = child.main()
    sys.setprofile(None)
    os._exit(code)


def start(calls: str, task: str) -> str:
    """Fork one: its number, and whether it can be reached."""
    heard, told = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.dup2(told, 1)
            train(task, int(calls))
        finally:
            os._exit(1)
    os.close(told)
    with open(heard, "rb") as lines:
        reached = lines.readline() == WARM and lines.readline() == READY
    return f"{pid} {'ready' if reached else 'ended'}"


def main() -> None:
    """Serve until the input ends."""
    child._import_all()
    print("ready", flush=True)
    ended: dict[int, int] = {}
    for line in sys.stdin:
        word, *said = line.split()
        if word == "start":
            print(start(*said), flush=True)
            continue
        pid = int(said[0])
        if pid not in ended:
            found, status = os.waitpid(pid, 0 if word == "wait" else os.WNOHANG)
            if found:
                ended[pid] = os.waitstatus_to_exitcode(status)
        print(ended.get(pid, "") if word == "wait" else pid not in ended, flush=True)


if __name__ == "__main__":
    main()
