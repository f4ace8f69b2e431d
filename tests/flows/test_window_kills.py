"""The window killed (kill −9) at any moment, again and again: what was saved or in the journal is there, and the file is whole."""

from __future__ import annotations

import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Amount
from tests.training.by_hand import tiny
from tests.training.kill_points import where_killed
from tests.training.process_server import NEEDS_FORK, ProcessServer, server_of
from tests.training.test_kill import ALL_GUARDS, told, weights
from visualnet.core.process.autosave import orphans
from visualnet.core.project import Project
from visualnet.core.storage.paths import runs_dir
from visualnet.core.storage.project_file import load, save
from visualnet.core.user.settings import Settings
from visualnet.data.loading import load as load_data
from visualnet.resources import resource
from visualnet.training.checkpoints import find_checkpoints, read_state
from visualnet.training.loop import session
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import create_run, read_run

pytestmark = NEEDS_FORK
MOMENTS = {
    "while it opened": ("edit", range(1), 500_000),
    "among changes": ("edit", range(1, 12), 40_000),
    "while the journal was written": ("journal", range(1, 12), 1_200),
    "while the file was saved": ("save", range(1, 4), 2_500),
}
"""When it is killed: what is done at the so manieth time, and how many calls of functions from there on it is dead at the latest."""

TRAINING_MOMENTS = {"step": 300, "checkpoint": 1_600}
"""What the training in it is doing, and how many calls of functions from there on it is dead at the latest."""

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


@pytest.mark.wide
@pytest.mark.timeout(7200)
def test_a_window_that_is_killed_while_it_trains_leaves_a_run_that_goes_on_to_the_same_bits(
    windows: ProcessServer,
    tmp_path: Path,
    amount: Amount,
    record_property: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "FLUSH_S", 0.0)  # as in those windows: each step is told by itself
    project, chance = tiny(epochs=6, optimizer="Adam", options=ALL_GUARDS), random.Random(16)
    save(tmp_path / "net.vnet", project)
    whole = finish(project, create_run(project, tmp_path / "whole"))
    kills, among = amount(2, wide=6, thorough=100), Counter[bool]()
    for number in range(kills):
        work, calls = list(TRAINING_MOMENTS.items())[number % len(TRAINING_MOMENTS)]
        before = set(runs_dir().iterdir())
        drawn = f"{work} {chance.randrange(1, 7)} {chance.randrange(1, calls)}"
        assert windows.ask(f"start {drawn} {tmp_path}") == str(-signal.SIGKILL), said(tmp_path)
        (folder,) = set(runs_dir().iterdir()) - before
        among["Checkpointer.save" in where_killed(tmp_path / "killed")] += 1
        assert read_run(folder).unread == ""
        for checkpoint in find_checkpoints(folder):
            read_state(checkpoint)
        finish(project, folder)
        assert told(read_run(folder)) == told(read_run(whole))
        assert weights(folder) == weights(whole)
    assert len(among) == 2
    where = f"{among[True]} while a checkpoint was written, {among[False]} in a step or behind it"
    record_property(
        "told", f"window killed {kills} times while it trained, equal to the bit when gone on with: {where}"
    )


def finish(project: Project, folder: Path) -> Path:
    """Train the run of this folder to its end, from where it stands."""
    begun = (folder / "events.jsonl").exists()
    one = Session(project, load_data(project.data), lambda event: None, folder=folder, resume=begun, threads=1)
    assert one.run() == "done"
    return folder


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
