"""No training process outlives its test."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from visualnet.training.process import spawn


@pytest.fixture(autouse=True)
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of all training processes that the test starts; one that still lives at its end fails it."""
    started: list[int] = []
    begin = spawn.TrainingProcess.__init__

    def note(self: spawn.TrainingProcess) -> None:
        begin(self)
        started.append(self.pid)

    monkeypatch.setattr(spawn.TrainingProcess, "__init__", note)
    yield started
    left = [pid for pid in started if _lives(pid)]
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    assert left == [], "training processes that this test left behind"


def _lives(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False  # it was waited for already
