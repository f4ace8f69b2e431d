"""What is written aside is gone when its writer ends, at once or at the next start; what a living process writes is left alone."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from tests.core.drawing import chain
from tests.counting import count_calls
from tests.waiting import linger
from visualnet.core.storage import project_file, temporaries
from visualnet.core.storage.paths import blocks_dir, data_dir, journal_dir, runs_dir
from visualnet.core.storage.temporaries import (
    DAY_S,
    EARLIER_BESIDE,
    EARLIER_OWN,
    WEEK_S,
    Deadline,
    ReplacementFile,
    folder_aside,
    remove_stale_temporaries,
    sweep_all,
    sweep_run,
)

ROOT = Path(__file__).parents[3]
SOON = 60.0

WRITER = """
import sys
from pathlib import Path
from visualnet.core.storage.temporaries import ReplacementFile, folder_aside
target = Path(sys.argv[1])
with ReplacementFile(target / "net.vnet"), folder_aside(target / "last") as folder:
    (folder / "weights.safetensors").write_bytes(bytes(1000))
    print("written", flush=True)
    sys.stdin.read()  # until it is killed, or whoever began it is gone
"""


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def old(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill here")
def test_what_a_living_process_writes_stays_and_what_a_killed_one_wrote_goes(tmp_path: Path) -> None:
    command, pipe = [sys.executable, "-c", WRITER, str(tmp_path)], subprocess.PIPE
    child = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        before = names(tmp_path)
        assert len(before) == 2
        assert remove_stale_temporaries(tmp_path, Deadline(SOON)) == 0
        assert names(tmp_path) == before, "its locks are held"
    finally:
        child.kill()
        child.wait()
        child.stdin.close()  # type: ignore[union-attr]
        child.stdout.close()  # type: ignore[union-attr]
    assert names(tmp_path) == before
    assert remove_stale_temporaries(tmp_path, Deadline(SOON)) == 2
    assert names(tmp_path) == []


SAVER = """
import sys
from pathlib import Path
from tests.core.drawing import chain
from visualnet.core.storage import project_file
projects = chain(300), chain(301)
print("ready", flush=True)
while True:
    for project in projects:
        project_file.save(Path(sys.argv[1]), project)
"""


@pytest.mark.wide
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill here")
def test_after_ten_kills_while_saving_the_file_is_whole_and_nothing_stays(tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, chain(300))
    left = 0
    for number in range(60):
        if left and number >= 10:
            break
        child = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        linger(0.02 + 0.003 * number)  # killed at another moment each time
        child.kill()
        child.wait()
        child.stdout.close()
        assert len(project_file.load(path).graph.nodes) in (300, 301)
        left += len(names(tmp_path)) - 1
        remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_BESIDE)
        assert names(tmp_path) == ["net.vnet"]
    assert left > 0, "at least one was killed while it wrote"


def test_only_our_own_names_are_touched(tmp_path: Path) -> None:
    others = [
        ".net.vnet.tmp",
        ".report.doc.abcd1234.tmp",
        "net.vnet",
        ".net.vnet.visualnet-0123ab-0123456789ab.tmp.bak",
        ".net.vnet.visualnet-xyz-0123456789ab.tmp",
        "settings-abcd1234",
        ".git",
    ]
    for name in others:
        (tmp_path / name).touch()
        old(tmp_path / name, 2 * WEEK_S)
    assert remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_BESIDE) == 0
    assert names(tmp_path) == sorted(others)


def test_what_earlier_versions_and_other_machines_left_goes_by_its_age(tmp_path: Path) -> None:
    earlier, foreign = tmp_path / ".net.vnet.abcd1234.tmp", tmp_path / ".net.vnet.visualnet-000000-0123456789ab.tmp"
    for path, age in ((earlier, DAY_S), (foreign, WEEK_S)):
        path.touch()
        old(path, age - 600)
        assert remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_BESIDE) == 0
        old(path, age + 600)
        assert remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_BESIDE) == 1
    (tmp_path / "settings-abcd1234").touch()
    old(tmp_path / "settings-abcd1234", 2 * DAY_S)
    assert remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_OWN) == 1


def test_one_that_cannot_be_taken_away_keeps_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [temporaries._name(tmp_path / f"{letter}.vnet") for letter in "abc"]
    for path in paths:
        path.touch()
    remove = temporaries._remove_dead

    def protected(path: Path, folder: bool) -> bool:
        if path == paths[1]:
            raise PermissionError(1, "not yours")
        return remove(path, folder)

    monkeypatch.setattr(temporaries, "_remove_dead", protected)
    assert remove_stale_temporaries(tmp_path, Deadline(SOON)) == 2
    assert names(tmp_path) == [paths[1].name]


def test_no_link_is_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("all of it")
    swept = tmp_path / "swept"
    swept.mkdir()
    name = temporaries._name(swept / "net.vnet").name
    (swept / name).symlink_to(precious)
    remove_stale_temporaries(swept, Deadline(SOON))
    inside = temporaries._name(swept / "last")
    inside.mkdir()
    (inside / "link").symlink_to(precious)
    assert remove_stale_temporaries(swept, Deadline(SOON)) == 1
    assert (precious / "thesis.txt").read_text() == "all of it"


def test_every_place_is_looked_through_and_no_longer_than_wanted(tmp_path: Path) -> None:
    run = runs_dir() / "20260101-000000-net"
    run.mkdir()
    places = (data_dir(), journal_dir(), blocks_dir(), run, tmp_path)
    for folder in places:
        temporaries._name(folder / "x.vnet").touch()
    (run / ".last-0123abcd").mkdir()
    old(run / ".last-0123abcd", 2 * DAY_S)
    documents = [tmp_path / "net.vnet", tmp_path / "other.vnet", tmp_path / "gone" / "net.vnet"]
    assert sweep_all(data_dir(), documents, Deadline(-1)) == 0, "the time is over"
    assert sweep_all(data_dir(), documents, Deadline(SOON)) == len(places) + 1
    assert all(not list(folder.glob(".*")) for folder in places)


def test_a_folder_of_many_files_takes_no_time(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number}.txt").touch()
    _, calls = count_calls(lambda: remove_stale_temporaries(tmp_path, Deadline(SOON), EARLIER_BESIDE))
    assert calls < 70_000


def test_whichever_call_fails_nothing_stays_and_nothing_is_raised_by_tidying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The k-th call of the operating system fails, for every k, while something is written aside and while it is tidied."""
    for k in count():
        state = {"number": 0, "failed": ""}
        with monkeypatch.context() as patch:
            for name in ("open", "stat", "fstat", "lstat", "scandir", "rmdir"):
                patch.setattr(os, name, _failing(name, getattr(os, name), state, k))
            with contextlib.suppress(OSError), ReplacementFile(tmp_path / "a") as aside, folder_aside(tmp_path / "b"):
                aside.put_in_place()
            sweep_run(tmp_path, Deadline(SOON))
        sweep_run(tmp_path, Deadline(SOON))
        assert [n for n in names(tmp_path) if n != "a"] == []
        if not state["failed"]:
            break
    assert k > 8


def _failing(name: str, real, state: dict, k: int):  # type: ignore[no-untyped-def,type-arg]
    def call(*args, **kwargs):  # type: ignore[no-untyped-def]
        state["number"] += 1
        if state["number"] == k + 1:
            state["failed"] = name
            raise OSError(errno.EIO, "input/output error")
        return real(*args, **kwargs)

    return call


def test_long_names_of_any_script_can_be_written(tmp_path: Path) -> None:
    for name in ("n" * 200, "网" * 80, "🧠" * 60):
        project_file.save(tmp_path / f"{name}.vnet", chain(1))
    assert len(names(tmp_path)) == 3
