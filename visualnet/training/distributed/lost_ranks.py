"""Names the ranks that are gone when processes that train together can no longer reach each other.

Whoever cannot go on says so in the store that torchrun keeps: why, where it failed itself; or only that it is there and was left.
The ones that say nothing are those that died, or hang.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import torch.distributed as dist

from visualnet.core.storage.regular_files import read_regular
from visualnet.training.distributed.process_group import Member
from visualnet.training.events import Failed

GRACE_S = 2.0
"""So long the others have to say that they are there."""
LEFT = "left"
_OF_EXCHANGE = ("gloo", "nccl", "connection closed", "connection reset", "broken pipe", "socket")


class LostRanks:
    """Explains a failed run to its person, and this process's own failure to the other ones."""

    def __init__(self, store: Any, members: Sequence[Member], rank: int) -> None:
        self.store, self.members, self.rank = store, members, rank
        self.broken = False
        """Whether the processes have lost each other."""

    def explain(self, told: Failed, error: BaseException) -> Failed:
        """What is told of ``error``: who is gone, or why others failed; as it is, where it is this process's own."""
        self.broken = True
        if not is_of_exchange(error):
            self._say(told.words)
            return told
        self._say(LEFT)
        words = "; ".join(self._find())
        way_out = (
            "the run ended with it: go on from its last checkpoint with --resume, with as many processes as there are"
        )
        return msgspec.structs.replace(told, kind="processes", words=f"{words}; {way_out}", path=())

    def _say(self, words: str) -> None:
        try:
            self.store.set(str(self.rank), words or "failed")
        except RuntimeError:
            return  # the store was kept by a process that is gone

    def _find(self) -> list[str]:
        """Words for each process that failed or is gone."""
        waited, others = time.monotonic() + GRACE_S, [m for m in self.members if m.rank != self.rank]
        said: dict[int, str] = {}
        while len(said) < len(others):
            try:
                said |= {
                    m.rank: self.store.get(str(m.rank)).decode() for m in others if self.store.check([str(m.rank)])
                }
            except RuntimeError:
                break
            if time.monotonic() > waited or any(words != LEFT for words in said.values()):
                break
            time.sleep(0.05)
        failed = [f"{m.words} failed: {said[m.rank]}" for m in others if said.get(m.rank, LEFT) != LEFT]
        if failed:
            return failed
        silent = [m for m in others if m.rank not in said]
        gone = [m for m in silent if not _is_there(m)]
        if gone:
            return [f"{m.words} is gone (killed, or out of memory)" for m in gone]
        return [f"{m.words} does not answer" for m in silent] or [
            "the processes lost each other (a network that fails)"
        ]


def is_of_exchange(error: BaseException) -> bool:
    """Whether this error is one of processes that cannot reach each other."""
    if isinstance(error, dist.DistError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _OF_EXCHANGE)


def _is_there(member: Member) -> bool:
    """Whether a process of this machine lives; one of another machine is taken for gone where it says nothing."""
    if member.host != socket.gethostname():
        return False
    try:
        os.kill(member.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not _is_zombie(member.pid)


def _is_zombie(pid: int) -> bool:
    """Whether it has ended and only its parent does not know yet (Linux; elsewhere that is not asked)."""
    try:
        return read_regular(f"/proc/{pid}/stat").rpartition(b")")[2].split()[0] == b"Z"
    except (OSError, IndexError):
        return False
