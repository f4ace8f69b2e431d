"""Slow observations, computed in the background on a copy of the weights, one after the other, with their progress."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis, infer
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project
from visualnet.data.registry import fields_or_none
from visualnet.training.control import ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion, ProbeResult, Weights
from visualnet.training.observations.observation import ObservationRequest

if TYPE_CHECKING:
    from pathlib import Path

    from visualnet.training.events import ProbeReport


class _Wish(NamedTuple):
    """What is to be looked at, in which network, with which weights: those of a run's folder, or (``needs_copy``) a copy of those that are
    trained now."""

    look: ProbeRequest
    project: Project
    analysis: Analysis
    run: Path | None
    needs_copy: bool


class SlowObservations(QObject):
    """``copy`` is the number of the copy of the weights that a run is asked for; 0 for none."""

    changed = Signal()
    copy_wanted = Signal()

    def __init__(
        self, studio: Studio, take: Callable[[int, ProbeReport | str, ObservationRequest], None], parent: QObject
    ) -> None:
        """``take`` is handed the step, and what was seen or why nothing was."""
        super().__init__(parent)
        self.studio, self._take = studio, take
        self.copy, self._number = 0, 0
        self._waiting: dict[ObservationRequest, _Wish] = {}
        self._borrowers: list[Callable[[Weights | None], object]] = []
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
        studio = self.studio
        of = project if project is not None else studio.project
        analysis = studio.analysis if of is studio.project else infer(of, None, fields_or_none(of.data) or {})
        look = look._replace(ports=(), grid=False, observations=(request,), copy=0)
        self._waiting[request] = _Wish(look, of, analysis, run, project is not None)
        self._advance()
        self.changed.emit()

    def lend(self, take: Callable[[Weights | None], object]) -> None:
        """Hand over a copy of the weights that are trained now, as soon as the run has given one; None where the run is over before."""
        self._borrowers.append(take)
        if not self.copy:
            self._ask_for_copy()

    def _hand_over(self, weights: Weights | None) -> None:
        borrowers, self._borrowers = self._borrowers, []
        for take in borrowers:
            take(weights)

    def _ask_for_copy(self) -> None:
        self._number += 1
        self.copy = self._number
        self.copy_wanted.emit()

    def cancel(self, request: ObservationRequest) -> None:
        """Compute it no more."""
        self._waiting.pop(request, None)
        if not self._borrowers and not any(wish.needs_copy for wish in self._waiting.values()):
            self.copy = 0
        if request == self._running and self._task is not None:
            self._task.cancel()
        self.changed.emit()

    def cancel_all(self) -> None:
        """Another document or network: nobody waits for any of it."""
        self._waiting.clear()
        self.copy = 0
        self._hand_over(None)
        if self._task is not None:
            self._task.cancel()
        self._probe.forget()
        self.changed.emit()

    def take_copy(self, seen: ProbeReport) -> None:
        """The run has given its weights."""
        if self.copy and seen.copy == self.copy and seen.weights is not None:
            self.copy = 0
            weights = Weights(seen.step, seen.weights)
            self._hand_over(weights)
            first = next(iter(self._waiting.values()), None)
            self._begin(weights if first is not None and first.needs_copy else None)

    def go_on_without_copy(self, run: Path | None) -> None:
        """The run is over: the weights that it left are those to look at."""
        self.copy = 0
        self._hand_over(None)
        self._waiting = {r: w._replace(run=run, needs_copy=False) for r, w in self._waiting.items()}
        self._advance()

    def _advance(self) -> None:
        """Begin what waits longest, or ask for the weights that it needs."""
        if self._running is not None or self.copy or not self._waiting:
            return
        if next(iter(self._waiting.values())).needs_copy:
            self._ask_for_copy()
        else:
            self._begin(None)

    def _begin(self, weights: Weights | None) -> None:
        if self._running is not None or not self._waiting:
            return
        request, wish = next(iter(self._waiting.items()))
        del self._waiting[request]
        question = ProbeQuestion(0, wish.project, wish.analysis, wish.look, wish.run, weights)
        self._running, self._share = request, 0.0
        self._task = BackgroundTask(
            partial(self._probe, question),
            partial(self._answer, request),
            self._note_share,
            lambda words: self._take(0, words, request),
            name="observe",
            words="It could not be observed",
            parent=self,
        )
        self._task.finished.connect(self._end)

    def _note_share(self, share: float) -> None:
        if share != self._share:
            self._share = share
            self.changed.emit()

    def _answer(self, request: ObservationRequest, result: ProbeResult) -> None:
        if result.seen is None:
            self._take(0, result.words, request)
        else:
            self._take(result.seen.step, result.seen, request)

    def _end(self) -> None:
        self._running = self._task = None
        self._advance()
        self.changed.emit()
