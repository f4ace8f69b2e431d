"""One thread beside the window for short work: reading a run, loading data, looking into a network that rests."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from visualnet.app.faults import Fault
from visualnet.app.mailbox import Mailbox

Job = Callable[[], object]


class Aside:
    """Does jobs one after the other. A job of a name replaces the one of that name that still waits; what it returns is mailed.

    The thread is there only while there is work, and is never a daemon: `close` waits for it.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._thread is not None

    def ask(self, name: str, job: Job) -> None:
        """Have this done soon."""
        with self._lock:
            if self._closed:
                return
            self._jobs.pop(name, None)
            self._jobs[name] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="beside the window")
                self._thread.start()

    def forget(self, name: str) -> None:
        """Do not begin the job of this name, if it still waits."""
        with self._lock:
            self._jobs.pop(name, None)

    def close(self) -> None:
        """Begin nothing more and wait for what runs."""
        with self._lock:
            self._closed = True
            self._jobs.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            fault = None
            try:
                answer = job()
            except Exception as error:
                # Only text leaves: a kept exception keeps its tensors.
                words = f"{type(error).__name__}: {error}"
                answer, fault = None, Fault("thread", words, traceback.format_exc(), "beside the window")
            if fault is not None:
                self._mailbox.put(fault)
            elif answer is not None:
                self._mailbox.put(answer)
            del job, answer

    def _next(self) -> Job | None:
        with self._lock:
            name = next(iter(self._jobs), None)
            if name is None:
                self._thread = None
                return None
            return self._jobs.pop(name)
