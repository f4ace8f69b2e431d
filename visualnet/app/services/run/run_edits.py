"""What a person changes in kept runs: names, tags, groups, notes, what is put away, what goes to the trash; with an undo of its own.

It belongs to the folders of the runs, not to a project: no step of it is among those of the canvas.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QFile, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from visualnet.app.state.studio import Studio
from visualnet.core.errors import FileError
from visualnet.core.text.format import format_duration, format_quantity
from visualnet.training.process.liveness import SILENT_S, may_be_trained
from visualnet.training.run_records.annotations import RunAnnotations, annotate, read_annotations
from visualnet.training.run_records.run_names import copy_names, take_over_names

MOST_STEPS = 200
_LIVE = (
    "“{}” stays: a process trains in it, or may do so on another machine. Stop it there; if it is gone, delete the run when its files "
    "have not changed for {} under the eyes of this window."
)


def _nothing() -> None:
    """Nothing more is to be done."""


class RunEdit(NamedTuple):
    """Something that was done, in words; ``back`` and ``again`` do the opposite and the same, and say whether that could be done."""

    words: str
    back: Callable[[], bool]
    again: Callable[[], bool]


class RunEdits(QObject):
    """Changes kept runs, and takes that back. A step that cannot be taken back any more (the trash was emptied) is let go, with words."""

    changed = Signal()
    """Something in the folders of runs is different."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._past: list[RunEdit] = []
        self._future: list[RunEdit] = []
        studio.document_changed.connect(self.share_names)

    # --- undo ------------------------------------------------------------------------------------------------------------

    @property
    def undo_label(self) -> str:
        """What would be taken back; empty where there is nothing."""
        return self._past[-1].words if self._past else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty where there is nothing."""
        return self._future[-1].words if self._future else ""

    def undo(self) -> None:
        """Take the last step back."""
        if self._past:
            step = self._past.pop()
            if step.back():
                self._future.append(step)
            self._tell()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        if self._future:
            step = self._future.pop()
            if step.again():
                self._past.append(step)
            self._tell()

    def step_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key asks for, if there is such a step."""
        if event.matches(QKeySequence.StandardKey.Undo) and self._past:
            return self.undo
        redo = event.matches(QKeySequence.StandardKey.Redo) or event.keyCombination() == _CTRL_Y
        return self.redo if redo and self._future else None

    def _did(self, step: RunEdit) -> None:
        self._past = [*self._past, step][-MOST_STEPS:]
        self._future.clear()
        self._tell()
        self.studio.shell.notify("hint", step.words, [("Undo", partial(self._undo_this, step))])

    def _undo_this(self, step: RunEdit) -> None:
        """Take that very step back, if nothing was done since."""
        if self._past and self._past[-1] is step:
            self.undo()
        elif step in self._past:
            words = f"More was done since: {self.undo_label} Take that back first (Ctrl+Z on the page All runs)."
            self.studio.message.emit("hint", words)

    def _tell(self) -> None:
        self.share_names()
        self.changed.emit()

    # --- what is said of runs ---------------------------------------------------------------------------------------------

    def annotate(
        self, words: str, folders: Sequence[Path], change: Callable[[RunAnnotations], Mapping[str, Any]]
    ) -> bool:
        """Change what is said of some runs; False (and a message) where it cannot be written."""
        before: dict[Path, RunAnnotations] = {}
        after: dict[Path, RunAnnotations] = {}
        trouble = ""
        for folder in folders:
            said = read_annotations(folder)
            try:
                after[folder] = annotate(folder, **change(said))
            except (FileError, ValueError, OSError) as error:
                trouble = str(error)
                break
            before[folder] = said
        if before != after:
            self._did(RunEdit(words, partial(self._say, before), partial(self._say, after)))
        if trouble:
            self.studio.message.emit("error", trouble)
        return not trouble

    def rename(self, folder: Path, name: str) -> bool:
        """Give a run a name; an empty one takes it away."""
        words = f"The run is called “{name}”." if name else "The run has no name any more."
        return self.annotate(words, [folder], lambda said: {"name": name})

    def _say(self, what: Mapping[Path, RunAnnotations]) -> bool:
        try:
            for folder, said in what.items():
                if folder.is_dir():
                    annotate(folder, **msgspec.structs.asdict(said))
        except (FileError, ValueError, OSError) as error:
            self.studio.message.emit("error", str(error))
            return False
        return True

    def share_names(self) -> None:
        """Give the project in front the names that its runs have by now; what an earlier version kept in the project is taken over."""
        take_over_names(self.studio.project)
        self.studio.document.replace_quietly(copy_names, saved=True)

    # --- the trash --------------------------------------------------------------------------------------------------------

    def delete(
        self, folders: Sequence[Path], back: Callable[[], None] = _nothing, again: Callable[[], None] = _nothing
    ) -> bool:
        """Move the folders of some runs to the trash, from where they can be had back; False (and a message) where one stays.

        ``back`` and ``again`` are called too when this is taken back, or done again.
        """
        gone: dict[Path, str] = {}
        whole = self._put_away(folders, gone)
        if gone:
            words = "The run is" if len(gone) == 1 else f"{format_quantity(len(gone), 'run')} are"
            there = tuple(gone)

            def put_back() -> bool:
                done = self._put_back(gone)
                back()
                return done

            def put_away() -> bool:
                again()
                return self._put_away(there, gone)

            self._did(RunEdit(f"{words} in the trash.", put_back, put_away))
        return whole

    def _put_away(self, folders: Sequence[Path], gone: dict[Path, str]) -> bool:
        live = [folder for folder in folders if may_be_trained(folder)]
        for folder in live:
            self.studio.message.emit("error", _LIVE.format(folder.name, format_duration(SILENT_S)))
        for folder in folders:
            if folder in live:
                continue
            moved = QFile(str(folder))
            if not moved.moveToTrash():
                self.studio.message.emit("error", f"There is no trash for {folder}: delete the folder by hand.")
                return False
            gone[folder] = moved.fileName()  # where it is now
        return not live

    def _put_back(self, gone: Mapping[Path, str]) -> bool:
        done = True
        for folder, place in gone.items():
            if not place or folder.exists() or not QFile.rename(place, str(folder)):
                words = f"{folder.name} cannot be put back: take it out of the trash by hand."
                self.studio.message.emit("error", words)
                done = False
            else:
                _forget_in_trash(Path(place))
        return done


def _forget_in_trash(place: Path) -> None:
    """Remove what the trash wrote down of something that was taken out of it by hand.

    On Linux it is a file beside the folder of what was thrown away (https://specifications.freedesktop.org/trash-spec/); elsewhere the
    system keeps no such file.
    """
    if sys.platform == "linux" and place.parent.name == "files":
        with suppress(OSError):
            (place.parent.parent / "info" / f"{place.name}.trashinfo").unlink()


_CTRL_Y = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Y)
