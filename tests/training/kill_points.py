"""Where a process kills itself (kill −9): at a call of a function, counted from its start or from when some work was done so many times."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any


class Calls:
    """Counts the calls of functions, and kills the process at one of them (negative: at none).

    ``after`` is a function and a number: what comes before its so manieth call is not counted. Just before the end ``told`` gets the
    names of the functions that were under way, the innermost first, a line each.
    """

    def __init__(
        self, kill_at: int, after: tuple[Callable[..., Any], int] | None = None, told: Path | None = None
    ) -> None:
        self.count, self.kill_at = 0, kill_at
        self._work = after[0].__code__ if after is not None else None
        self._awaited = after[1] if after is not None else 0
        self._told = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if told is not None else None

    def start(self) -> None:
        """Count from here on, in this thread and in those that it starts."""
        threading.setprofile(self)
        sys.setprofile(self)

    def stop(self) -> None:
        """Count no more."""
        sys.setprofile(None)
        threading.setprofile(None)

    def __call__(self, frame: FrameType, event: str, arg: Any) -> None:
        if self._awaited > 0:
            self._awaited -= event == "call" and frame.f_code is self._work
            return
        self.count += event.endswith("call")
        if self.count == self.kill_at:
            if self._told is not None:
                os.write(self._told, "\n".join(_names(frame)).encode())
            os.kill(os.getpid(), signal.SIGKILL)


def _names(frame: FrameType | None) -> list[str]:
    """The functions that are under way, the innermost first."""
    names = []
    while frame is not None:
        names.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return names


def where_killed(told: Path) -> set[str]:
    """The qualified names of the functions in which a process stood when it killed itself; taken away, so that the next finds none."""
    found = set(told.read_text().split("\n"))
    told.unlink()
    return found
