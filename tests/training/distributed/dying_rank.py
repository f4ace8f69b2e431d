"""The command line in a process of torchrun's that dies once: ``python -m tests.training.distributed.dying_rank train …``.

With a checkpoint whenever it looks up. The process whose rank ``DYING_RANK`` says is killed when it takes its share of batch `BATCH`, the
first time that torchrun has started it; a checkpoint is waited for before.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import torch
from torch import Tensor

from tests.waiting import until
from visualnet.cli.main import main
from visualnet.training.checkpoints import LAST
from visualnet.training.distributed.joined_processes import JoinedProcesses
from visualnet.training.loop import checkpointer

BATCH = 12
RANK = "DYING_RANK"


def die_at_batch(folder: Path) -> None:
    """Have this process killed in the middle of its training."""
    take, taken = JoinedProcesses.take, 0

    def taking(self: JoinedProcesses, index: Tensor, step: int | None = None) -> Tensor:
        nonlocal taken
        taken += 1
        if taken == BATCH:
            until(lambda: (folder / LAST / "state.json").exists(), "a checkpoint")
            os.kill(os.getpid(), signal.SIGKILL)
        return take(self, index, step)

    JoinedProcesses.take = taking  # type: ignore[method-assign]


if __name__ == "__main__":
    torch.set_num_threads(1)
    checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE = 0.0, 1e9
    if os.environ.get(RANK) == os.environ["RANK"] and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
        die_at_batch(Path(sys.argv[sys.argv.index("--run-dir") + 1]))
    sys.exit(main(sys.argv[1:]))
