"""Trains a network once for each fold of its data: one run after the other, in the document where it was begun."""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from visualnet.app.services.epoch_forecast import refuse_too_large
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.project import Project, RunRef
from visualnet.core.text.format import format_quantity
from visualnet.training.folds.cross_validation import divide_in_folds
from visualnet.training.folds.fold_runs import Fold
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel


def count_folds(project: Project) -> int:
    """In how many folds the data of a project are divided; 0 where they are divided in another way."""
    if project.data.division != "folds":
        return 0
    folds: Any = project.data.division_options.get("folds", 5)
    return folds if isinstance(folds, int) else 0


class FoldRunner(Protocol):
    """Who trains: what is asked of `visualnet.app.services.runner.Runner`."""

    studio: Studio
    state_changed: SignalInstance

    @property
    def run(self) -> RunRef | None: ...

    @property
    def model(self) -> RunModel | None: ...

    @property
    def busy(self) -> bool: ...

    @property
    def elsewhere(self) -> Document | None: ...

    def why_not(self) -> str: ...

    def start_fold(self, project: Project, fold: Fold) -> RunRef | None: ...

    def stop(self) -> None: ...


class FoldTraining(QObject):
    """Begins the run of the next fold when the one before is done. A run that is stopped or fails ends all; so does `stop`."""

    changed = Signal()

    def __init__(self, runner: FoldRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._document: Document | None = None
        self._waiting: deque[Project] = deque()
        self._series, self.folds, self._run = "", 0, ""
        runner.state_changed.connect(self._look)

    @property
    def active(self) -> bool:
        """Whether folds are trained of the document in front."""
        return self._document is self._runner.studio.document

    @property
    def number(self) -> int:
        """The fold that trains now, counted from 1."""
        return self.folds - len(self._waiting)

    @property
    def share(self) -> float:
        """How much of all folds is done."""
        run, model = self._runner.run, self._runner.model
        if not self.folds or run is None or run.id != self._run or model is None:
            return (self.number - 1) / max(self.folds, 1)
        done = model.epochs_done / max(model.planned_epochs, 1)
        return (self.number - 1 + min(done, 1.0)) / self.folds

    def why_not(self) -> str:
        """Why it cannot be begun, in words; nothing if it can."""
        if self._document is not None or self._runner.busy or self._runner.elsewhere is not None:
            return "A training goes on."
        if not count_folds(self._runner.studio.project):
            return "The data are not divided in folds: choose that in the Recipe, section Data."
        return self._runner.why_not()

    def start(self) -> bool:
        """Train the first fold, and then the others; False if that cannot be."""
        studio = self._runner.studio
        if words := self.why_not():
            studio.message.emit("error", words)
            return False
        if refuse_too_large(studio):
            return False
        self.folds = count_folds(studio.project)
        self._waiting = deque(divide_in_folds(studio.project, self.folds))
        self._document, self._series = studio.document, ""
        return self._begin_next()

    def stop(self) -> None:
        """End the run that goes on, and begin no other."""
        self._waiting.clear()
        if self._runner.busy:
            self._runner.stop()
        else:
            self._end()

    def forget(self, document: Document) -> None:
        """A document is closed: no other fold of it is begun."""
        if document is self._document:
            self._end()

    def _begin_next(self) -> bool:
        project = self._waiting.popleft()
        run = self._runner.start_fold(project, Fold(self._series, self.number, self.folds))
        if run is None:
            self._end()
            return False
        self._series, self._run = self._series or run.id, run.id
        self.changed.emit()
        return True

    def _look(self) -> None:
        """Go on when a run has ended. While another document is in front, the next fold waits."""
        if not self.active or self._runner.busy or self._runner.elsewhere is not None or not self._run:
            return
        studio = self._runner.studio
        run = history.find(studio.project, self._run)
        if run is None or run.state != "done":
            self._end()
        elif self._waiting:
            self._begin_next()
        else:
            self._end()
            words = format_quantity(self.folds, "fold")
            studio.message.emit("ok", f"All {words} are trained: the panel Runs says what they reached.")

    def _end(self) -> None:
        self._document, self._run = None, ""
        self._waiting.clear()
        self.changed.emit()
