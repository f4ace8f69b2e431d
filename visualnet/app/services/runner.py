"""Owns the training thread of the window: starts it, holds its reins, takes what it tells and keeps the history of runs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from visualnet import pytorch
from visualnet.app.services.crash_reports import Fault
from visualnet.app.services.live_probes import DataLoaded, LiveProbes
from visualnet.app.services.mailbox import Mailbox, MailboxPump
from visualnet.app.services.redraw_budget import RedrawBudget
from visualnet.app.services.training_thread import Ended, RunRead, Work, read_aside, told
from visualnet.app.services.worker import Aside
from visualnet.app.state.settings import Settings
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.project import Project, Recipe, RunRef
from visualnet.core.text.format import capitalize_first
from visualnet.data import registry
from visualnet.training import events, preflight
from visualnet.training.control import Control, ProbePort
from visualnet.training.idle_probe import ProbeResult
from visualnet.training.optimizers import check_recipe
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel, create_run

log = logging.getLogger("visualnet.runner")
TICK_MS, REST_MS = 33, 250
SWITCH_S = 0.001
"""While training, the threads hand Python to each other so soon: at the usual 5 ms both the steps and the window wait for one another."""


class Shown(NamedTuple):
    """What was shown of a document's runs when another came in front of it."""

    run: RunRef | None = None
    model: RunModel | None = None
    ghosts: Mapping[str, RunModel] = MappingProxyType({})


class Runner(QObject):
    """One training at a time. ``state`` is ``idle``, ``starting``, ``running`` or ``paused``; ``model`` holds its curves.

    Both are those of the document in front. A run of another one goes on behind it: ``elsewhere`` is that document.
    """

    state_changed = Signal()
    updated = Signal()
    """New events were taken in; at most 30 times a second."""
    failed = Signal(str, object)
    faulted = Signal(str, str)
    watched = Signal()
    attached_changed = Signal()
    """``model`` is that of another run."""
    ghosts_changed = Signal()
    occupied = Signal()
    """A run was asked for while another document trains."""

    def __init__(self, studio: Studio, mailbox: Mailbox, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio, self.mailbox, self.settings = studio, mailbox, settings
        self._state = "idle"
        self.model: RunModel | None = None
        self.run: RunRef | None = None
        """The run that trains, or else the one whose curves are shown."""
        self.ghosts: dict[str, RunModel] = {}
        """Earlier runs to compare with, by id."""
        self.redraws = RedrawBudget(self)
        self._pump = MailboxPump(mailbox, self._deliver, self, interval_ms=TICK_MS, rest_ms=REST_MS)
        self._pump.set_idle(True)
        self._aside = Aside(mailbox, self)
        self.watching = LiveProbes(studio, self._aside, self.redraws, settings, self._pump.wake, self)
        self.watching.changed.connect(self.watched)
        self._thread: threading.Thread | None = None
        self._control: Control | None = None
        self._document: Document | None = None
        """What trains, in front or not; ``_live`` is how it stands."""
        self._live = Shown()
        self._front = studio.document
        self._behind: WeakKeyDictionary[Document, Shown] = WeakKeyDictionary()
        self._lr = 0.0
        self._switch_s = sys.getswitchinterval()
        self._why: tuple[tuple[Any, ...], str] | None = None
        studio.project_changed.connect(self._edited)
        studio.document_changed.connect(self._other_document)

    # --- whether it can train ------------------------------------------------------------------------------------------------------

    def why_not(self) -> str:
        """Why training cannot start, in words; nothing if it can."""
        project, analysis, watching = self.studio.project, self.studio.analysis, self.watching
        key = (analysis, project.data, project.recipe, watching.data, watching.data_words, pytorch.trouble())
        if self._why is None or any(a is not b for a, b in zip(self._why[0], key, strict=True)):
            self._why = key, self._find_why_not()
        return self._why[1]

    def _find_why_not(self) -> str:
        project, analysis, data = self.studio.project, self.studio.analysis, self.watching.data
        errors = analysis.errors()
        if not project.graph.nodes:
            return "There is nothing to train yet: add layers, or open a template."
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            return f"The network has an error: {errors[0].words}{more}"
        if words := pytorch.trouble():
            return words
        try:
            registry.chosen(project.data)
            check_recipe(project.recipe)
        except ValueError as error:
            return f"{capitalize_first(str(error))}."
        if self.watching.data_words:
            return f"The data cannot be read: {self.watching.data_words}"
        if data is not None and data.choice == project.data:
            return next((f"{capitalize_first(fault.words)}." for fault in preflight.faults(analysis, data)), "")
        if not analysis.main.sinks("loss"):
            return "There is no loss, so nothing says what to learn: add one."
        return "" if analysis.main.trainable else "No node has weights that may change."

    def can_resume(self) -> bool:
        """Whether there is a paused run, or an earlier one that can be gone on with."""
        return self.state == "paused" or (self.state == "idle" and self._resumable() is not None)

    def _resumable(self) -> RunRef | None:
        runs = self.studio.project.runs
        chosen = [run for run in runs if self.run is not None and run.id == self.run.id] or runs[-1:]
        return next((run for run in chosen if self._unfinished(run) and history.has_checkpoint(run)), None)

    def _unfinished(self, run: RunRef) -> bool:
        return run.state != "done" or run.epochs < self.studio.project.recipe.epochs

    # --- reins ---------------------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """How the run of the document in front stands."""
        return "idle" if self.elsewhere is not None else self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state

    @property
    def busy(self) -> bool:
        """Whether a run of the document in front goes on, in whatever state."""
        return self.state != "idle"

    @property
    def elsewhere(self) -> Document | None:
        """The document that trains behind the one in front."""
        return None if self._document is self.studio.document else self._document

    def state_of(self, document: Document) -> str:
        """How the run of any document stands: also ``failed``, until something is done about it."""
        if document is self._document:
            return self._state
        return "failed" if self.studio.failed(document) else "idle"

    def _free(self) -> bool:
        """Whether nothing trains elsewhere; if something does, that is told."""
        if self.elsewhere is not None:
            self.occupied.emit()
        return self.elsewhere is None

    def start(self) -> bool:
        """Train from the start; False (and a message) if that cannot be."""
        if self.busy or not self._free():
            return False
        if words := self.why_not():
            self.studio.message.emit("error", words)
            return False
        project = self.studio.project
        try:
            folder = create_run(replace(project, runs=(), readonly=""))
        except (OSError, FileError) as error:
            self.studio.message.emit("error", f"The run cannot be kept on disk: {error}")
            return False
        now = datetime.now().replace(microsecond=0).isoformat()
        extra = {"optimizer": project.recipe.optimizer, "data": project.data.name}
        run = RunRef(id=folder.name, folder=folder.name, started=now, state="running", extra=extra)
        self._begin(project, replace(run, summary={"lr": project.recipe.lr}), folder, resume=False)
        return True

    def resume(self) -> bool:
        """Go on after a pause, or with the last run where it was stopped."""
        if self._control is not None and self.elsewhere is None:
            self._control.resume()
            return True
        run = self._resumable()
        folder = history.folder_of(run) if run is not None else None
        if self.busy or run is None or folder is None or not self._free():
            return False
        if words := self.why_not():
            self.studio.message.emit("error", words)
            return False
        self._begin(self.studio.project, replace(run, state="running"), folder, resume=True)
        return True

    def pause(self) -> None:
        """Wait after the current step."""
        if self._control is not None and self.elsewhere is None:
            self._control.pause()

    def stop(self) -> None:
        """End after the current step; the weights are kept."""
        if self._control is not None and self.elsewhere is None:
            self._control.stop()

    def finish(self) -> None:
        """Stop, wherever it trains, wait until the thread has ended, and take in what it still had to say."""
        if self._control is not None:
            self._control.stop()
        if self._thread is not None:
            self._thread.join()
            self._pump.flush()

    def close(self) -> None:
        """The window closes: stop, join, rest."""
        self.finish()
        self._aside.close()
        self._pump.stop()
        self.redraws.stop()
        self.watching.stop()

    def watch(self, who: str, ports: Iterable[ProbePort] = (), grid: bool = False) -> None:
        """Look at these ports for `who` from now on."""
        self.watching.want(who, ports, grid)

    # --- other runs ----------------------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """A project was opened: show the newest of its runs that is on this machine, and read its data."""
        self.watching.need_data()
        newest = next((run for run in reversed(self.studio.project.runs) if history.folder_of(run)), None)
        if newest is not None and not self.busy:
            self.attach(newest.id)

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
        self.run = run
        self.watching.run = folder
        self.watching.look_again()
        self._read(run_id, folder, "attach")

    def show_ghost(self, run_id: str, shown: bool) -> None:
        """Show an earlier run's curves beneath those of the current one, or no more."""
        run = history.find(self.studio.project, run_id)
        folder = history.folder_of(run) if run is not None else None
        if shown and folder is not None:
            self._read(run_id, folder, "ghost")
        elif self.ghosts.pop(run_id, None) is not None:
            self.ghosts_changed.emit()

    def detach(self, run_id: str) -> None:
        """Forget a run that is being deleted."""
        self.show_ghost(run_id, False)
        if self.run is not None and self.run.id == run_id and not self.busy:
            self.run = self.model = self.watching.run = None
            self.watching.look_again()
            self.attached_changed.emit()
            self.updated.emit()

    def _read(self, run_id: str, folder: Path, purpose: str) -> None:
        self._aside.ask(f"{purpose} {run_id}", lambda: read_aside(run_id, folder, purpose))
        self._pump.wake()

    def _take_run(self, read: RunRead) -> None:
        if read.model is None:
            self.studio.message.emit("warning", f"The record of the run cannot be read: {read.words}")
        elif read.purpose == "resume" and self._live.run is not None and read.run == self._live.run.id:
            self._live = self._live._replace(model=read.model)
            if self.elsewhere is None:
                self.model = read.model
                self.attached_changed.emit()
        elif read.purpose == "ghost" and history.find(self.studio.project, read.run) is not None:
            self.ghosts[read.run] = read.model
            self.ghosts_changed.emit()
        elif read.purpose == "attach" and self.run is not None and read.run == self.run.id and not self.busy:
            self.model = read.model
            self.attached_changed.emit()

    # --- the thread ----------------------------------------------------------------------------------------------------------------

    def _begin(self, project: Project, run: RunRef, folder: Path, resume: bool) -> None:
        self.studio.clear_runtime_problem()
        self.run, self._document, self._lr = run, self.studio.document, project.recipe.lr
        if not resume:
            self.model = RunModel(run.id, folder)
            self.attached_changed.emit()
        self._live = Shown(run, self.model)
        self._control = control = Control()
        self.watching.run = folder
        self.watching.set_control(control)
        put = self.mailbox.put
        work = Work(project, run.id, folder, resume, control, put)
        self._thread = threading.Thread(target=work, name="training")
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        self._set_state("starting")
        self._record()
        self._thread.start()
        self._pump.wake()

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._pump.set_idle(state == "idle")
            self.state_changed.emit()

    def _deliver(self, mail: list[Any]) -> None:
        heard = False
        for event in mail:
            if isinstance(event, events.Watched):
                self.watching.take(event)
            elif isinstance(event, events.Event):
                self._take(event)
                heard = True
            else:
                self._take_other(event)
        if heard and self.elsewhere is None:
            self.updated.emit()

    def _take_other(self, message: Any) -> None:
        if isinstance(message, Fault):
            self.faulted.emit(message.words, message.trace)
        elif isinstance(message, ProbeResult):
            self.watching.take_peek(message)
        elif isinstance(message, DataLoaded):
            self.watching.take_data(message)
            self.state_changed.emit()
        elif isinstance(message, RunRead):
            self._take_run(message)
            self.updated.emit()
        elif isinstance(message, Ended) and self._live.run is not None and message.run == self._live.run.id:
            self._ended()

    def _take(self, event: events.Event) -> None:
        if self._live.model is not None:
            self._live.model.consume(event)
        if isinstance(event, events.Started | events.Resumed):
            self._set_state("running")
        elif isinstance(event, events.Paused):
            self._set_state("paused")
        elif isinstance(event, events.Trouble):
            self.studio.message.emit("warning", capitalize_first(event.words))
        elif isinstance(event, events.Failed):
            words = f"Training stopped: {event.words}"
            if event.traceback:
                log.info("a run failed\n%s", event.traceback)
            self.studio.set_runtime_problem(event.path, words, event.traceback, self._document)
            behind = f"{self.elsewhere.project.name}: " if self.elsewhere is not None else ""
            self.failed.emit(behind + words, event.path)

    def _ended(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = self._control = None
        sys.setswitchinterval(self._switch_s)
        self._record()
        if self.elsewhere is None:
            self.watching.set_control(None)
        else:
            self._behind[self._document] = self._live  # type: ignore[index]
        self._document, self._live = None, Shown()
        self._set_state("idle")

    def _record(self) -> None:
        """Write into the project's history how the run stands."""
        run, model, _ = self._live
        if run is None or self._document is None:
            return
        known = history.find(self._document.project, run.id)
        run = run if known is None else replace(run, extra={**known.extra, **run.extra})
        self._live = Shown(told(run, model, self._control is not None), model)
        if self.elsewhere is None:
            self.run = self._live.run
        self._document.replace_quietly(history.put(self._live.run))  # type: ignore[arg-type]

    # --- what the person does ------------------------------------------------------------------------------------------------------

    def _edited(self, before: Project, after: Project) -> None:
        if self._control is not None and self.elsewhere is None and after.recipe.lr != self._lr:
            self._lr = after.recipe.lr
            self._control.set_lr(self._lr)
        if self.studio.runtime_problem is not None and (
            before.graph.nodes is not after.graph.nodes or before.blocks is not after.blocks
        ):
            self.studio.clear_runtime_problem()

    def _other_document(self) -> None:
        """Another document is in front: its own runs are shown, and what trains is watched only while it is seen."""
        document = self.studio.document
        self._behind[self._front] = Shown(self.run, self.model, dict(self.ghosts))
        shown = self._behind.pop(document, Shown())
        self._front = document
        self.run, self.model, _ = self._live if document is self._document else shown
        self.ghosts = dict(shown.ghosts)
        self.watching.set_control(None)
        self.watching.reset()
        if document is self._document:
            self.watching.set_control(self._control)
        self.watching.run = folder = history.folder_of(self.run) if self.run is not None else None
        if self.run is not None and self.model is None and folder is not None:
            self._read(self.run.id, folder, "attach")
        self.attached_changed.emit()
        self.ghosts_changed.emit()
        self.state_changed.emit()
        self.updated.emit()

    def ended_with(self, document: Document) -> None:
        """A document is closed: a run of it ends, and nothing of it is kept."""
        if document is self._document:
            self.finish()
        self._behind.pop(document, None)

    @property
    def recipe(self) -> Recipe:
        """How the next run will train; during a run what can still be changed follows it at once."""
        return self.studio.project.recipe
