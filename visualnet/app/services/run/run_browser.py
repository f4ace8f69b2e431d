"""Which runs are shown of each document, whether they go on or not: the curves of one, and those of others beneath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from visualnet.app.services.background_task import TaskQueue
from visualnet.app.services.live_probes import LiveProbes
from visualnet.app.services.redraw_budget import RedrawBudget
from visualnet.app.services.run.run_edits import RunEdits
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.project import RunRef
from visualnet.core.user.settings import Settings
from visualnet.training.process.exit_report import record_lost_ending
from visualnet.training.runs import run_history as history
from visualnet.training.runs.curves import assign_colors
from visualnet.training.runs.run_model import RunModel, read_run


@dataclass
class ShownRuns:
    """What is shown of a document's runs while it is in front: ``run`` with its curves, and other curves beneath, by run."""

    run: RunRef | None = None
    model: RunModel | None = None
    ghosts: dict[str, RunModel] = field(default_factory=dict)
    colors: dict[str, int] = field(default_factory=dict)

    def put_in_front(self, run: RunRef | None) -> None:
        """Another run comes to the front; of the one that was there the newest curves are kept, if they are to stay."""
        was, model = self.run, self.model
        if was is not None and was.id in self.ghosts and model is not None and model.run == was.id:
            self.ghosts[was.id] = model
        self.run = run


class RunBrowser(QObject):
    """The runs that are shown; which one trains is for ``Runner`` to say."""

    updated = Signal()
    """New events were taken in; at most 30 times a second."""
    attached_changed = Signal()
    """``model`` is that of another run."""
    ghosts_changed = Signal()

    def __init__(self, studio: Studio, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio, self.settings = studio, settings
        self.redraws = RedrawBudget(self)
        self._queue = TaskQueue(self)
        self.run_edits = RunEdits(studio, self)
        self.probes = LiveProbes(studio, self._queue, self.redraws, settings, self)
        self._shown: WeakKeyDictionary[Document, ShownRuns] = WeakKeyDictionary()

    @property
    def busy(self) -> bool:
        """Whether a run of the document in front goes on."""
        return False

    def _shown_of(self, document: Document) -> ShownRuns:
        return self._shown.setdefault(document, ShownRuns())

    @property
    def run(self) -> RunRef | None:
        """The run that trains, or else the one whose curves are shown."""
        return self._shown_of(self.studio.document).run

    @property
    def model(self) -> RunModel | None:
        """The curves of ``run``."""
        return self._shown_of(self.studio.document).model

    @property
    def ghosts(self) -> dict[str, RunModel]:
        """Earlier runs to compare with, by id."""
        return self._shown_of(self.studio.document).ghosts

    @property
    def run_colors(self) -> dict[str, int]:
        """The index of the colour of each run that is shown, by id. It keeps it while it is shown beside others."""
        shown = self._shown_of(self.studio.document)
        front = [shown.run.id] if shown.run is not None else []
        shown.colors = assign_colors(shown.colors, [*front, *(run for run in shown.ghosts if run not in front)])
        return shown.colors

    def attach(self, run_id: str) -> None:
        """Show the curves of an earlier run, and look into the network with its weights."""
        run = history.find(self.studio.project, run_id)
        if self.busy or run is None:
            return
        folder = history.folder_of(run)
        if folder is None:
            self.studio.message.emit(
                "warning", f"The run of {history.title(run)} is not on this machine: only its summary is here."
            )
            return
        self._shown_of(self.studio.document).put_in_front(run)
        self.probes.set_run(folder)
        self._read_curves(run_id, folder)

    def _read_curves(self, run_id: str, folder: Path) -> None:
        def show(model: RunModel) -> None:
            if self.run is not None and self.run.id == run_id and not self.busy:
                self._shown_of(self.studio.document).model = model
                if model.unread:
                    self.studio.message.emit("warning", model.unread)
                self._note_end(model)
                self.attached_changed.emit()
                self.updated.emit()

        self._read(f"attach {run_id}", folder, show)

    def _note_end(self, model: RunModel) -> None:
        """A run that went on when the project was saved may have ended since."""
        if self.run is not None and self.run.state == "running" and model.over:
            run = history.update(self.run, model, goes_on=False)
            self._shown_of(self.studio.document).run = run
            self.studio.document.replace_quietly(history.put_run(run))

    def show_ghost(self, run_id: str, shown: bool) -> None:
        """Show a run's curves beneath those of the one in front, or no more. The one in front stays when another takes its place."""

        def add(model: RunModel) -> None:
            if history.find(self.studio.project, run_id) is not None:
                self.ghosts[run_id] = model
                self.ghosts_changed.emit()
                self.updated.emit()

        run = history.find(self.studio.project, run_id)
        folder = history.folder_of(run) if run is not None else None
        if shown and self.model is not None and self.model.run == run_id:
            add(self.model)
        elif shown and folder is not None:
            self._read(f"ghost {run_id}", folder, add)
        elif self.ghosts.pop(run_id, None) is not None:
            self.ghosts_changed.emit()

    def _read(self, key: str, folder: Path, done: Callable[[RunModel], None]) -> None:
        warn = partial(self.studio.message.emit, "warning")

        def read() -> RunModel:
            record_lost_ending(folder)  # if its process is gone without a word, the log says so from here on
            return read_run(folder)

        self._queue.submit(key, read, done, warn, words="The record of the run cannot be read")

    def detach(self, run_id: str) -> None:
        """Forget a run that is being deleted."""
        self.show_ghost(run_id, False)
        if self.run is not None and self.run.id == run_id and not self.busy:
            shown = self._shown_of(self.studio.document)
            shown.run = shown.model = None
            self.probes.set_run(None)
            self.attached_changed.emit()
            self.updated.emit()
