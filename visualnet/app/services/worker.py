"""One thread beside the window for short work: reading a run, loading data, looking into a network that rests."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject

from visualnet.app.services.background_task import BackgroundTask, close_tasks
from visualnet.app.services.background_task import Job as TaskJob
from visualnet.app.services.crash_reports import Fault
from visualnet.app.services.mailbox import Mailbox

Job = Callable[[], object]
NAME = "beside the window"


class Aside(QObject):
    """Does jobs one after the other. A job of a name replaces the one of that name that still waits; what it returns is mailed.

    The thread is there only while there is work; `close` waits for it. Asked only by the window's thread.
    """

    def __init__(self, mailbox: Mailbox, parent: QObject) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._working = False
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._working

    def ask(self, name: str, job: Job) -> None:
        """Have this done soon."""
        with self._lock:
            if self._closed:
                return
            self._jobs.pop(name, None)
            self._jobs[name] = job
            begin, self._working = not self._working, True
        if begin:
            BackgroundTask(
                self._work, lambda _: None, name=NAME, words="Work beside the window has failed", parent=self
            )

    def forget(self, name: str) -> None:
        """Do not begin the job of this name, if it still waits."""
        with self._lock:
            self._jobs.pop(name, None)

    def close(self) -> None:
        """Begin nothing more and wait for what runs."""
        with self._lock:
            self._closed = True
            self._jobs.clear()
        close_tasks(self)

    def _work(self, _job: TaskJob) -> None:
        while (job := self._next()) is not None:
            fault = None
            try:
                answer = job()
            except Exception as error:
                # Only text leaves: a kept exception keeps its tensors.
                words = f"{type(error).__name__}: {error}"
                answer, fault = None, Fault("thread", words, traceback.format_exc(), NAME)
            if fault is not None:
                self._mailbox.put(fault)
            elif answer is not None:
                self._mailbox.put(answer)
            del job, answer

    def _next(self) -> Job | None:
        with self._lock:
            name = next(iter(self._jobs), None)
            if name is None:
                self._working = False
                return None
            return self._jobs.pop(name)
