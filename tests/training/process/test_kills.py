"""A training process killed (kill −9) at any moment, again and again: words each time, and the bits of one that nobody killed."""

from __future__ import annotations

import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import Amount
from tests.training.by_hand import tiny
from tests.training.kill_points import where_killed
from tests.training.process_server import NEEDS_FORK, ForkedProcess, ProcessServer, server_of
from tests.training.test_kill import ALL_GUARDS, told, weights
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.checkpoints import find_checkpoints, read_state
from visualnet.training.process.child import LENGTH, TrainingTask
from visualnet.training.process.exit_report import record_lost_ending
from visualnet.training.process.follow import Follower
from visualnet.training.process.log_tail import whole_size_of
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.runs.run_model import create_run, read_run

pytestmark = NEEDS_FORK
EPOCHS = 30
MOMENTS = {
    "before its first step": ("step", range(1), 600_000),
    "in a step": ("step", range(1, 13), 300),
    "between two steps": ("look_up", range(1, 13), 12_000),
    "while a checkpoint was written": ("checkpoint", range(1, 13), 1_600),
}
"""When it is killed: what is done at the so manieth time, and how many calls of functions from there on it is dead at the latest."""
NEVER = "step 0 -1"

forks = server_of("tests.training.process.forked_training")
"""The process that forks trainings."""


def follow(forks: ProcessServer, project: Project, folder: Path, moment: str) -> list[Any]:
    """Train there in a process that kills itself at that moment; all that a window hears of it."""
    task = folder.with_suffix(".task")
    body = msgspec.msgpack.encode(
        TrainingTask(project_file.dumps(project), str(folder), (folder / "events.jsonl").exists())
    )
    before = whole_size_of(folder)
    task.write_bytes(LENGTH.pack(len(body)) + body)
    pid, state = forks.ask(f"start {moment} {task}").split()
    process, heard = ForkedProcess(forks, int(pid)), list[Any]()
    if state == "ready":
        Follower(folder, RemoteControl(), heard.append, process=process, before=before).run()
    else:
        found = record_lost_ending(folder, process.wait())
        heard += [found] if found is not None else []
    return heard


def newest_checkpoint(folder: Path) -> int:
    """The step that is kept."""
    return max((read_state(one).step for one in find_checkpoints(folder)), default=0)


@pytest.mark.wide
@pytest.mark.more
@pytest.mark.timeout(3600)
def test_killed_at_any_moment_nothing_is_lost_but_since_the_last_checkpoint(
    forks: ProcessServer, tmp_path: Path, amount: Amount, record_property: Any
) -> None:
    project, chance = tiny(epochs=EPOCHS, optimizer="Adam", options=ALL_GUARDS), random.Random(15)
    whole = create_run(project, tmp_path / "whole")
    heard = follow(forks, project, whole, NEVER)
    assert any(isinstance(event, events.Finished) for event in heard), heard
    kills = kills_in_all = amount(4, wide=20, thorough=100)
    runs, reached, stages = 0, 0, Counter[str]()
    while kills > 0:
        folder = create_run(project, tmp_path / f"run-{runs}")
        runs += 1
        while read_run(folder).state != "done":
            work, times, calls = list(MOMENTS.values())[stages.total() % len(MOMENTS)]
            drawn = f"{work} {chance.choice(times)} {chance.randrange(1, calls)}"
            heard = follow(forks, project, folder, drawn if kills > 0 else NEVER)
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
            stages[stage(where_killed(folder.with_suffix(".task.killed")))] += 1
            print(f"killed {stages.total()} times, at last after step {model.step}: {dict(stages)}", flush=True)
        assert told(read_run(folder)) == told(read_run(whole))
        assert weights(folder) == weights(whole)
        assert not list(folder.glob(".*")), "nothing stays of what was being written"
        reached = 0
    if kills_in_all >= 20:
        assert set(MOMENTS) <= set(stages)
    stages_told = ", ".join(f"{count} {stage}" for stage, count in stages.items())
    record_property(
        "told", f"training process killed {stages.total()} times over {runs} runs, equal to the bit: {stages_told}"
    )


def stage(names: set[str]) -> str:
    """Where it was, by the functions that were under way."""
    for name, moment in (
        ("Checkpointer.save", "while a checkpoint was written"),
        ("TrainingLoop._validate_epoch", "in a validation"),
        ("TrainingLoop.look_up", "between two steps"),
        ("TrainingLoop._train_epoch", "in a step"),
        ("TrainingLoop.run", "between two epochs"),
    ):
        if name in names:
            return moment
    return "before its first step"
