"""A training process killed (kill −9) at any moment, again and again: words each time, and the bits of one that nobody killed."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import Amount
from tests.training.by_hand import tiny
from tests.training.process_server import NEEDS_FORK, ForkedProcess, ProcessServer, server_of
from tests.training.test_kill import ALL_GUARDS, told, weights
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.checkpoints import find_checkpoints, read_state
from visualnet.training.process.child import LENGTH, TrainingTask
from visualnet.training.process.ending import conclude
from visualnet.training.process.follow import Follower
from visualnet.training.process.log_tail import whole_size_of
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.runs.run_model import create_run, read_run

pytestmark = NEEDS_FORK
EPOCHS = 30

forks = server_of("tests.training.process.forked_training")
"""The process that forks trainings."""


def follow(forks: ProcessServer, project: Project, folder: Path, calls: int) -> list[Any]:
    """Train there in a process that kills itself at that call; all that a window hears of it."""
    task = folder / "task"
    body = msgspec.msgpack.encode(
        TrainingTask(project_file.dumps(project), str(folder), (folder / "events.jsonl").exists())
    )
    before = whole_size_of(folder)
    task.write_bytes(LENGTH.pack(len(body)) + body)
    pid, state = forks.ask(f"start {calls} {task}").split()
    process, heard = ForkedProcess(forks, int(pid)), list[Any]()
    if state == "ready":
        Follower(folder, RemoteControl(), heard.append, process=process, before=before).run()
    else:
        found = conclude(folder, process.wait())
        heard += [found] if found is not None else []
    return heard


def newest_checkpoint(folder: Path) -> int:
    """The step that is kept."""
    return max((read_state(one).step for one in find_checkpoints(folder)), default=0)


@pytest.mark.more
@pytest.mark.timeout(3600)
def test_killed_at_any_moment_nothing_is_lost_but_since_the_last_checkpoint(
    forks: ProcessServer, tmp_path: Path, amount: Amount, record_property: Any
) -> None:
    project, chance = tiny(epochs=EPOCHS, optimizer="Adam", options=ALL_GUARDS), random.Random(15)
    whole = create_run(project, tmp_path / "whole")
    heard = follow(forks, project, whole, -1)
    assert any(isinstance(event, events.Finished) for event in heard), heard
    kills, most, runs, reached = amount(3, wide=20, thorough=100), 600_000, 0, 0
    stages = dict.fromkeys(("before it could be reached", "before its first step", "among its steps"), 0)
    while kills > 0:
        folder = create_run(project, tmp_path / f"run-{runs}")
        runs += 1
        while read_run(folder).state != "done":
            heard = follow(forks, project, folder, chance.randrange(1, most) if kills > 0 else -1)
            last = heard[-1]
            model, kept = read_run(folder), newest_checkpoint(folder)
            assert kept >= reached, "a checkpoint is lost"
            reached = kept
            assert model.unread == ""
            if model.state == "done":  # also where it was killed behind its end, before the window had heard of that
                break
            assert isinstance(last, events.Failed), heard
            assert last.kind == "process" and signal.SIGKILL.name in last.words, last.words
            assert model.state == "failed"
            assert model.failed == last
            kills -= 1
            begun = any(isinstance(event, events.Steps | events.EpochDone) for event in heard)
            stages[list(stages)[2 if begun else len(heard) > 1]] += 1
        assert told(read_run(folder)) == told(read_run(whole))
        assert weights(folder) == weights(whole)
        assert not list(folder.glob(".*")), "nothing stays of what was being written"
        reached = 0
    told_of = ", ".join(f"{count} {stage}" for stage, count in stages.items())
    record_property("told", f"training process killed over {runs} runs: {told_of}")
