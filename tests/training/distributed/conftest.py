"""The process that starts pairs of processes, for all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.process_server import ProcessServer, serving


class Launcher:
    """Starts the processes of a run, and waits for them."""

    def __init__(self, server: ProcessServer) -> None:
        self.server = server

    def start(self, folder: Path, **job: Any) -> list[int]:
        """Start them; their process ids by rank."""
        folder.mkdir(parents=True, exist_ok=True)
        found: list[int] = json.loads(self.server.ask(json.dumps({"folder": str(folder), **job})))
        return found

    def train(self, folder: Path, **job: Any) -> dict[str, Any]:
        """Have two processes train cases; what they tell of each."""
        self.start(folder, **job)
        assert self.end() == [0, 0], said(folder)
        found: dict[str, Any] = json.loads((folder / "told.json").read_text())
        return found

    def end(self) -> list[int]:
        """Their exit codes, when all have ended."""
        found: list[int] = json.loads(self.server.answer())
        return found


def said(folder: Path) -> str:
    """What the processes printed."""
    return "\n".join(path.read_text() for path in sorted(folder.glob("out.*")))


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with serving("tests.training.distributed.launcher") as server:
        yield Launcher(server)
