"""One process of a search: takes trials and trains them, one after the other, in the thread that calls it."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from visualnet.core import edits
from visualnet.core.errors import FileError, first_line, os_reason
from visualnet.core.project import Project
from visualnet.training import events, training_lock
from visualnet.training.control import Control
from visualnet.training.experiments.runner import StopControl, Stopped, run_to_end
from visualnet.training.process import address
from visualnet.training.run_records.annotations import MAX_NAME, annotate
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.record import Origin
from visualnet.training.runs.run_model import LOG, RunModel, read_run
from visualnet.training.search import folder as kept
from visualnet.training.search.apply_values import apply, find_problem, without_search

if TYPE_CHECKING:
    from optuna.trial import Trial

    from visualnet.training.search.study import Study, TrialView

LOOK_S = 0.3
"""How often a worker looks whether the search was asked to stop."""
MOST_FAILURES = 3
"""After so many trials in a row that failed a process takes no other: something else is wrong than their values."""
OUTCOMES = ("graph", "nonfinite", "memory")
"""Failures that are about a trial's values: its network does not fit, diverged, or is too large."""


class TrialStarted(NamedTuple):
    """A trial begins, or goes on."""

    trial: TrialView


class TrialEnded(NamedTuple):
    """A trial has ended, or was stopped."""

    trial: TrialView


class WorkerEnded(NamedTuple):
    """This process takes no more trials: ``done``, ``stopped`` or ``failed``, with words then."""

    reason: str
    words: str = ""


SearchMessage = TrialStarted | TrialEnded | WorkerEnded


class TrialAbandoned(Exception):
    """A trial ends before its last epoch, or cannot begin; the words say why."""


def work(folder: Path, stop_control: StopControl, put: Callable[[SearchMessage], object]) -> str:
    """Train trials of the search in a folder until it needs no more, or is stopped; ``done``, ``stopped`` or ``failed``."""

    def train_trials() -> str:
        from visualnet.training.search.study import Study

        try:
            with kept.join_search(folder) as name:
                return SearchWorker(Study(folder), name, stop_control, put).run()
        except OSError as error:
            way_out = (
                "Free some space, or put the folder back, and start the search again: it goes on from what is there."
            )
            raise FileError(
                str(folder), f"the search cannot be kept there: {os_reason(error)}", way_out=way_out
            ) from None

    ended = WorkerEnded(*run_to_end(train_trials))
    put(ended)
    return ended.reason


class SearchWorker:
    """Takes one trial after the other."""

    def __init__(
        self, study: Study, name: str, stop_control: StopControl, put: Callable[[SearchMessage], object]
    ) -> None:
        self.study, self.name, self.stop_control, self.put = study, name, stop_control, put
        self._looked = 0.0
        minutes = study.spec.minutes
        self._until = time.monotonic() + 60 * minutes if minutes else None

    def run(self) -> str:
        """Until there is none to be had, or it is stopped; the words of why it gives up, or none.

        Raises:
            Stopped: it was stopped.
        """
        failures = 0
        while True:
            self._look(always=True)
            trial = self.study.ask(self.name, self._until is None or time.monotonic() < self._until)
            if trial is None:
                return ""
            self.put(TrialStarted(self.study.view(trial)))
            try:
                self._train(trial)
            except Stopped:
                self.study.pause(trial)
                self.put(TrialEnded(self.study.view(trial)))
                raise
            ended = self.study.view(trial)
            self.put(TrialEnded(ended))
            gc.collect()
            failures = failures + 1 if ended.state == "failed" else 0
            if failures == MOST_FAILURES:
                return f"{failures} trials in a row failed, the last one so: {ended.words}"

    def _look(self, always: bool = False) -> None:
        """Stop if the search was asked to, from wherever."""
        now = time.monotonic()
        if always or now - self._looked > LOOK_S:
            self._looked = now
            if kept.is_to_stop(self.study.folder):
                self.stop_control.stop()
        self.stop_control.check()

    def _train(self, trial: Trial) -> None:
        study = self.study
        try:
            project = without_search(apply(study.project, trial.params))
            if words := find_problem(project):
                raise TrialAbandoned(words)
        except (ValueError, TrialAbandoned) as error:
            study.prune(trial, str(error))
            return
        reached = []
        try:
            for number in range(study.spec.seeds):
                reached.append(self._run(trial, project, number))
        except TrialAbandoned as error:
            study.prune(trial, str(error))
        except Stopped:
            raise
        except Exception as error:
            study.fail(trial, first_line(error))
        else:
            value = sum(reached) / len(reached)
            if math.isfinite(value):
                study.finish(trial, value)
            else:
                study.prune(trial, f"The {study.figure.title} of its last epoch is no finite number.")

    def _run(self, trial: Trial, project: Project, number: int) -> float:
        """Train with one of the trial's seeds, from where it was left; what that reached.

        Raises:
            TrialAbandoned: it was given up, or its values are none to train with.
            Stopped: it was stopped.
            ValueError: it cannot be trained.
        """
        from visualnet.data.loading import load
        from visualnet.training.loop.session import Session

        project = edits.set_recipe(project, seed=project.recipe.seed + number)
        place = kept.place_of(self.study.folder, trial.number + 1, number)
        known = read_run(place) if (place / LOG).exists() else RunModel(place.name, place)
        if known.state == "done":
            return self._value_of(known)
        if not (place / LOG).exists():
            origin = Origin(kind="search", run=self.study.folder.name)
            begin_run(project, place, origin=origin, varied=trial.params)
            annotate(place, group=self.study.folder.name[:MAX_NAME], tags=("search",))
        control, given = Control(), []

        def emit(event: events.Event) -> None:
            known.consume(event)
            if isinstance(event, events.EpochDone) and number == 0:
                value = self._value_of(known)
                if self.study.report(trial, event.epoch, value) and event.epoch < project.recipe.epochs:
                    given.append(f"Given up after epoch {event.epoch}: others had reached more by then.")
                    control.stop()
            try:
                self._look()
            except Stopped:
                control.stop()

        self.stop_control.attach((control,))
        try:
            with training_lock.training(lambda: self.stop_control.stopping), address.lock_run(place):
                data = load(project.data, lambda _share: self._look())
                Session(project, data, emit, control, folder=place, resume=known.step > 0).run()
        finally:
            self.stop_control.attach(())
        if given:
            raise TrialAbandoned(given[0])
        self.stop_control.check()
        if known.failed is not None and known.state == "failed":
            words = known.failed.words
            raise TrialAbandoned(words) if known.failed.kind in OUTCOMES else ValueError(words)
        return self._value_of(known)

    def _value_of(self, run: RunModel) -> float:
        """What is compared, in the last epoch.

        Raises:
            ValueError: the run tells no such value.
        """
        figure = self.study.figure
        epoch = run.epochs[-1] if run.epochs else None
        values = {} if epoch is None else epoch.train if figure.part == "train" else epoch.validation
        if figure.name not in values:
            among = f" (it has {', '.join(values)})" if values else ""
            raise ValueError(f"the run tells no {figure.title}{among}: let the search compare another value")
        value = values[figure.name]
        return float("nan") if value is None else value
