"""Runs the trainings of the window: starts and steers them, takes in their events, and keeps the history of runs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from visualnet import pytorch
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.services.epoch_forecast import SWITCH_S, refuse_too_large
from visualnet.app.services.live_edits import LiveEdits
from visualnet.app.services.run.fold_training import FoldTraining
from visualnet.app.services.run.network_question import NetworkQuestion
from visualnet.app.services.run.run_browser import RunBrowser, ShownRuns
from visualnet.app.services.run.training_places import RunningTraining, TrainingPlaces
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.process.crash_handler import ErrorReport
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.project import Project, RunRef
from visualnet.core.text.format import capitalize_first
from visualnet.core.user.settings import Settings
from visualnet.training import events
from visualnet.training.control import ProbePort, TrainingControl
from visualnet.training.folds.fold_runs import Fold, mark_fold, project_of
from visualnet.training.loop import preflight
from visualnet.training.process import address
from visualnet.training.run_again.branch import place_of
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.record import Origin
from visualnet.training.runs import network_mark
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel, read_project
from visualnet.training.runs.run_status import STILL_AS_IT_WAS

log = logging.getLogger("visualnet.runner")
TICK_MS, REST_MS = 33, 250


class Runner(RunBrowser):
    """One training at a time. ``state`` is ``idle``, ``starting``, ``running`` or ``paused``; ``model`` holds its curves.

    Both are those of the document in front. A run of another one goes on behind it: ``elsewhere`` is that document.
    """

    state_changed = Signal()
    failed = Signal(str, object)
    faulted = Signal(str, str)
    probes_changed = Signal()
    occupied = Signal()
    """A run was asked for while another document trains."""

    def __init__(self, studio: Studio, mailbox: Mailbox, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(studio, settings, parent)
        self.mailbox = mailbox
        self.probes.changed.connect(self.probes_changed)
        self.probes.data_changed.connect(self.state_changed)
        self._timer = QTimer(self, interval=REST_MS)
        self._timer.timeout.connect(self.receive)
        self._timer.start()
        self._state = "idle"
        self._task: BackgroundTask | None = None
        self.places = TrainingPlaces(studio, settings, self)
        self._training: RunningTraining | None = None
        self._document: Document | None = None
        """What trains, in front or not."""
        self.live_edits = LiveEdits(self)
        self.live_edits.refused.connect(lambda words: studio.message.emit("hint", words))
        self._told_older = False
        self._switch_s = sys.getswitchinterval()
        self._why: tuple[tuple[Any, ...], str] | None = None
        self.folds = FoldTraining(self, self)
        self.probes.data_changed.connect(self.places.warm_up)
        self.network = NetworkQuestion(studio, self.live_edits, self)
        self.state_changed.connect(self.network.refresh)
        self.network.changed.connect(self.state_changed)
        studio.project_changed.connect(self._edited)
        studio.document_changed.connect(self._other_document)

    @property
    def _control(self) -> TrainingControl | None:
        return self._training.control if self._training is not None else None

    @property
    def state(self) -> str:
        """How the run of the document in front stands."""
        return "idle" if self.elsewhere is not None else self._state

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

    def why_not(self) -> str:
        """Why training cannot start, in words; nothing if it can."""
        probes = self.probes
        key = (self.studio.analysis, probes.data, probes.data_error, pytorch.import_failure())
        if self._why is None or any(a is not b for a, b in zip(self._why[0], key, strict=True)):
            self._why = key, preflight.why_not(self.studio.analysis, probes.data, probes.data_error)
        return self._why[1]

    def can_resume(self) -> bool:
        """Whether there is a paused run, or an earlier one that can be gone on with."""
        resumable = self.state == "idle" and history.find_resumable(self.studio.project, self.run) is not None
        return resumable or self.state == "paused"

    def _may_begin(self) -> bool:
        """Whether a run may begin; if not, the person is told why."""
        if self.elsewhere is not None:
            self.occupied.emit()
            return False
        if words := self.why_not():
            self.studio.message.emit("error", words)
        return not words and not refuse_too_large(self.studio)

    def start(self, origin: Origin | None = None) -> bool:
        """Train from the start, which the run remembers to come from ``origin``; False (and a message) if that cannot be."""
        if self.busy or not self._may_begin():
            return False
        return self._begin_new(self.studio.project, lambda run: run, origin) is not None

    def start_fold(self, project: Project, fold: Fold) -> RunRef | None:
        """Train the document in front as ``project`` divides its data; the run, or None (and a message) if it cannot be."""
        return self._begin_new(project, lambda run: mark_fold(run, fold._replace(series=fold.series or run.id)))

    def _begin_new(
        self, project: Project, mark: Callable[[RunRef], RunRef], origin: Origin | None = None
    ) -> RunRef | None:
        try:
            file = self.studio.document.path
            place = file.absolute().parent if file is not None else place_of(origin)
            folder = begin_run(replace(project, runs=(), readonly=""), place=place, origin=origin)
        except (OSError, FileError) as error:
            self.studio.message.emit("error", f"The run cannot be kept on disk: {error}")
            return None
        run = mark(history.new_run(project, folder))
        self._begin_here(run, folder, resume=False, project=project)
        return run

    def resume(self) -> bool:
        """Go on after a pause, or with the last run where it was stopped."""
        if self._control is not None and self.elsewhere is None:
            if self.network.holds_back():
                return False
            self._control.resume()
            return True
        run = history.find_resumable(self.studio.project, self.run)
        folder = history.folder_of(run) if run is not None else None
        if self.busy or run is None or folder is None or not self._may_begin():
            return False
        go = partial(self._resume_ended, run, folder)
        network = read_project(folder) if network_mark.is_older(run, self.studio.project) else None
        if network is not None and self.network.holds_back_ended(network, go):
            return False
        go(self.studio.project)
        return True

    def _resume_ended(self, run: RunRef, folder: Path, project: Project) -> None:
        extra = {**run.extra, network_mark.KEY: network_mark.mark_of(project)}
        project = project_of(project, run)  # a run of a fold goes on with that fold
        self._begin_here(replace(run, state="running", extra=extra), folder, resume=True, project=project)

    def pause(self) -> None:
        """Wait after the current step."""
        if self._control is not None and self.elsewhere is None:
            self._control.pause()

    def stop(self) -> None:
        """End after the current step; the weights are kept."""
        if self._control is not None and self.elsewhere is None:
            self._control.stop()

    @property
    def survives(self) -> bool:
        """Whether the run that goes on can do so without this window."""
        return self._training is not None and self._training.leave is not None

    @property
    def watches_only(self) -> bool:
        """Whether what goes on can only be watched: to stop it is to follow it no further."""
        return self._control is not None and bool(self._control.readonly)

    def leave(self) -> None:
        """Follow the run no further and let it go on by itself; wait until nobody here hears of it any more."""
        if self._training is not None and self._training.leave is not None and self._task is not None:
            self._training.leave()
            self._task.wait()

    def follow(self, run: RunRef, folder: Path, at: str = "") -> bool:
        """Follow a run of the document in front that goes on in another process; ``at`` is the end of a tunnel to it, if it needs one.
        False (and a message) where something trains already."""
        if self.busy or self.elsewhere is not None:
            self.studio.message.emit("hint", "Something trains here already: one run is followed at a time.")
            return False
        training = self.places.attach(folder, at, self.mailbox.put)
        self._begin(run, folder, training, read_project(folder) or self.studio.project)
        return True

    def attach(self, run_id: str) -> None:
        """Show the curves of an earlier run; one that goes on in another process is followed."""
        run = history.find(self.studio.project, run_id)
        folder = history.folder_of(run) if run is not None else None
        free = not self.busy and self.elsewhere is None
        if run is not None and folder is not None and free and address.is_running(folder):
            self.follow(run, folder)
        else:
            super().attach(run_id)

    def finish(self) -> None:
        """Stop, wherever it trains, wait until the thread has ended, and take in what it still had to say."""
        if self._control is not None:
            self._control.stop()
        if self._task is not None:
            self._task.wait()

    def close(self) -> None:
        """The window closes: stop what cannot go on without it, join, rest."""
        self.leave()
        self.finish()
        self.places.close()
        self._queue.close()
        for part in (self._timer, self.live_edits, self.redraws, self.probes):
            part.stop()

    def request_probes(self, who: str, ports: Iterable[ProbePort] = (), grid: bool = False) -> None:
        """Look at these ports for `who` from now on."""
        self.probes.set_request(who, ports, grid)

    def prepare(self) -> None:
        """A project was opened: show the newest of its runs that is on this machine, and read its data."""
        self.run_edits.share_names()
        self.probes.need_data()
        newest = history.find_newest(self.studio.project)
        if newest is not None:
            self.attach(newest.id)

    def _begin_here(self, run: RunRef, folder: Path, resume: bool, project: Project) -> None:
        place, _ = self.places.place(project, self.studio.analysis)
        training = self.places.begin(place, project, folder, resume, self.mailbox.put)
        self._begin(run, folder, training, project, keeps_curves=resume)

    def _begin(
        self, run: RunRef, folder: Path, training: RunningTraining, project: Project, keeps_curves: bool = False
    ) -> None:
        self.studio.clear_runtime_problem()
        self._told_older = False
        self._document = self.studio.document
        shown = self._shown_of(self._document)
        shown.put_in_front(run)
        if not keeps_curves:
            shown.model = RunModel(run.id, folder, watched=True)
            self.attached_changed.emit()
        self._training, control = training, training.control
        self.live_edits.follow(self._document, control, project, training.attached)
        self.network.begin(control)
        self.probes.set_run(folder)
        self.probes.set_control(control)
        sys.setswitchinterval(SWITCH_S)
        self._set_state("starting")
        self._record()
        self._task = BackgroundTask(
            lambda _job: training.follow(),
            name="training",
            words="Training has failed",
            parent=self,
        )
        self._task.finished.connect(self._end)

    def _end(self) -> None:
        self.receive()
        sys.setswitchinterval(self._switch_s)
        self._task = None
        if self._control is not None and not self._control.left:  # else it goes on when it is followed no more
            self._training = None
        self._record()
        self.live_edits.stop()
        self.network.end()
        self._training = None
        if self.elsewhere is None:
            self.probes.set_control(None)
        self._document = None
        self._set_state("idle")
        self.places.warm_up()

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._timer.start(REST_MS if state == "idle" else TICK_MS)
            self.state_changed.emit()

    def _record(self) -> None:
        """Write into the project's history how the run stands."""
        assert self._document is not None
        shown = self._shown_of(self._document)
        assert shown.run is not None
        known = history.find(self._document.project, shown.run.id)
        run = shown.run if known is None else replace(shown.run, extra={**known.extra, **shown.run.extra})
        shown.run = history.update(run, shown.model, self._control is not None)
        self._document.replace_quietly(history.put_run(shown.run))

    def receive(self) -> None:
        """Take in what other threads have said."""
        updated = False
        for message in self.mailbox.drain():
            if isinstance(message, events.ProbeReport):
                self.probes.take_report(message)
            elif isinstance(message, ErrorReport):
                self.faulted.emit(message.words, message.trace)
            elif self._document is not None:
                self._take(message, self._document)
                updated = self.elsewhere is None
        if updated:
            self.updated.emit()

    def _take(self, message: events.Event | RunModel, document: Document) -> None:
        shown = self._shown_of(document)
        if isinstance(message, RunModel):  # what a run that is resumed has done before
            shown.model = message
            if self.elsewhere is None:
                self.attached_changed.emit()
            if message.state in ("training", "paused"):  # it was going on before we came
                self._set_state("running" if message.state == "training" else "paused")
            return
        if shown.model is not None:
            shown.model.consume(message)
        if isinstance(message, events.Started | events.Resumed):
            self._set_state("running")
        elif isinstance(message, events.Paused):
            self._set_state("paused")
        elif isinstance(message, events.NetworkChanged):
            self._take_network(shown)
        elif isinstance(message, events.Trouble):
            self.network.take_trouble()
            self.studio.message.emit("warning", capitalize_first(message.words))
        elif isinstance(message, events.Failed):
            words = f"Training stopped: {message.words}"
            if message.traceback:
                log.info("a run failed\n%s", message.traceback)
            self.studio.set_runtime_problem(message.path, words, message.traceback, document)
            behind = f"{document.project.name}: " if self.elsewhere is not None else ""
            self.failed.emit(behind + words, message.path)

    def _take_network(self, shown: ShownRuns) -> None:
        project = self.network.take_changed()
        if project is not None and shown.run is not None:
            extra = {**shown.run.extra, network_mark.KEY: network_mark.mark_of(project)}
            shown.run, self._told_older = replace(shown.run, extra=extra), False
            self._record()

    def _edited(self, before: Project, after: Project) -> None:
        if self._control is not None and self.elsewhere is None:
            mark, shown = self.live_edits.edited(after), self._shown_of(self.studio.document)
            assert shown.run is not None
            if shown.run.extra.get(network_mark.KEY) != mark:
                shown.run = replace(shown.run, extra={**shown.run.extra, network_mark.KEY: mark})
        if self.state == "running" and not self._told_older and network_mark.is_older(self.run, after):
            self._told_older = True  # once a run: it is the same with every edit
            self.studio.message.emit("hint", f"{STILL_AS_IT_WAS}.")
        if before.graph.nodes is not after.graph.nodes or before.blocks is not after.blocks:
            self.studio.clear_runtime_problem()

    def _other_document(self) -> None:
        """Another document is in front: its own runs are shown, and what trains is watched only while it is seen."""
        run, model = self.run, self.model
        folder = history.folder_of(run) if run is not None else None
        self.probes.set_control(None)
        self.probes.reset(folder)
        if self.studio.document is self._document:
            self.probes.set_control(self._control)
        if run is not None and model is None and folder is not None:
            self._read_curves(run.id, folder)
        for changed in (self.attached_changed, self.ghosts_changed, self.state_changed, self.updated):
            changed.emit()

    def close_document(self, document: Document) -> None:
        """A document is closed: a run of it ends, and nothing of it is kept."""
        self.folds.forget(document)
        if document is self._document:
            self.finish()
        self._shown.pop(document, None)
