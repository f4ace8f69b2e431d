"""A process that has all imported and forks training processes, so that many of them can be killed, each wherever it is.

``python -m tests.training.process.forked_training`` reads a line ``start WORK TIMES CALLS TASK`` and forks a process that does what the
task in that file says, as `visualnet.training.process.child` does. When it does this work (of `WORK`) for the so manieth time, it kills
itself (kill −9) at the call of a function that has this number from there on (negative: at none; TIMES 0: counted from its start). Where
it stood then is in ``TASK.killed``. The child's number is printed, and whether it can be reached. ``wait CHILD`` prints how it ended,
``lives CHILD`` whether not.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from tests.training.kill_points import Calls
from visualnet.training.loop import checkpointer, session
from visualnet.training.loop.metrics import Tally
from visualnet.training.process import child
from visualnet.training.process.child import READY, WARM

WORK = {
    "step": Tally.before_step,
    "look_up": session.TrainingLoop.look_up,
    "checkpoint": checkpointer.Checkpointer.save,
}
"""From what on calls are counted: a step's own, what is done between two steps, and the writing of a checkpoint."""


def train(task: str, work: str, times: int, calls: int) -> None:
    """Be a training process, with a checkpoint whenever it looks up from its steps."""
    checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE, session.FLUSH_S = 0.0, 1e9, 0.0
    child._import_all = lambda: None  # it is done
    with open(task, "rb") as said:
        sys.stdin = io.TextIOWrapper(io.BytesIO(said.read()))
    counted = Calls(calls, (WORK[work], times), Path(f"{task}.killed"))
    counted.start()
    code = child.main()
    counted.stop()
    os._exit(code)


def start(work: str, times: str, calls: str, task: str) -> str:
    """Fork one: its number, and whether it can be reached."""
    heard, told = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.dup2(told, 1)
            train(task, work, int(times), int(calls))
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
