"""The autosave journal: while a document has unsaved edits, a copy of it stands in the user's data folder, with the steps that led to it.

A copy belongs to a window as long as the window's process holds the lock beside it. The operating system lets go of a lock when a process
ends, however it ends, so what is unlocked was left by a crash, and what is locked belongs to a window that is still open: no process
number that could have been given to another program by now is trusted.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from visualnet.core.document import Document, HistoryStep
from visualnet.core.errors import FileError, os_reason
from visualnet.core.process import saved_undo
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.disk_state import NOTHING, DiskState
from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.paths import journal_dir
from visualnet.core.storage.regular_files import descriptor
from visualnet.core.storage.safe_json import MAX_BYTES

_KEY = "journal"
LARGE = MAX_BYTES // 4
"""The copy of a larger project holds no steps: with them it might be more than a file may be, and the work comes before its history."""


class Journal:
    """Keeps the copy of one open document. ``tick`` is called by a timer and returns at once; the writing happens on a thread."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.trouble = ""
        """Why the last copy could not be written; empty when all is well."""
        self._stem = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._lock: int | None = None
        self._kept: Project | None = None
        self._steps = saved_undo.StepWriter()
        self._thread: threading.Thread | None = None

    @property
    def file(self) -> Path:
        """Where the copy stands while there is something to recover."""
        return journal_dir() / f"{self._stem}{project_file.SUFFIX}"

    def tick(self) -> None:
        """Write a copy if there are unsaved edits that it does not hold; take it away when everything is saved."""
        if self._thread is not None and self._thread.is_alive():
            return
        project = self.document.project
        if project.readonly or not self.document.modified:
            self.trouble = ""
            if self._kept is not None:
                self._kept = None
                _unlink(self.file)
        elif project is not self._kept:
            past = self.document.history
            args = (project, self.document.path, self.document.read, past, self.document.forgotten)
            self._thread = threading.Thread(target=self._write, args=args, name="journal")
            self._thread.start()

    def flush(self) -> None:
        """Write what is not yet written, and wait for it."""
        self._wait()
        self.tick()
        self._wait()

    def leave(self) -> None:
        """The window ends without having asked: what is not saved is left to be recovered, as after a crash."""
        self.flush()
        if self._kept is None:
            self.close()
        elif self._lock is not None:
            _release(self._lock, None)
            self._lock = None

    def close(self) -> None:
        """The document was closed in good order: there is nothing to recover."""
        self._wait()
        self._kept = None
        if self._lock is not None:
            _unlink(self.file)
            _release(self._lock, self.file.with_suffix(".lock"))
            self._lock = None

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _write(
        self, project: Project, path: Path | None, read: DiskState, past: tuple[HistoryStep, ...], forgotten: int
    ) -> None:
        try:
            if self._lock is None:
                self._lock = _acquire(self.file.with_suffix(".lock"))
            note: dict[str, Any] = {"path": str(path.absolute()) if path is not None else ""}
            note["read"] = [read.real, read.mark]
            data = _dumps(project, note)
            if len(data) <= LARGE:
                steps = self._steps.describe(past)
                data = _dumps(project, {**note, "steps": steps, "earlier": forgotten + len(past) - len(steps)})
            project_file.write(self.file, data)
            self._kept, self.trouble = project, ""
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            self.trouble = f"{where}{os_reason(error)}"
        except ValueError as error:
            self.trouble = error.reason if isinstance(error, FileError) else str(error)


class Orphan(NamedTuple):
    """A copy that a crash left behind: where it stands, which file it is of, and when it was written (seconds since 1970)."""

    file: Path
    path: Path | None
    name: str
    time: float

    def load(self) -> Project:
        """The project as it was when the copy was written.

        Raises:
            FileError: the copy cannot be read.
        """
        return _read(self.file)[0]

    def document(self) -> Document:
        """The recovered project as a document with unsaved edits, which Undo takes back. What another program has
        written since is still noticed.

        Raises:
            FileError: the copy cannot be read.
        """
        project, note = _read(self.file)
        steps = saved_undo.read_steps(note.get("steps"), note.get("earlier"), project)
        return Document.recovered(project, self.path, _stood(note.get("read")), steps.past, steps.forgotten)

    def discard(self) -> None:
        """Take the copy away: it was recovered and is kept elsewhere, or it is not wanted."""
        _unlink(self.file)
        _unlink(self.file.with_suffix(".lock"))


def orphans() -> list[Orphan]:
    """The copies that no open window holds, the newest first. What cannot be read is not offered, and is left where it is."""
    found = []
    for lock in journal_dir().glob("*.lock"):  # nothing, where that is no folder
        copy = lock.with_suffix(project_file.SUFFIX)
        with contextlib.suppress(FileError, OSError):
            handle = _acquire(lock)
            if handle is None:
                continue
            # An empty lock is what a window left that ended before its first edit.
            _release(handle, None if os.path.lexists(copy) else lock)
            project, note = _read(copy)
            path = note.get("path")
            at = Path(path) if isinstance(path, str) and path else None
            found.append(Orphan(copy, at, project.name, copy.stat().st_mtime))
    return sorted(found, key=lambda o: -o.time)


def _stood(read: Any) -> DiskState:
    """What the copy says that its file held."""
    if isinstance(read, list | tuple) and len(read) == 2 and all(isinstance(part, str) for part in read):
        return DiskState(*read)
    return NOTHING


def _dumps(project: Project, note: Mapping[str, Any]) -> bytes:
    return project_file.dumps(replace(project, extra={**project.extra, _KEY: note}))


def _read(copy: Path) -> tuple[Project, Mapping[str, Any]]:
    project = project_file.load(copy)
    note = project.extra.get(_KEY)
    extra = {k: v for k, v in project.extra.items() if k != _KEY}
    return replace(project, extra=extra), note if isinstance(note, dict) else {}


# --- locks ----------------------------------------------------------------------------------------------------------------------------


def _acquire(path: Path) -> int | None:
    """Hold the lock; None if another process, or another window of this one, holds it.

    Raises:
        OSError: it cannot be opened, or is no file.
    """
    while True:
        handle = descriptor(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not try_lock(handle):
            os.close(handle)
            return None
        # Between opening and locking, another start may have tidied this file away: then the lock would be on nothing.
        with contextlib.suppress(FileNotFoundError):
            if os.name == "nt" or os.stat(path).st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)


def _release(handle: int, remove: Path | None) -> None:
    if os.name != "nt" and remove is not None:
        _unlink(remove)
    os.close(handle)
    if os.name == "nt" and remove is not None:
        _unlink(remove)


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
