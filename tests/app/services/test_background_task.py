"""One job beside the window: its result, its progress, its end, and what becomes of its errors."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.waiting import linger, until
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.core.process import crash_handler
from visualnet.core.process.mailbox import Mailbox


class Heard:
    """Notes all that a task says."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.refusals: list[str] = []
        self.shares: list[float] = []
        self.threads: set[str] = set()
        self.ends = 0

    def take(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(threading.current_thread().name)

    def end(self) -> None:
        self.ends += 1


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QObject]:
    made = QObject()
    yield made
    close_tasks(made)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    made = Mailbox()
    crash_handler.log.propagate = False
    uninstall = crash_handler.install(made, tmp_path)
    yield made
    uninstall()
    crash_handler.log.propagate = True


def begin(owner: QObject, run: object, heard: Heard) -> BackgroundTask:
    task = BackgroundTask(
        run,  # type: ignore[arg-type]
        heard.take,
        heard.shares.append,
        heard.refusals.append,
        name="under test",
        words="It cannot be done",
        parent=owner,
    )
    task.finished.connect(heard.end)
    return task


def test_the_result_comes_in_the_windows_thread_and_the_thread_is_gone(owner: QObject) -> None:
    heard, begun = Heard(), []
    task = begin(owner, lambda job: begun.append(threading.current_thread().name) or 42, heard)
    assert task.running
    until(lambda: heard.ends)
    assert (heard.results, heard.threads, begun) == ([42], {"MainThread"}, ["under test"])
    assert not task.running and not [t for t in threading.enumerate() if t.name == "under test"]
    until(lambda: owner.findChildren(BackgroundTask) == [])


@pytest.mark.parametrize("closed", [False, True])
def test_an_ended_task_keeps_nothing_of_what_was_asked(owner: QObject, closed: bool) -> None:
    heard, project = Heard(), Heard()
    held = weakref.ref(project)
    task = begin(owner, lambda job, project=project: None, heard)
    del project
    if closed:
        task.close()
    else:
        until(lambda: heard.ends)
    assert not task.running and held() is None, "who asked keeps the task; the project may be closed long since"


def test_progress_is_told_while_it_runs(owner: QObject) -> None:
    heard, go_on = Heard(), threading.Event()

    def run(job: Job) -> None:
        job(0.5)
        go_on.wait()

    begin(owner, run, heard)
    until(lambda: 0.5 in heard.shares)
    go_on.set()
    until(lambda: heard.ends)
    assert heard.results == [None]


def test_what_is_cancelled_ends_without_a_result(owner: QObject) -> None:
    heard, inside = Heard(), threading.Event()

    def run(job: Job) -> str:
        while True:
            inside.set()
            job()

    task = begin(owner, run, heard)
    inside.wait()
    task.cancel()
    until(lambda: heard.ends)
    assert heard.results == heard.refusals == []


def test_a_result_that_comes_after_the_wish_to_stop_is_dropped(owner: QObject) -> None:
    heard, inside, go_on = Heard(), threading.Event(), threading.Event()

    def run(job: Job) -> str:
        inside.set()
        go_on.wait()
        return "too late"

    task = begin(owner, run, heard)
    inside.wait()
    task.cancel()
    go_on.set()
    until(lambda: heard.ends)
    assert heard.results == []


def test_closing_waits_and_nothing_is_heard_any_more(owner: QObject) -> None:
    heard = Heard()
    inner = QObject(owner)

    def run(job: Job) -> None:
        while True:
            job(1.0)

    tasks = [begin(parent, run, heard) for parent in (owner, inner, inner)]
    close_tasks(owner)
    assert not any(task.running for task in tasks)
    assert not [t for t in threading.enumerate() if t.name == "under test"]
    linger(0.1)
    assert heard.ends == 0 and heard.results == []
    tasks[0].close()  # once more does nothing


def test_waiting_takes_the_result_in_at_once(owner: QObject) -> None:
    heard = Heard()
    task = begin(owner, lambda job: 42, heard)
    task.wait()
    assert heard.results == [42] and heard.ends == 1 and not task.running
    task.wait()  # once more does nothing
    assert heard.ends == 1


def test_what_can_be_said_to_the_person_is_said(owner: QObject, box: Mailbox) -> None:
    heard = Heard()

    def run(job: Job) -> None:
        raise ValueError("there is no such device\nand more")

    begin(owner, run, heard)
    until(lambda: heard.ends)
    assert heard.refusals == ["It cannot be done: there is no such device"]
    assert heard.results == [] and box.drain() == []


def test_what_nobody_foresaw_goes_to_the_crash_handler_with_words(owner: QObject, box: Mailbox) -> None:
    heard = Heard()

    def run(job: Job) -> None:
        raise KeyError("hidden")

    begin(owner, run, heard)
    until(lambda: heard.ends)
    (fault,) = box.drain()
    assert (fault.origin, fault.thread, fault.words) == (
        "thread",
        "under test",
        "It cannot be done: KeyError: 'hidden'",
    )
    assert "test_background_task.py" in fault.trace
    assert heard.refusals == heard.results == []


def test_without_a_crash_handler_python_tells(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, told = Heard(), []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def run(job: Job) -> None:
        raise KeyError("hidden")

    begin(owner, run, heard)
    until(lambda: heard.ends)
    assert [args.exc_type for args in told] == [KeyError]
