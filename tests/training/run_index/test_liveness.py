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
from visualnet.training.process import address
from visualnet.training.process.address import Unreachable
from visualnet.training.queue.queue_file import add_run, read_queue
from visualnet.training.queue.worker import Worker
from visualnet.training.run_index.filter_line import parse_filter
from visualnet.training.run_index.index import RunIndex
from visualnet.training.run_index.liveness import SILENT_S, is_trained
from visualnet.training.run_records.begin import begin_run
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


def test_a_run_of_another_machine_goes_on_as_long_as_its_log_grows(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    made = address.write(folder, "/tmp/nowhere/run")
    assert not is_trained(folder)  # of this machine, and nobody holds it
    (folder / address.FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(made, host="far away")))
    assert is_trained(folder)
    old = time.time() - 2 * SILENT_S
    os.utime(folder / LOG, (old, old))
    assert not is_trained(folder)
    (folder / address.FILE).write_bytes(b"{")
    assert not is_trained(folder)


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
    Worker(lambda run, event: seen.add((is_trained(run.path), address.read(run.path) is not None))).work()
    assert seen == {(True, True)} and not read_queue().runs and not is_trained(folder)
