"""Whether a run goes on is told by who trains it, not by how its log ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from tests.training.by_hand import tiny
from visualnet.training.process import address, liveness
from visualnet.training.process.address import Unreachable
from visualnet.training.process.liveness import SILENT_S, is_trained, may_be_trained
from visualnet.training.queue.queue_file import add_run, read_queue
from visualnet.training.queue.worker import QueueWorker
from visualnet.training.run_index.filter_line import parse_filter
from visualnet.training.run_index.index import RunIndex
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.record import RUNNING, RunRecord, write_record
from visualnet.training.runs.run_model import LOG

HOLDS = """
import sys
from pathlib import Path
from visualnet.training.process import address
held = address.acquire_lock(Path(sys.argv[1]))
print(1, flush=True)
sys.stdin.read()
"""


def begun(root: Path, name: str = "run") -> Path:
    folder = begin_run(tiny(), root / name)
    (folder / LOG).write_bytes(b"")
    write_record(folder, RunRecord(state=RUNNING, started=1e9))
    return folder


def states(index: RunIndex, line: str = "") -> dict[str, str]:
    index.refresh()
    return {row.id: row.state for row in index.rows(parse_filter(line))}


def test_a_run_of_another_process_is_listed_as_training_until_that_is_killed(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    folder = begun(root)
    begun(root, "cut")
    old = time.time() - 60
    for one in (root / "run", root / "cut"):
        os.utime(one, (old, old))  # nothing in the folders changes from here on
    index = RunIndex(root)
    assert states(index) == {"run": "interrupted", "cut": "interrupted"}
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None and other.stdout is not None
    try:
        assert other.stdout.readline() == "1\n"
        assert is_trained(folder) and not is_trained(root / "cut")
        assert states(index) == {"run": "training", "cut": "interrupted"}
        assert states(index, "is:training") == {"run": "training"}
        (row,) = index.rows(parse_filter("state:training"))
        assert not row.resumable
    finally:
        other.kill()
        other.wait()
        other.stdin.close()
        other.stdout.close()
    assert states(index) == {"run": "interrupted", "cut": "interrupted"}
    index.close()


def test_at_the_first_look_the_times_of_a_run_of_another_machine_are_believed(tmp_path: Path) -> None:
    here = begun(tmp_path, "here")
    address.write(here, "/tmp/nowhere/run")
    assert not is_trained(here) and not may_be_trained(here)  # of this machine, and nobody holds it
    fresh, old, damaged = (elsewhere(tmp_path, name) for name in ("fresh", "old", "damaged"))
    past = time.time() - 2 * SILENT_S
    for name in (LOG, address.FILE):
        os.utime(old / name, (past, past))
    (damaged / address.FILE).write_bytes(b"{")
    assert [is_trained(one) for one in (fresh, old, damaged)] == [True, False, False]
    assert [may_be_trained(one) for one in (fresh, old, damaged)] == [True, True, True]
    grow(damaged)
    assert is_trained(damaged)


class Clocks:
    """The clocks of this machine as a test sets them: ``wall`` may be set by anybody, ``monotonic`` only goes on."""

    def __init__(self) -> None:
        self.wall, self.now = time.time(), 1000.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.now += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    found = Clocks()
    monkeypatch.setattr(liveness, "time", found)
    monkeypatch.setattr(liveness, "_looks", {})
    return found


def elsewhere(root: Path, name: str = "run") -> Path:
    """A run that another machine began."""
    folder = begun(root, name)
    made = address.write(folder, "/tmp/nowhere/run")
    (folder / address.FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(made, host="far away")))
    return folder


def grow(folder: Path) -> None:
    """One line more, written by the clock of the other machine, which stands still for the test."""
    kept = os.stat(folder / LOG)
    with open(folder / LOG, "ab") as log:
        log.write(b"{}\n")
    os.utime(folder / LOG, ns=(kept.st_atime_ns, kept.st_mtime_ns))


@pytest.mark.parametrize("apart", [-7200.0, 7200.0], ids=["behind", "ahead"])
def test_a_run_elsewhere_is_known_by_what_moves_whatever_its_clock_says(
    apart: float, tmp_path: Path, clocks: Clocks
) -> None:
    folder = elsewhere(tmp_path)
    clocks.wall += apart
    assert not is_trained(folder) and may_be_trained(folder), "unknown, so nothing of it may be lost"
    clocks.pass_by(1)
    grow(folder)
    assert is_trained(folder) and may_be_trained(folder)
    clocks.pass_by(SILENT_S - 1)
    assert is_trained(folder) and may_be_trained(folder)
    clocks.pass_by(1)
    assert not is_trained(folder) and not may_be_trained(folder)
    grow(folder)
    assert is_trained(folder), "it was only slow"


def test_a_clock_that_is_set_changes_nothing_of_a_run_that_was_seen_to_go_on(tmp_path: Path, clocks: Clocks) -> None:
    folder = elsewhere(tmp_path)
    assert is_trained(folder)
    grow(folder)
    assert is_trained(folder)
    for apart in (1e6, -2e6):
        clocks.wall += apart
        assert is_trained(folder) and may_be_trained(folder)


def test_a_run_elsewhere_whose_step_takes_long_touches_its_address(
    tmp_path: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = elsewhere(tmp_path)
    monkeypatch.setattr(address, "time", clocks)
    begun_at, last = os.stat(folder / address.FILE).st_mtime_ns, clocks.now
    touched = []
    monkeypatch.setattr(os, "utime", lambda file: touched.append(file))
    for _ in range(3):
        clocks.pass_by(address.BEAT_S / 2)
        last = address.touch(folder, last)
    assert touched == [folder / address.FILE]
    monkeypatch.undo()
    monkeypatch.setattr(liveness, "time", clocks)
    for number in range(1, 5):  # longer than what counts as silent, but never silent
        assert is_trained(folder) and may_be_trained(folder)
        clocks.pass_by(SILENT_S / 2)
        os.utime(folder / address.FILE, ns=(begun_at, begun_at + number))
    assert is_trained(folder)


def test_the_list_shows_a_run_elsewhere_as_training_once_its_address_is_touched(tmp_path: Path, clocks: Clocks) -> None:
    root = tmp_path / "runs"
    folder = elsewhere(root)
    old = time.time() - 60
    os.utime(folder, (old, old))
    clocks.wall += 7200
    index = RunIndex(root)
    assert states(index) == {"run": "interrupted"}
    os.utime(folder / address.FILE, (old, old))
    assert states(index) == {"run": "training"}
    clocks.pass_by(SILENT_S)
    assert states(index) == {"run": "interrupted"}
    index.close()


def test_a_folder_that_is_trained_in_is_taken_by_nobody_else(tmp_path: Path) -> None:
    with address.lock_run(tmp_path):
        assert is_trained(tmp_path)
        with pytest.raises(Unreachable, match="another process trains"), address.lock_run(tmp_path):
            raise AssertionError("it was taken")
    assert not is_trained(tmp_path)
    with address.lock_run(tmp_path / "nowhere"):  # nothing can be locked there
        assert not is_trained(tmp_path / "nowhere")


def test_a_run_of_the_queue_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path / "home"))
    folder = begin_run(tiny(epochs=1), tmp_path / "queued")
    add_run(folder)
    seen: set[tuple[bool, bool]] = set()
    QueueWorker(lambda run, event: seen.add((is_trained(run.path), address.read(run.path) is not None))).work()
    assert seen == {(True, True)} and not read_queue().runs and not is_trained(folder)
