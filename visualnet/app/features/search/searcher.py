"""Follows the search in a folder, whichever process trains it, and starts and stops its processes."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.project import Project
from visualnet.training.search import folder as kept
from visualnet.training.search import workers
from visualnet.training.search.charts import TrialOutcome

TICK_MS = 100
LOOK_S, REST_S = 0.25, 1.0
"""How often the journal is read while trials are trained, and while none is."""
LEAVE_S = 10.0
"""So long the window waits, where it closes, for processes that were asked to stop."""


class SearchSnapshot(NamedTuple):
    """How the search stands: what there is to be drawn, how many trials there are to be, and how many processes train now."""

    folder: Path
    outcome: TrialOutcome
    planned: int
    processes: int
    words: str = ""
    """Why the processes ended, where they did with words."""


class SearchFailed(NamedTuple):
    """Why nothing can be shown, or go on."""

    words: str


class Searcher(QObject):
    """One search at a time. ``seen`` is None before anything is known."""

    changed = Signal()
    """Something was told, or it has begun or ended."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self.seen: SearchSnapshot | None = None
        self.words = ""
        self.starting = False
        """Whether processes were asked for and none has said that it works."""
        self._task: BackgroundTask | None = None
        self._mailbox = Mailbox()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._receive)

    @property
    def running(self) -> bool:
        """Whether trials are trained, or about to be."""
        return self.starting or (self.seen is not None and self.seen.processes > 0)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not ended."""
        return self.running and not self.starting and self.folder is not None and kept.is_to_stop(self.folder)

    def start(self, project: Project, folder: Path, count: int) -> None:
        """Search in a folder, or go on there, with so many processes; nothing while a search goes on."""
        if not self.running:
            self._follow(folder, partial(_start, project, folder, count))
            self.starting = True
            self.changed.emit()

    def show(self, folder: Path | None) -> None:
        """Show what is in a folder, and follow it; with none nothing is shown."""
        if folder != self.folder:
            self._leave()
            self.folder, self.seen, self.words = folder, None, ""
            if folder is not None:
                self._follow(folder, list)
            self.changed.emit()

    def stop(self) -> None:
        """End after the step in hand; what is done is kept.

        Raises:
            OSError: the folder cannot be written.
        """
        if self.folder is not None and self.running:
            kept.ask_to_stop(self.folder)
            self.changed.emit()

    def wait(self) -> None:
        """Wait until nobody looks any more."""
        self._leave()

    def _follow(self, folder: Path, begin: object) -> None:
        self._leave()
        self.folder, self.words = folder, ""
        self._task = BackgroundTask(
            partial(_watch, folder, begin, self._mailbox.put),
            name="search",
            words="The search cannot be followed",
            failed=lambda words: self._take(SearchFailed(words)),
            parent=self,
            look_ms=TICK_MS,
        )
        self._task.finished.connect(self._timer.stop)
        self._timer.start()

    def _leave(self) -> None:
        """Follow no more; the processes of a search that goes on are not left behind."""
        if self._task is not None and self._task.running:
            self._task.close()
        self._task = None
        self._timer.stop()
        self._mailbox.drain()
        self.starting = False

    def _receive(self) -> None:
        for message in self._mailbox.drain():
            self._take(message)

    def _take(self, message: object) -> None:
        if isinstance(message, SearchSnapshot):
            self.seen, self.words = message, message.words
            self.starting = False
        elif isinstance(message, SearchFailed):
            self.words, self.starting = message.words, False
        self.changed.emit()


def _start(project: Project, folder: Path, count: int) -> list[subprocess.Popen[bytes]]:
    kept.begin(folder, project)
    return workers.start_workers(folder, count)


def _watch(folder: Path, begin: object, put: object, job: Job) -> None:
    """Tell what the search's journal says, again and again, until nobody wants to know."""
    assert callable(begin) and callable(put)
    processes: list[subprocess.Popen[bytes]] = begin()
    try:
        from visualnet.training.search.importance import find_importances
        from visualnet.training.search.study import Study

        study = Study(folder)
        last: tuple[object, ...] | None = None
        states: list[str] = []
        shares: dict[str, float] = {}
        while not job.stop.is_set():
            trials = study.trials()
            mine = sum(process.poll() is None for process in processes)
            working = max(kept.count_workers(folder), mine)
            words = workers.read_words(folder) if processes and not mine else ""
            now = (trials, working, words)
            if now != last:
                if states != (states := [trial.state for trial in trials]):
                    shares = find_importances(study, trials)
                put(
                    SearchSnapshot(
                        folder, TrialOutcome(study.spec, study.figure, trials, shares), study.planned, working, words
                    )
                )
                last = now
            job.stop.wait(LOOK_S if working else REST_S)
    finally:
        if any(process.poll() is None for process in processes):
            kept.ask_to_stop(folder)
            if not workers.wait_all(processes, LEAVE_S):
                for process in processes:
                    process.terminate()
                workers.wait_all(processes, LEAVE_S)
        workers.let_go(processes)
