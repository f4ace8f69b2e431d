"""Reports of ranks other than 0: nothing but their own failures, to the terminal and to torchrun's error file."""

from __future__ import annotations

import os
import sys

from visualnet.training.events import Event, Failed, NetworkChanged, Started, Trouble


class OtherRank:
    """The sink of every process but rank 0: what only it can tell goes to the error output, with its number."""

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self._began = False

    def __call__(self, event: Event) -> None:
        """Say it, if rank 0 does not: failures, and what this process met in its part of the data."""
        self._began |= isinstance(event, Started | NetworkChanged)
        if isinstance(event, Failed) and event.kind not in ("nonfinite", "graph"):
            report(event.words)
            print(f"visualnet, rank {self.rank}: failed: {event.words}", file=sys.stderr, flush=True)
        elif isinstance(event, Trouble) and self._began:
            print(f"visualnet, rank {self.rank}: {event.words}", file=sys.stderr, flush=True)


def report(words: str) -> None:
    """Let torchrun's summary say why this process failed, where it asked for that (its error file)."""
    if not os.environ.get("TORCHELASTIC_ERROR_FILE"):
        return
    from torch.distributed.elastic.multiprocessing.errors import get_error_handler

    get_error_handler().record_exception(RuntimeError(words))
