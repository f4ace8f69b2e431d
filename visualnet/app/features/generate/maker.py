"""Generates in the background, one request at a time, with the weights that are trained now or those of a kept run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis, infer
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.data.registry import fields_or_none
from visualnet.training.generating.generate import Generated, generate
from visualnet.training.generating.method import GenerationPlace
from visualnet.training.idle_probe import Weights


class GenerateRequest(NamedTuple):
    """What is to be made: which method, where, with which settings. ``weights`` names those that the run's folder holds; empty: as they are
    trained now."""

    method: str
    place: GenerationPlace
    settings: Mapping[str, Value]
    run: Path | None = None
    weights: str = ""


class Maker(QObject):
    """Works in a thread. ``changed`` tells that it has begun or ended."""

    changed = Signal()
    progress = Signal(float)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self.studio = studio
        self.fault = ""
        self._task: BackgroundTask | None = None
        self._number, self._waits = 0, False

    @property
    def running(self) -> bool:
        """Whether something is being made, or waits for the weights."""
        return self._waits or (self._task is not None and self._task.running)

    def ask(self, wish: GenerateRequest, done: Callable[[GenerateRequest, Generated], object], live: bool) -> None:
        """Make it, unless something else is being made. ``live``: with a copy of the weights that are trained now."""
        if self.running:
            return
        self.fault = ""
        self._number += 1
        number = self._number

        def take(project: Project, weights: Weights) -> None:
            if self._is_waited_for(number):
                analysis = infer(project, None, fields_or_none(project.data) or {})
                self._begin(wish, project, analysis, weights, done)

        def gone() -> None:
            if self._is_waited_for(number):
                self._begin(wish, self.studio.project, self.studio.analysis, wish.weights, done)

        self._waits = live
        if not live or not self.studio.runner.probes.lend_weights(take, gone):
            self._begin(wish, self.studio.project, self.studio.analysis, wish.weights, done)
        self.changed.emit()

    def cancel(self) -> None:
        """Make it no further."""
        self._number += 1
        if self._waits:
            self._waits = False
            self.changed.emit()
        if self._task is not None:
            self._task.cancel()

    def _is_waited_for(self, number: int) -> bool:
        return self._waits and number == self._number

    def _begin(
        self,
        wish: GenerateRequest,
        project: Project,
        analysis: Analysis,
        weights: str | Weights,
        done: Callable[[GenerateRequest, Generated], object],
    ) -> None:
        self._waits = False
        self._task = BackgroundTask(
            partial(_generate, wish, project, analysis, weights),
            partial(done, wish),
            self.progress.emit,
            self._refuse,
            name="generate",
            words="Nothing was made",
            parent=self,
        )
        self._task.finished.connect(self._end)
        self.changed.emit()

    def _refuse(self, words: str) -> None:
        self.fault = words

    def _end(self) -> None:
        self._task = None
        self.changed.emit()


def _generate(
    wish: GenerateRequest, project: Project, analysis: Analysis, weights: str | Weights, job: Job
) -> Generated:
    return generate(project, analysis, wish.method, wish.place, wish.settings, wish.run, weights, job)
