"""What a machine does to a run: a folder that vanishes, a full disk, a clock that jumps. Words, no hang, nothing else is lost."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.training.by_hand import tiny
from tests.training.process_server import ROOT, environment
from tests.training.search.tiny_search import RATES, search, searched
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop import checkpointer, session
from visualnet.training.process.follow import Follower
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.process.server import serving
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import follow, read_record
from visualnet.training.run_records.record import RunRecord, clip_record
from visualnet.training.runs.run_model import RunModel, read_run
from visualnet.training.search.study import Study, counts, is_over
from visualnet.training.search.worker import TrialStarted

DAY = 86_400.0


def test_a_folder_that_vanishes_is_told_and_the_run_and_its_window_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_SHARE", 1e9)
    monkeypatch.setattr(session, "FLUSH_S", 0.0)
    project, said, heard = tiny(epochs=12), list[Any](), list[Any]()
    folder, control = begin_run(project, tmp_path / "run"), Control()
    follower = threading.Thread(target=Follower(folder, RemoteControl(), heard.append).run)
    with serving(folder, control) as tell:

        def sink(event: events.Event) -> None:
            said.append(event)
            if isinstance(event, events.EpochDone) and event.epoch == 2:
                follower.start()
            if isinstance(event, events.EpochDone) and event.epoch == 5:
                shutil.rmtree(folder)
            tell(event)

        assert session.Session(project, load(project.data), sink, control, folder=folder, threads=1).run() == "done"
    follower.join()
    words = [event.words for event in said if isinstance(event, events.Trouble)]
    assert any("is gone" in one for one in words), words
    assert not any("free some space" in one for one in words)
    assert len(words) < 6, "told, not repeated with every step"
    assert not folder.exists(), "nothing is written in another place than the person's"


def test_a_search_whose_folder_vanishes_ends_with_words(tmp_path: Path) -> None:
    folder = tmp_path / "s"

    def take_away(message: Any, stop_control: Any) -> None:
        if isinstance(message, TrialStarted) and message.trial.number == 2:
            shutil.rmtree(folder)

    with pytest.raises((ValueError, OSError)) as told:  # that there is no journal to read any more
        search(folder, searched(RATES, method="random", trials=5), take_away)
    assert str(folder) in str(told.value)
    assert not (folder / "journal.jsonl").exists()


# With -B: what Python would compile under the limit would be cut too, and stay so for all who import it later.
FULL = """
import resource, sys
from pathlib import Path
from tests.training.by_hand import tiny
from visualnet.training.console import TrainOptions, train
from visualnet.training.run_records.create_run_folder import begin_run
import visualnet.training.loop.session, visualnet.training.loop.checkpointer as checkpointer
checkpointer.CHECKPOINT_S = 0.0
project = tiny(epochs=40)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
sys.exit(train(project, TrainOptions(run=Path(sys.argv[1]))))
"""


@pytest.mark.wide
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no limit on files here")
def test_a_disk_that_takes_no_more_ends_nothing_and_is_told(tmp_path: Path) -> None:
    """Every file of the run may have 3,000 bytes: the log and the weights want more."""
    folder = tmp_path / "run"
    told = run_limited(FULL, folder)
    assert "can no longer be written" in told.stdout + told.stderr
    assert "epoch 40/40" in told.stdout, told.stdout + told.stderr
    model = read_run(folder)
    assert model.unread == "" and model.epochs, "what was written is whole"
    assert (folder / "events.jsonl").stat().st_size <= 3000


def run_limited(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, for a limit on files stays; it raises nothing."""
    command = [sys.executable, "-B", "-c", source, str(folder)]
    told = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert "Traceback" not in told.stderr, told.stderr
    return told


FULL_SEARCH = """
import resource, sys
from pathlib import Path
from tests.training.search.tiny_search import RATES, searched
from visualnet.training.experiments.runner import StopControl
from visualnet.training.search import folder as kept
from visualnet.training.search.worker import work
import visualnet.data.loading, visualnet.training.loop.session, visualnet.training.search.study
folder, told = Path(sys.argv[1]), []
kept.begin(folder, searched(RATES, method="random", trials=8))
resource.setrlimit(resource.RLIMIT_FSIZE, (3500, 3500))
work(folder, StopControl(), told.append)
print(told[-1].reason, told[-1].words)
"""


@pytest.mark.wide
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no limit on files here")
def test_a_search_on_a_disk_that_takes_no_more_ends_with_words_and_goes_on_later(tmp_path: Path) -> None:
    """Every file may have 3,500 bytes, which the journal reaches in the middle of a line, with some trials done."""
    folder = tmp_path / "s"
    told = run_limited(FULL_SEARCH, folder)
    assert told.stdout.startswith(f"failed {folder}: the search cannot be kept there"), told.stdout
    assert "Free some space" in told.stdout and "start the search again" in told.stdout
    journal = folder / "journal.jsonl"
    assert journal.stat().st_size <= 3500
    before = {trial.number: trial.value for trial in Study(folder).trials() if trial.state == "done"}
    assert before
    trials, ended = search(folder, searched(RATES, method="random", trials=8))
    assert ended.reason == "done", ended.words
    assert before.items() <= {trial.number: trial.value for trial in trials}.items(), "what was reached is kept"
    assert sum(map(counts, trials)) == 8 and all(map(is_over, trials))


@given(st.lists(st.sampled_from([0.0, DAY, -DAY, 400 * DAY, -400 * DAY, 0.5]), min_size=6, max_size=6))
def test_a_clock_that_jumps_leaves_times_that_can_be_read(jumps: list[float]) -> None:
    now, record, model = 1.8e9, RunRecord(id="run"), RunModel()
    begun: dict[str, Any] = {
        "run": "run",
        "device": "cpu",
        "threads": 1,
        "parameters": 1,
        "best_by": "loss",
        "batch_size": 1,
    }
    done: dict[str, Any] = {"validation": {}, "seconds": 0.1, "samples_per_s": 1.0, "is_best": True}
    told = [
        events.Started(**begun, epochs=2, steps_per_epoch=1, sizes=(1, 0, 0)),
        events.Steps(step=1, epoch=0, lr=0.1, values={"loss": [1.0]}),
        events.EpochDone(epoch=1, step=1, train={"loss": 1.0}, best_epoch=1, best=1.0, **done),
        events.Steps(step=2, epoch=1, lr=0.1, values={"loss": [0.5]}),
        events.EpochDone(epoch=2, step=2, train={"loss": 0.5}, best_epoch=2, best=0.5, **done),
        events.Finished(reason="done", step=2, epoch=2, seconds=0.2),
    ]
    for event, jump in zip(told, jumps, strict=True):
        now += jump
        model.consume(replace(event, time=now))
        record = follow(record, replace(event, time=now))
        assert math.isfinite(record.duration) and record.duration >= 0
    assert (model.state, model.step, len(model.epochs)) == ("done", 2, 2)
    assert record.state == "done"
    assert record.duration == pytest.approx(0.2), "how long it trained is not of that clock"
    assert clip_record(record) == record


def test_a_run_begun_on_a_clock_far_ahead_is_listed_and_gone_on_with(tmp_path: Path) -> None:
    folder = begin_run(tiny(epochs=1), tmp_path / "run")
    session.Session(tiny(epochs=1), load(tiny().data), lambda event: None, folder=folder, threads=1).run()
    ahead = os.stat(folder).st_mtime + 400 * DAY
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (ahead, ahead))
    assert read_record(folder).state == "done"
    again = session.Session(
        tiny(epochs=3), load(tiny().data), lambda event: None, folder=folder, resume=True, threads=1
    )
    assert again.run() == "done"
    assert read_run(folder).epochs_done == 3
