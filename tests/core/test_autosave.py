"""The journal: what a crash leaves is offered once, what belongs to an open window never, and nothing stays after a close."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.core.drawing import chain
from tests.waiting import linger, until
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.process import autosave
from visualnet.core.process.autosave import Journal, orphans
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.core.user.paths import data_dir, journal_dir

ROOT = Path(__file__).parents[2]


def edited(path: Path | None = None) -> Document:
    document = Document(Project(name="net"), path)
    document.do("Add", lambda p: edits.add_node(p, MAIN, "relu"))
    return document


def copies() -> list[str]:
    return sorted(p.suffix for p in journal_dir().iterdir())


def crash(journal: Journal) -> None:
    """What the end of the process does: the lock is let go, and nothing else."""
    assert journal._lock is not None
    os.close(journal._lock)
    journal._lock = None


def test_unsaved_edits_are_kept_and_a_close_leaves_nothing() -> None:
    document = edited()
    journal = Journal(document)
    journal.flush()
    assert copies() == [".lock", ".vnet"]
    assert orphans() == []
    journal.close()
    assert copies() == []


def test_what_is_saved_needs_no_copy(tmp_path: Path) -> None:
    document = edited()
    journal = Journal(document)
    journal.flush()
    document.save(tmp_path / "net.vnet")
    journal.tick()
    assert copies() == [".lock"]
    document.undo()
    journal.flush()
    assert copies() == [".lock", ".vnet"]
    journal.close()


def test_a_copy_is_written_once_for_each_change() -> None:
    document = edited()
    journal = Journal(document)
    journal.flush()
    before = journal.file.stat().st_mtime_ns
    journal.flush()
    assert journal.file.stat().st_mtime_ns == before
    document.do("Add", lambda p: edits.add_node(p, MAIN, "tanh"))
    journal.flush()
    assert len(project_file.load(journal.file).graph.nodes) == 2
    journal.close()


def test_what_a_crash_left_is_offered_until_it_is_discarded(tmp_path: Path) -> None:
    path, began = tmp_path / "net.vnet", time.time()
    project_file.save(path, chain(1))
    journal = Journal(edited(path))
    journal.flush()
    crash(journal)
    (orphan,) = orphans()
    assert (orphan.path, orphan.name) == (path, "net")
    assert began - 2 <= orphan.time <= time.time() + 2  # file systems round
    document = orphan.document()
    assert document.project == journal.document.project
    assert document.project.extra == {}
    assert document.modified
    assert document.path == path
    assert len(orphans()) == 1
    orphan.discard()
    assert orphans() == []
    assert copies() == []


def test_a_copy_that_was_damaged_is_not_offered_and_not_removed() -> None:
    journal = Journal(edited())
    journal.flush()
    crash(journal)
    journal.file.write_bytes(b'{"program": "visualnet"')
    assert orphans() == []
    assert copies() == [".lock", ".vnet"]


def test_the_lock_of_a_window_that_never_wrote_is_tidied_away() -> None:
    (journal_dir() / "1-2.lock").touch()
    assert orphans() == []
    assert copies() == []


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be taken away there")
@pytest.mark.parametrize("put_back", [True, False])
def test_a_lock_that_was_tidied_away_while_it_was_opened_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_back: bool
) -> None:
    """Another start removes the file between opening and locking: the lock that is held in the end is on the file that is there."""
    path, lock, tidied = tmp_path / "one.lock", autosave.try_lock, []

    def late(handle: int) -> bool:
        if not tidied:
            path.unlink()
            tidied.append(handle)
            if put_back:
                path.touch()
        return lock(handle)

    monkeypatch.setattr(autosave, "try_lock", late)
    handle = autosave._acquire(path)
    assert handle is not None and path.stat().st_ino == os.fstat(handle).st_ino
    os.close(handle)


def test_a_file_that_must_not_be_saved_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "later.vnet"
    path.write_bytes(project_file.dumps(chain(2)).replace(b'"format": 1', b'"format": 7'))
    document = Document.open(path)
    document.do("Add", lambda p: edits.add_node(p, MAIN, "relu"))
    journal = Journal(document)
    journal.flush()
    assert copies() == []
    journal.close()


def test_a_full_disk_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(edited())
    with monkeypatch.context() as patch:
        patch.setattr(project_file, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        journal.flush()
        assert "no space left" in journal.trouble
    journal.flush()
    assert journal.trouble == ""
    assert ".vnet" in copies()
    journal.close()


def test_a_tick_does_not_hold_up_the_window() -> None:
    document = edited()
    journal = Journal(document)
    slowest = []
    for _ in range(20):
        document.do("Add", lambda p: edits.add_node(p, MAIN, "relu"))
        start = time.thread_time()
        journal.tick()
        slowest.append(time.thread_time() - start)
        journal._wait()
    journal.close()
    assert sorted(slowest)[10] < 0.02


WINDOW = """
import sys, time
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.process.autosave import Journal
from visualnet.core.project import Project
document = Document(Project(name="crashed"))
journal = Journal(document)
print("ready", flush=True)
while True:
    document.do("Add", lambda p: edits.add_node(p, "", "relu"))
    journal.flush()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill here")
def test_a_killed_window_leaves_its_edits_and_an_open_one_is_not_offered() -> None:
    environment = {"VISUALNET_HOME": str(data_dir()), "PATH": ""}
    children = [
        subprocess.Popen([sys.executable, "-c", WINDOW], cwd=ROOT, stdout=subprocess.PIPE, env=environment)
        for _ in range(5)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
    until(lambda: len(list(journal_dir().glob("*.vnet"))) == 5, "five journals")
    assert orphans() == []
    for number, child in enumerate(children):
        linger(0.013 * number)  # another moment each time
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        assert len(orphans()) == number + 1
    for orphan in orphans():
        assert orphan.name == "crashed"
        assert orphan.path is None
        assert orphan.load().graph.nodes
        orphan.discard()
