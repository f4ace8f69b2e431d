"""The window killed (kill −9) at any moment, again and again: what was saved or in the journal is there, and the file is whole."""

from __future__ import annotations

import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Amount
from tests.training.kill_points import where_killed
from tests.training.process_server import NEEDS_FORK, ProcessServer, server_of
from visualnet.core.process.autosave import orphans
from visualnet.core.project import Project
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.resources import resource

pytestmark = NEEDS_FORK
MOMENTS = {
    "while it opened": ("edit", range(1), 500_000),
    "among changes": ("edit", range(1, 12), 40_000),
    "while the journal was written": ("journal", range(1, 12), 1_200),
    "while the file was saved": ("save", range(1, 4), 2_500),
}
"""When it is killed: what is done at the so manieth time, and how many calls of functions from there on it is dead at the latest."""

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
    kills, stages = amount(4, wide=12, thorough=100), Counter[str]()
    for number in range(kills):
        work, times, calls = list(MOMENTS.values())[number % len(MOMENTS)]
        drawn = f"{work} {chance.choice(times)} {chance.randrange(1, calls)}"
        before = kept.read_text()
        assert windows.ask(f"start {drawn} {tmp_path}") == str(-signal.SIGKILL), said(tmp_path)
        sure = int(kept.read_text() or 0)
        stages[stage(where_killed(tmp_path / "killed"), kept.read_text() != before)] += 1
        print(f"killed {number + 1} times, at last with {sure} changes kept: {dict(stages)}", flush=True)
        saved = load(file)  # whole, whatever it was killed in
        left = [number_of(copy.load()) for copy in orphans() if copy.path == file]
        assert max([number_of(saved), *left]) >= sure
        Settings(tmp_path / "settings.json")
        assert not (tmp_path / "settings.json.damaged").exists()
    assert set(stages) == set(MOMENTS)
    told = ", ".join(f"{stages[name]} {name}" for name in MOMENTS)
    record_property("told", f"window killed {kills} times, nothing lost: {told}")


def stage(names: set[str], changed: bool) -> str:
    """Which of `MOMENTS` it was, by the functions that were under way and whether this window had changed anything."""
    opening, among, journal, save = MOMENTS
    if "Journal._write" in names:
        return journal
    if "ProjectFiles.save" in names:
        return save
    return among if changed or "Hands.set_param" in names or "Document.do" in names else opening


def number_of(project: Project) -> int:
    """How far somebody had come in it; 0 where it is as it was shipped."""
    return int(project.note) if project.note.isdigit() else 0


def said(folder: Path) -> str:
    path = folder / "said"
    return path.read_text()[-4000:] if path.exists() else ""
