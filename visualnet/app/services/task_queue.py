"""Background tasks one after the other, for short work: reading a run, loading data, looking into a network that rests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from visualnet.app.services.background_task import BackgroundTask, close_tasks


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
    ) -> None:
        """Have ``run()`` done soon; the rest is as for a ``BackgroundTask``."""
        self._waiting.pop(key, None)
        self._waiting[key] = partial(
            BackgroundTask, lambda _job: run(), done, failed=failed, name=key, words=words, parent=self
        )
        if self._task is None:
            self._begin_next()

    def discard(self, key: str) -> None:
        """Do not begin the task of this key, if it still waits."""
        self._waiting.pop(key, None)

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
