"""The journal: what a crash leaves is offered once, what belongs to an open window never, and nothing stays after a close."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.core.drawing import chain
from tests.counting import count_calls
from tests.waiting import linger, until
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.process import autosave, saved_undo
from visualnet.core.process.autosave import Journal, orphans
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import data_dir, journal_dir

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


def with_history(steps: int = 3) -> Document:
    document = Document(chain(2))
    for at in range(steps):
        document.do(f"Add {at}", lambda p: edits.add_node(p, MAIN, "relu"))
    return document


def recover(spoil: Callable[[dict[str, Any]], object] = lambda note: None) -> Document:
    """What a crash leaves, after somebody has changed the note in it."""
    (orphan,) = orphans()
    raw = json.loads(orphan.file.read_text("utf-8"))
    spoil(raw["journal"])
    orphan.file.write_text(json.dumps(raw), "utf-8")
    document = orphan.document()
    orphan.discard()
    return document


def test_after_a_crash_undo_takes_back_the_last_edit_before_it() -> None:
    document = with_history()
    document.undo()
    document.do("Rename", lambda p: edits.set_name(p, "übung “1”"))
    before = [document.project, *(step.before for step in reversed(document.history))]
    journal = Journal(document)
    journal.flush()
    crash(journal)
    again = recover()
    assert again.undo_label == "Rename" and again.redo_label == ""
    assert [step.label for step in again.history] == ["Add 0", "Add 1", "Rename"]
    assert [step.time for step in again.history] == [step.time for step in document.history]
    assert again.project == before[0]
    for project in before[1:]:
        assert again.undo()
        assert again.project == project
    assert not again.undo() and again.modified and again.forgotten == 0
    while again.redo():
        pass
    assert again.project == before[0]


def test_of_a_long_history_the_last_steps_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_undo, "MOST", 20)
    for room, kept in ((1 << 20, 20), (500, 6)):
        monkeypatch.setattr(saved_undo, "MOST_TEXT", room)
        journal = Journal(with_history(50))
        journal.flush()
        crash(journal)
        again = recover()
        assert len(again.history) == kept and again.history[-1].label == "Add 49"
        assert again.forgotten + len(again.history) == 50


@pytest.mark.parametrize(
    ("spoil", "left"),
    [
        (lambda note: note.pop("steps"), 0),
        (lambda note: note.update(steps={"0": 1}), 0),
        (lambda note: note.update(steps=[None] * 5000), 0),
        (lambda note: note.update(earlier=-7), 3),
        (lambda note: note["steps"][0].update(label=7), 0),
        (lambda note: note["steps"][0].update(time=1e400), 0),
        (lambda note: note["steps"][1].update(parts="all"), 1),
        (lambda note: note["steps"][1].update(parts=[[-1, 2, []]]), 1),
        (lambda note: note["steps"][1].update(parts=[[4, 10**9, []]]), 1),
        (lambda note: note["steps"][1].update(parts=[[9, 10, ["}"]]]), 1),
        (lambda note: note["steps"][1].update(parts=[[5, 6, []], [4, 5, []]]), 1),
        (lambda note: note["steps"][2].update(parts=[[0, True, [7]]]), 2),
        (lambda note: note["steps"][2].update(parts=[[0, 1, ["[" * 90] * 5000]]), 2),
        (lambda note: note["steps"][2].update(parts=[[0, 1, ['{ "format": 99,']]]), 2),
        (lambda note: note["steps"][2]["parts"].append([0]), 2),
    ],
)
def test_a_history_that_was_changed_ends_where_it_cannot_be_read_and_the_work_is_whole(
    spoil: Callable[[dict[str, Any]], object], left: int
) -> None:
    document = with_history()
    journal = Journal(document)
    journal.flush()
    crash(journal)
    try:
        again = recover(spoil)
    except FileError:
        assert left == 0, "only what no project file may hold makes the copy unreadable"
        for file in journal_dir().iterdir():
            file.unlink()
        return
    assert again.project == document.project
    assert len(again.history) == left and again.forgotten >= 0
    while again.undo():
        pass


def test_a_history_that_takes_too_long_to_read_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_undo, "READING_S", -1.0)
    journal = Journal(with_history())
    journal.flush()
    crash(journal)
    assert recover().history == ()


def test_a_copy_with_its_history_is_never_too_large_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    document = with_history()
    monkeypatch.setattr(autosave, "LARGE", len(project_file.dumps(document.project)))
    journal = Journal(document)
    journal.flush()
    crash(journal)
    again = recover()
    assert again.project == document.project and again.history == ()


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
    work = []
    for _ in range(20):
        document.do("Add", lambda p: edits.add_node(p, MAIN, "relu"))
        work.append(count_calls(journal.tick)[1])
        journal._wait()
    journal.close()
    assert max(work) < 200, "the writing is for its own thread"


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
