"""Whether the program that has started this one still lives: a pipe from it says so, which the operating system closes with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

LET_GO = b"."
"""What an owner says that lets a process go on without it."""
END_S = 20.0
"""So long a process without its owner may take to end in good order."""


def when_orphaned(act: Callable[[], object], handle: int = 0, end_s: float = END_S) -> None:
    """Call ``act``, in a thread of its own, when the program at the other end of ``handle`` (the standard input) has ended, however it
    ended; a process that has not ended ``end_s`` seconds later ends then. Nothing happens where it says `LET_GO` before."""

    def watch() -> None:
        while True:
            try:
                said = os.read(
                    handle, 1
                )  # not by sys.stdin: a thread that holds that at the end of Python aborts the process
            except OSError:
                said = b""
            if said == LET_GO:
                return
            if not said:
                break
        act()
        threading.Event().wait(end_s)
        os._exit(1)

    threading.Thread(target=watch, name="owner", daemon=True).start()
