"""The process that starts pairs of processes, for all tests of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Launcher:
    """Starts the processes of a run, and waits for them."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self.server = server

    def start(self, folder: Path, **job: Any) -> list[int]:
        """Start them; their process ids by rank."""
        folder.mkdir(parents=True, exist_ok=True)
        assert self.server.stdin is not None
        self.server.stdin.write(json.dumps({"folder": str(folder), **job}) + "\n")
        self.server.stdin.flush()
        found: list[int] = json.loads(self.answer())
        return found

    def end(self) -> list[int]:
        """Their exit codes, when all have ended."""
        found: list[int] = json.loads(self.answer())
        return found

    def answer(self) -> str:
        """The next line that it prints."""
        assert self.server.stdout is not None
        return self.server.stdout.readline()


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.training.distributed.launcher"]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        found = Launcher(server)
        assert found.answer() == "ready\n"
        yield found
        assert server.stdin is not None
        server.stdin.close()
