"""Work beside the window: a thread of its own for one job, whose progress and result come back in the window's thread.

A task is a child of what asked for it, so a window finds all of its own with `close_tasks` and need not know who they are. The thread is
never a daemon: whoever closes, waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.app.state.deferred_refresh import refresh_between_events
from visualnet.app.theme.child_objects import find_descendants
from visualnet.core.errors import Cancelled, first_line
from visualnet.core.process import crash_handler
from visualnet.pytorch import NoTorch

LOOK_MS = 30
"""How often the window looks whether there is something new."""


class Job:
    """What the work holds of its task: call it now and then with the share that is done."""

    def __init__(self) -> None:
        self.share = 0.0
        self.stop = threading.Event()

    def __call__(self, share: float = 0.0) -> None:
        """Note the share, and let the window's thread go first.

        Raises:
            Cancelled: the task was cancelled.
        """
        self.share = share
        if self.stop.is_set():
            raise Cancelled
        time.sleep(0)


class BackgroundTask(QObject):
    """Runs ``run(job)`` at once in a thread; then, in the window's thread, ``done(result)``, unless it was cancelled or failed.

    ``progress(share)`` is called while it runs. ``failed(words)`` gets what went wrong where that can be said to the person (`ValueError`,
    `OSError`), with ``words`` before it; anything else is nobody's fault but ours and goes to the crash handler, with the same words.
    """

    finished = Signal()
    """It has ended, one way or another; sent last, and not after `close`."""

    def __init__(
        self,
        run: Callable[[Job], Any],
        done: Callable[[Any], object] | None = None,
        progress: Callable[[float], object] | None = None,
        failed: Callable[[str], object] | None = None,
        *,
        name: str,
        words: str,
        parent: QObject,
        look_ms: int = LOOK_MS,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self._run: Callable[[Job], Any] | None = run
        self._done, self._progress, self._failed, self._words = done, progress, failed, words
        self._job = Job()
        self._results: list[Any] = []
        self._refusal = ""
        self._timer = QTimer(self, interval=look_ms)
        self._timer.timeout.connect(self._look)
        self._thread: threading.Thread | None = threading.Thread(target=self._work, name=name, daemon=False)
        self._thread.start()
        self._timer.start()

    @property
    def running(self) -> bool:
        """Whether it has still to end; its result counts as running until ``done`` is called."""
        return self._thread is not None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end."""
        return self._job.stop.is_set()

    def cancel(self) -> None:
        """Ask it to end; `finished` tells when it has."""
        self._job.stop.set()

    def wait(self) -> None:
        """Wait until it has ended, and take in at once what came of it."""
        if self._thread is not None:
            self._thread.join()
            self._look()

    def close(self) -> None:
        """End it, wait for that, and hear nothing more of it."""
        self.cancel()
        self._join()
        self._forget()

    def _work(self) -> None:
        try:
            assert self._run is not None
            self._results.append(self._run(self._job))
        except Exception as error:
            # Only text leaves: a kept exception keeps its tensors. What is raised while one wants to stop is the stopping.
            if self._job.stop.is_set():
                return
            if self._failed is not None and isinstance(error, ValueError | OSError):
                self._refusal = f"{self._words}: {first_line(error)}"
            elif self._failed is not None and isinstance(error, NoTorch):
                self._refusal = str(error)
            else:
                crash_handler.report(self._words, error)

    def _look(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            if self._progress is not None:
                self._progress(self._job.share)
            return
        self._join()
        try:
            # What several panels show of it is refreshed one panel after the other, between events.
            with refresh_between_events():
                if self._results and self._done is not None and not self._job.stop.is_set():
                    self._done(self._results[0])
                elif self._refusal and self._failed is not None:
                    self._failed(self._refusal)
        finally:
            self.finished.emit()
            self._forget()
            self.deleteLater()

    def _join(self) -> None:
        if self._thread is not None:
            self._timer.stop()
            self._thread.join()
            self._thread = None

    def _forget(self) -> None:
        self._results.clear()
        # Who asked often keeps the task until the next one; what was asked holds a project, perhaps one that is closed by then.
        self._run = self._done = self._progress = self._failed = None


def close_tasks(owner: QObject) -> None:
    """End all that runs for this window and what is in it, and wait: all are asked before the first is waited for."""
    tasks = find_descendants(owner, BackgroundTask)
    for task in tasks:
        task.cancel()
    for task in tasks:
        task.close()


class TaskQueue(QObject):
    """Begins a task when the one before has ended. A task of a key replaces the one of that key that still waits."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[str, Callable[[], BackgroundTask]] = {}
        self._task: BackgroundTask | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a task runs or waits."""
        return self._task is not None

    def submit(
        self,
        key: str,
        run: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object] | None = None,
        *,
        words: str,
        look_ms: int = LOOK_MS,
    ) -> None:
        """Have ``run()`` done soon; the rest is as for a ``BackgroundTask``."""
        self.submit_watched(key, lambda _job: run(), done, failed, words=words, look_ms=look_ms)

    def submit_watched(
        self,
        key: str,
        run: Callable[[Job], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object] | None = None,
        *,
        words: str,
        look_ms: int = LOOK_MS,
    ) -> None:
        """Like `submit`, for what may take long: it calls its job now and then, and ends there when the queue is closed."""
        self._waiting.pop(key, None)
        self._waiting[key] = partial(
            BackgroundTask, run, done, failed=failed, name=key, words=words, parent=self, look_ms=look_ms
        )
        if self._task is None:
            self._begin_next()

    def discard(self, key: str) -> None:
        """Do not begin the task of this key, if it still waits."""
        self._waiting.pop(key, None)

    def cancel(self, key: str) -> None:
        """Nobody wants the task of this key any more: it is not begun if it still waits, and asked to end if it runs."""
        self.discard(key)
        if self._task is not None and self._task.name == key:
            self._task.cancel()

    def close(self) -> None:
        """Begin nothing more and wait for what runs."""
        self._closed = True
        close_tasks(self)
        self._task = None

    def _begin_next(self) -> None:
        self._task = None
        if self._waiting and not self._closed:
            self._task = self._waiting.pop(next(iter(self._waiting)))()
            self._task.finished.connect(self._begin_next)
