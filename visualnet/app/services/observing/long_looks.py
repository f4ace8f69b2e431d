"""Observations that take long: computed aside on a copy of the weights, one after the other, with their progress."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import infer
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.services.observing.observation_store import ObservationStore
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project
from visualnet.data.registry import fields_or_none
from visualnet.training.control import ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeResult, Question, Weights
from visualnet.training.observations.observation import ObservationRequest

if TYPE_CHECKING:
    from pathlib import Path

    from visualnet.training.events import ProbeReport


class LongLooks(QObject):
    """``copy`` is the number of the copy of the weights that a run is asked for; 0 for none."""

    changed = Signal()
    copy_wanted = Signal()

    def __init__(self, studio: Studio, store: ObservationStore, parent: QObject) -> None:
        super().__init__(parent)
        self.studio, self.store = studio, store
        self.copy, self._number = 0, 0
        self._waiting: dict[ObservationRequest, ProbeRequest] = {}
        self._running: ObservationRequest | None = None
        self._share = 0.0
        self._task: BackgroundTask | None = None
        self._probe = IdleProbe()

    def share(self, request: ObservationRequest) -> float | None:
        """How much of it is computed; None where it is not under way."""
        if request == self._running:
            return self._share
        return 0.0 if request in self._waiting else None

    def ask(self, request: ObservationRequest, look: ProbeRequest, run: Path | None, project: Project | None) -> None:
        """Compute it. ``look`` says of which sample; ``project`` is what a run trains that goes on, else the weights of the ``run`` are
        taken, or fresh ones."""
        self._waiting[request] = look._replace(ports=(), grid=False, observations=(request,), copy=0)
        if project is not None and self._running is None:
            self._number += 1
            self.copy = self._number
            self.copy_wanted.emit()
        elif project is None:
            self._begin(run, None, None)
        self.changed.emit()

    def cancel(self, request: ObservationRequest) -> None:
        """Compute it no more."""
        self._waiting.pop(request, None)
        if request == self._running and self._task is not None:
            self._task.cancel()
        self.changed.emit()

    def cancel_all(self) -> None:
        """Another document or network: nobody waits for any of it."""
        self._waiting.clear()
        self.copy = 0
        if self._task is not None:
            self._task.cancel()
        self._probe.forget()
        self.changed.emit()

    def take_copy(self, seen: ProbeReport, project: Project, run: Path | None) -> None:
        """The run has given its weights."""
        if self.copy and seen.copy == self.copy and seen.weights is not None:
            self.copy = 0
            self._begin(run, Weights(seen.step, seen.weights), project)

    def _begin(self, run: Path | None, weights: Weights | None, project: Project | None) -> None:
        if self._running is not None or not self._waiting:
            return
        request, look = next(iter(self._waiting.items()))
        del self._waiting[request]
        studio = self.studio
        of = project if project is not None else studio.project
        analysis = studio.analysis if of is studio.project else infer(of, None, fields_or_none(of.data) or {})
        question = Question(0, of, analysis, look, run, weights)
        self._running, self._share = request, 0.0
        self._task = BackgroundTask(
            partial(self._probe, question),
            partial(self._answer, request),
            self._note_share,
            partial(self._fail, request),
            name="observe",
            words="It could not be observed",
            parent=self,
        )
        self._task.finished.connect(partial(self._end, run, weights, project))

    def _note_share(self, share: float) -> None:
        if share != self._share:
            self._share = share
            self.changed.emit()

    def _answer(self, request: ObservationRequest, result: ProbeResult) -> None:
        if result.seen is None:
            self.store.take(0, {request: result.words})
        else:
            self.store.take(result.seen.step, result.seen.observed)

    def _fail(self, request: ObservationRequest, words: str) -> None:
        self.store.take(0, {request: words})

    def _end(self, run: Path | None, weights: Weights | None, project: Project | None) -> None:
        self._running = self._task = None
        self._begin(run, weights, project)
        self.changed.emit()
