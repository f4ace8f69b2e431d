"""Tasks one after the other: in order, the newest of a key, and none that stops the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.waiting import linger, until
from visualnet.app.services.background_task import TaskQueue
from visualnet.core.process import crash_handler
from visualnet.core.process.mailbox import Mailbox


@pytest.fixture
def queue(qapp: QApplication) -> Iterator[TaskQueue]:
    owner = QObject()
    made = TaskQueue(owner)
    yield made
    made.close()


def test_one_after_the_other_and_the_newest_of_a_key(queue: TaskQueue) -> None:
    results: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def first() -> str:
        begun.set()
        go_on.wait()
        return "first"

    queue.submit("a", first, results.append, words="a")
    begun.wait()
    for key, result in (("b", "old"), ("c", "c"), ("b", "new")):
        queue.submit(key, lambda result=result: result, results.append, words=key)
    linger(0.05)
    assert results == [] and queue.busy
    go_on.set()
    until(lambda: not queue.busy)
    assert results == ["first", "c", "new"]


def test_what_fails_keeps_nothing_else_from_being_done(
    queue: TaskQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, results, refusals = Mailbox(), [], []
    monkeypatch.setattr(crash_handler.log, "propagate", False)
    uninstall = crash_handler.install(box, tmp_path)

    def fail(kind: type[Exception]) -> object:
        raise kind("no")

    queue.submit("a", lambda: fail(KeyError), results.append, words="It failed")
    queue.submit("b", lambda: fail(ValueError), results.append, refusals.append, words="It cannot be read")
    queue.submit("c", lambda: 3, results.append, words="c")
    until(lambda: not queue.busy)
    uninstall()
    assert results == [3] and refusals == ["It cannot be read: no"]
    assert [report.words for report in box.drain()] == ["It failed: KeyError: 'no'"]


def test_what_is_discarded_is_not_begun(queue: TaskQueue) -> None:
    results: list[int] = []
    go_on = threading.Event()
    queue.submit("a", lambda: go_on.wait() and 1, results.append, words="a")
    queue.submit("b", lambda: 2, results.append, words="b")
    queue.discard("b")
    go_on.set()
    until(lambda: not queue.busy)
    assert results == [1]


def test_a_result_may_ask_for_more(queue: TaskQueue) -> None:
    results: list[int] = []

    def done(result: int) -> None:
        results.append(result)
        if result < 3:
            queue.submit("again", lambda: result + 1, done, words="again")

    queue.submit("again", lambda: 1, done, words="again")
    until(lambda: not queue.busy)
    assert results == [1, 2, 3]


def test_closing_waits_for_what_runs_and_begins_nothing_more(queue: TaskQueue) -> None:
    results: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def run() -> int:
        begun.set()
        go_on.wait()
        return 1

    queue.submit("a", run, results.append, words="a")
    queue.submit("b", lambda: 2, results.append, words="b")
    begun.wait()
    go_on.set()
    queue.close()
    queue.submit("c", lambda: 3, results.append, words="c")
    linger(0.05)
    assert results == [] and not [t for t in threading.enumerate() if t.name in ("a", "b", "c")]
