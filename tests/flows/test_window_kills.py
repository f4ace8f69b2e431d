"""The window killed (kill −9) at any moment, again and again: what was saved or in the journal is there, and the file is whole."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Amount
from tests.training.process_server import NEEDS_FORK, ProcessServer, server_of
from visualnet.core.process.autosave import orphans
from visualnet.core.project import Project
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.resources import resource

pytestmark = NEEDS_FORK
MOST = 1_500_000
"""Calls of functions after which the window is dead at the latest: it opens within the first third of them."""

windows = server_of("tests.flows.forked_window")
"""The process that forks windows."""


@pytest.mark.wide
@pytest.mark.timeout(7200)
def test_a_window_that_is_killed_loses_nothing_that_was_kept(
    windows: ProcessServer, tmp_path: Path, amount: Amount, record_property: Any
) -> None:
    file, kept, chance = tmp_path / "net.vnet", tmp_path / "kept", random.Random(15)
    file.write_bytes(resource("templates", "lenet5.vnet").read_bytes())
    kept.touch()
    kills, opening = amount(2, wide=10, thorough=100), 0
    for number in range(1, kills + 1):
        before = kept.read_text()
        assert windows.ask(f"start {chance.randrange(1, MOST)} {tmp_path}") == str(-signal.SIGKILL), said(tmp_path)
        sure = int(kept.read_text() or 0)
        print(f"killed {number} times, at last with {sure} changes kept", flush=True)
        opening += kept.read_text() == before
        saved = load(file)  # whole, whatever it was killed in
        left = [number_of(copy.load()) for copy in orphans() if copy.path == file]
        assert max([number_of(saved), *left]) >= sure
        Settings(tmp_path / "settings.json")
        assert not (tmp_path / "settings.json.damaged").exists()
    record_property("told", f"window killed {kills} times, {opening} of them before its first edit")


def number_of(project: Project) -> int:
    """How far somebody had come in it; 0 where it is as it was shipped."""
    return int(project.note) if project.note.isdigit() else 0


def said(folder: Path) -> str:
    path = folder / "said"
    return path.read_text()[-4000:] if path.exists() else ""
