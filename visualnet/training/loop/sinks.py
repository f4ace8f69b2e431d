"""Where events go: a log on disk, a callable, or several at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from visualnet.core.project import Project
from visualnet.core.storage.regular_files import open_regular, write_all
from visualnet.training.curve_export.while_training import CurveFiles
from visualnet.training.event_log.thinning import Thinning
from visualnet.training.events import EpochDone, Event, Failed, Finished, Paused, Trouble, encode
from visualnet.training.run_records.writer import RecordWriter

Sink = Callable[[Event], None]

FINAL = (Paused, Finished, Failed)
SYNC_S = 1.0


class EventLog:
    """Appends events to ``events.jsonl``, a line each, and makes sure of it on disk after epochs (once a second). Of a long run it keeps
    what `event_log/thinning.py` says.

    A disk that takes no more does not end the training: ``trouble`` is told once, and the log ends there.
    """

    def __init__(self, path: Path, trouble: Sink) -> None:
        self._path, self._trouble = path, trouble
        self._file = None
        self._synced = 0.0
        self._thinning = Thinning()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _mend(path)
            self._file = open_regular(path, "ab", buffering=0)
        except OSError as error:
            self._give_up(error)

    def __call__(self, event: Event) -> None:
        """Write the event down, if it is one for the log."""
        if self._file is None or not event.logged:
            return
        try:
            self._write(self._thinning.take(event))
            now = time.monotonic()
            if isinstance(event, FINAL) or (isinstance(event, EpochDone) and now - self._synced >= SYNC_S):
                os.fsync(self._file.fileno())
                self._synced = now
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            try:
                self._write(self._thinning.finish())
            except OSError as error:
                self._give_up(error)
                return
            self._shut()

    def _write(self, lines: Iterable[Event]) -> None:
        if text := b"".join(encode(event) + b"\n" for event in lines):
            assert self._file is not None
            write_all(self._file.fileno(), text)

    def _shut(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _give_up(self, error: OSError) -> None:
        self._shut()
        words = f"the run's record {self._path} can no longer be written ({error.strerror or error}); training goes on."
        self._trouble(Trouble(words=f"{words} Free some space, then start the next run."))


def _mend(path: Path) -> None:
    """Cut off a last line that a crash left torn, so that the next one begins on its own."""
    if not path.exists():
        return
    with open_regular(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - (1 << 20), 0))
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)


def combine(*sinks: Sink) -> Sink:
    """Send each event to all of them, in order."""

    def send(event: Event) -> None:
        for sink in sinks:
            sink(event)

    return send


def open_sinks(folder: Path | None, project: Project, emit: Sink) -> tuple[EventLog | None, Sink]:
    """The log of a run's folder, to be closed at the end, and a sink that writes log and record before it hands on to ``emit``."""
    if folder is None:
        return None, emit
    log = EventLog(folder / "events.jsonl", emit)
    sinks: list[Sink] = [log, RecordWriter(folder, project, emit)]
    if "curves" in project.recipe.options:
        sinks.append(CurveFiles(folder, str(project.recipe.options["curves"]), emit))
    return log, combine(*sinks, emit)
