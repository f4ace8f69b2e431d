"""The open document: the current project, what came before it, and the file that it was read from."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from psygnal import Signal

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import data_places, project_file
from visualnet.core.storage.disk_state import NOTHING, ChangedOnDisk, DiskState, fingerprint, read_state

MAX_STEPS = 1_000


class HistoryStep(NamedTuple):
    """One edit that can be taken back: what the user did, the project before and after it, and when (seconds since 1970)."""

    label: str
    before: Project
    after: Project
    merge: str = ""
    time: float = 0.0


class Document:
    """Holds the current project; every edit goes through ``do`` and can be taken back.

    The project itself never changes, so any thread may read ``project``; edits are made in one thread.
    """

    changed = Signal(object, object)
    """The project before and after."""
    state_changed = Signal()
    """What can be undone, whether it is saved, or the path may have changed."""

    def __init__(self, project: Project, path: Path | str | None = None) -> None:
        self._project = self._saved = project
        self._path = Path(path) if path is not None else None
        self._read = read_state(self._path) if self._path is not None else NOTHING
        self._past: list[HistoryStep] = []
        self._future: list[HistoryStep] = []
        self._open_merge = ""
        self.forgotten = 0
        """How many steps were done before the first that is still kept."""

    @classmethod
    def open(cls, path: Path | str) -> Document:
        """Read a file. What came in a picture has no file of its own yet.

        Raises:
            FileError: it cannot be read; the words say where and why.
        """
        real = os.path.realpath(path)
        data, picture = project_file.read_either(Path(path))
        document = cls(project_file.loads(data, Path(path).name, Path(path).parent))
        if picture:
            return document  # saving must not write over the picture: it asks for a name
        document._path, document._read = Path(path), DiskState(real, fingerprint(data))
        return document

    @classmethod
    def recovered(
        cls,
        project: Project,
        path: Path | str | None,
        read: DiskState = NOTHING,
        past: Iterable[HistoryStep] = (),
        forgotten: int = 0,
    ) -> Document:
        """A document with edits that its file does not hold yet. ``read`` is what stood in the file when it was last read or saved.

        ``past`` are the steps that led to the project, the oldest first; so many were ``forgotten`` before them.
        """
        document = cls(project)
        document._past, document.forgotten = list(past), forgotten
        document._path, document._read = Path(path) if path is not None else None, read
        document._saved = None  # type: ignore[assignment]
        return document

    # --- what it is ------------------------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        """The current value."""
        return self._project

    @property
    def path(self) -> Path | None:
        """The file that it is saved to, if there is one."""
        return self._path

    @property
    def modified(self) -> bool:
        """Whether there is something that is not saved."""
        return self._project is not self._saved

    @property
    def edited(self) -> bool:
        """Whether something was drawn or set that is not saved; the history of runs, which training writes, does not count."""
        saved: Project | None = self._saved
        return self.modified and (saved is None or replace(self._project, runs=saved.runs) != saved)

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty if there is nothing."""
        return self._past[-1].label if self._past else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty if there is nothing."""
        return self._future[-1].label if self._future else ""

    @property
    def history(self) -> tuple[HistoryStep, ...]:
        """What was done, the oldest first (at most the last 1,000 steps)."""
        return tuple(self._past)

    @property
    def steps(self) -> tuple[HistoryStep, ...]:
        """Every step that can be gone to: what was done, then what was taken back and can be done again."""
        return (*self._past, *reversed(self._future))

    @property
    def position(self) -> int:
        """How many of ``steps`` are done: 0 is the project as it was opened."""
        return len(self._past)

    @property
    def saved_position(self) -> int | None:
        """After how many of ``steps`` the project is as it was saved; None if that cannot be reached by undo or redo."""
        steps = self.steps
        if self._saved is (steps[0].before if steps else self._project):
            return 0
        return next((n for n, step in enumerate(steps, 1) if step.after is self._saved), None)

    # --- edits -----------------------------------------------------------------------------------------------------------------------

    def do(self, label: str, edit: Callable[[Project], Project], merge: str = "") -> bool:
        """Make an edit; True if something changed.

        Edits in succession with the same ``merge`` key become one step: a whole drag, a whole spin.

        Raises:
            ValueError: the edit cannot be made; nothing has changed.
        """
        before = self._project
        after = edit(before)
        if after is before:
            return False
        if merge and merge == self._open_merge and self._past:
            step = self._past[-1]._replace(label=label, after=after, time=time.time())
            if step.before is after:
                self._past.pop()
            else:
                self._past[-1] = step
        else:
            self._past.append(HistoryStep(label, before, after, merge, time.time()))
            self.forgotten += max(0, len(self._past) - MAX_STEPS)
            del self._past[:-MAX_STEPS]
        self._open_merge = merge
        self._future.clear()
        self._become(after)
        return True

    def replace_quietly(self, edit: Callable[[Project], Project], saved: bool = False) -> bool:
        """Change what is no step of the user's (the history of runs); True if something changed.

        Undo and redo keep it: it is changed in every project that they lead to as well. ``saved``: it needs no saving either.
        """
        made: dict[int, tuple[Project, Project]] = {}  # the old ones are kept, so that no id is given twice

        def changed(project: Project) -> Project:
            if id(project) not in made:
                made[id(project)] = project, edit(project)
            return made[id(project)][1]

        after = changed(self._project)
        if after is self._project:
            return False
        for steps in (self._past, self._future):
            steps[:] = [step._replace(before=changed(step.before), after=changed(step.after)) for step in steps]
        if saved:
            self._saved = changed(self._saved)
        self._become(after)
        return True

    def replace_opened(self, edit: Callable[[Project], Project]) -> bool:
        """Change what was opened before anybody edited it: it stays unmodified, and there is nothing to undo. True if something changed."""
        if self.modified or self.steps:
            return False
        after = edit(self._project)
        if after is self._project:
            return False
        self._saved = after
        self._become(after)
        return True

    def end_merge(self) -> None:
        """The drag or spin is over: the next edit is a step of its own."""
        self._open_merge = ""

    def undo(self) -> bool:
        """Take back the last step; False if there is none."""
        self._open_merge = ""
        if not self._past:
            return False
        step = self._past.pop()
        self._future.append(step)
        self._become(step.before)
        return True

    def redo(self) -> bool:
        """Do again what was taken back; False if there is nothing."""
        self._open_merge = ""
        if not self._future:
            return False
        step = self._future.pop()
        self._past.append(step)
        self._become(step.after)
        return True

    def jump(self, position: int) -> bool:
        """Go to the state after so many of ``steps``, at once; False if it is there already.

        Raises:
            ValueError: there are not so many steps.
        """
        self._open_merge = ""
        steps = self.steps
        if not 0 <= position <= len(steps):
            raise ValueError(f"there are {len(steps)} steps: {position} is not among them")
        if position == self.position:
            return False
        self._past, self._future = list(steps[:position]), list(reversed(steps[position:]))
        self._become(steps[position].before if position < len(steps) else steps[-1].after)
        return True

    def _become(self, project: Project) -> None:
        before, self._project = self._project, project
        self.changed.emit(before, project)
        self.state_changed.emit()

    # --- the file --------------------------------------------------------------------------------------------------------------------

    @property
    def read(self) -> DiskState:
        """What stood in the file when it was last read or saved here."""
        return self._read

    def changed_on_disk(self) -> DiskState | None:
        """What stands in the file's place now, if that is not what was read or saved here (nothing at all does not count)."""
        return _other(self._path, self._read) if self._path is not None else None

    def save(self, path: Path | str | None = None, over: DiskState | None = None) -> None:
        """Write the file, whole or not at all, over nothing but what was read from it or saved to it, or ``over`` what the user has seen.

        Raises:
            ChangedOnDisk: something else stands there; its ``seen`` may be given as ``over``.
            FileError: it cannot be written, or must not be; the old file is as it was.
        """
        target = Path(path) if path is not None else self._path
        if target is None:
            raise FileError(self._project.name, "it has no file yet", way_out="Choose where to save it.")
        same = target == self._path
        expected = over or (self._read if same else NOTHING)

        def check() -> None:
            if now := _other(target, expected):
                raise _changed(target, now, same)

        check()
        project = self._project
        data = project_file.save(target, project, check)
        if os.path.isabs(project.data.path):
            data_places.remember(project.data.path)  # the file may say it from another folder now
        self._saved, self._path = project, target
        self._read = DiskState(os.path.realpath(target), fingerprint(data))
        self._open_merge = ""
        self.state_changed.emit()


def _other(path: Path, expected: DiskState) -> DiskState | None:
    """What stands there, if it is neither nothing nor what is expected."""
    now = read_state(path)
    return now if now.mark and (now.mark, now.real) != (expected.mark, expected.real) else None


def _changed(path: Path, now: DiskState, same: bool) -> ChangedOnDisk:
    if now.words:
        return ChangedOnDisk(str(path), f"in its place now stands {now.words}", now, way_out="Save under another name.")
    if not same:
        words = "there is a file of this name already, and another one than you have seen"
        return ChangedOnDisk(str(path), words, now, way_out="Overwrite it, or save under another name.")
    way_out = "Overwrite it, save under another name, or open it again."
    return ChangedOnDisk(
        str(path), "another program has changed the file since it was opened here", now, way_out=way_out
    )
