"""Processes that tests start, speak with line by line, and may kill: one that has all imported forks the others, which begin at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

NEEDS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork and no kill here")
ROOT = Path(__file__).parents[2]
"""Where `tests` and `visualnet` are."""


def environment() -> dict[str, str]:
    """That of a process which imports the tests and the program from here, and computes with one thread."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


class ProcessServer:
    """A process that obeys line by line and prints a line for each, such as one that forks others."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lock = threading.Lock()

    def ask(self, line: str) -> str:
        """What it prints for a line. Several threads may ask."""
        assert self.process.stdin is not None
        with self._lock:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
            return self.answer()

    def answer(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def serving(module: str) -> Iterator[ProcessServer]:
    """Start ``python -m module`` and give it when it says that it is ready; at the end its input is closed, and it ends by that."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        server = ProcessServer(process)
        assert server.answer() == "ready"
        yield server
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0


def server_of(module: str) -> Any:
    """A fixture: the process of ``python -m module``, until the test is over."""

    @pytest.fixture
    def server() -> Iterator[ProcessServer]:
        with serving(module) as found:
            yield found

    return server


class ForkedProcess(NamedTuple):
    """A child of such a process, as `spawn.TrainingProcess` is one of ours; the server knows the words ``wait`` and ``lives``."""

    server: ProcessServer
    pid: int

    def wait(self) -> int:
        """How it ended: −9 where it was killed."""
        return int(self.server.ask(f"wait {self.pid}"))

    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.server.ask(f"lives {self.pid}") == "True"


def has_ended(pid: int) -> bool:
    """Whether a process that is not ours has ended: it is gone, or a zombie until its parent waits for it. Needs ``/proc``."""
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
