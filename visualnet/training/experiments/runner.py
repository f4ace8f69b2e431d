"""Trains the runs of an experiment, one after the other, in the thread that calls it; what it has to say goes to ``put``."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.project import Project
from visualnet.training import events, exclusive
from visualnet.training.control import Control
from visualnet.training.experiments import kept
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.trials import Trial, list_trials, name_of, project_of
from visualnet.training.observe import Observed, observe_once
from visualnet.training.run_records.begin import begin_run
from visualnet.training.run_records.record import Origin
from visualnet.training.runs.run_model import LOG, RunModel, read_run

TOLD = (events.Started, events.EpochDone, events.Finished, events.Failed, events.Progress)
"""What is told of a run: curves of an experiment are drawn by epochs."""
WAIT_S = 0.05


class Begun(NamedTuple):
    """A run begins, or goes on; ``known`` is what it told before."""

    trial: Trial
    known: RunModel


class Told(NamedTuple):
    """A run has told something."""

    trial: Trial
    event: events.Event

    @property
    def key(self) -> object:
        """Of the run's progress only the newest is wanted."""
        return (self.trial, "progress") if isinstance(self.event, events.Progress) else None


class Seen(NamedTuple):
    """What an observation of the experiment shows for a variant: the number of each, and the result or why there is none."""

    variant: int
    look: int
    seen: Observed | str


class Ended(NamedTuple):
    """All is over: ``done``, ``stopped`` or ``failed``, with words then."""

    reason: str
    words: str = ""


Message = Begun | Told | Seen | Ended


class Stopped(Exception):
    """Somebody wants no more of it."""


class Reins:
    """Stops an experiment, from any thread: the run that goes on ends after its step, and no other begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: Control | None = None
        self.stopping = False

    def stop(self) -> None:
        """Train no further."""
        with self._lock:
            self.stopping = True
            if self._control is not None:
                self._control.stop()

    def hold(self, control: Control | None) -> None:
        """The run that goes on now is steered by this."""
        with self._lock:
            self._control = control
            if self.stopping and control is not None:
                control.stop()

    def check(self, _share: float = 0.0) -> None:
        """Raise `Stopped` if it is to stop."""
        if self.stopping:
            raise Stopped


def run_experiment(
    experiment: Experiment,
    seeds: Sequence[int],
    folder: Path,
    reins: Reins,
    put: Callable[[Message], object],
    own: Any = None,
) -> str:
    """Train every run of an experiment that is not done, each in its folder below ``folder``; ``done``, ``stopped`` or ``failed``.

    A run that fails by its numbers (they became infinite) is an outcome; one that cannot begin ends the experiment. What was begun in
    the folder before goes on to the same bits. ``own`` says what is varied where it is a person's own experiment.
    """
    try:
        from visualnet.pytorch import need_torch
        from visualnet.training import devices

        devices.prepare()
        need_torch()
        kept.begin(folder, experiment, tuple(seeds), own)
        base = experiment.project()
        if own is not None:
            kept.keep_project(folder, base)
        for trial in list_trials(experiment, seeds):
            reins.check()
            project = project_of(experiment, trial, base)
            place = folder / name_of(experiment, trial)
            _train(project, place, trial, reins, put)
            if trial.seed == seeds[0] and trial.at == 0:
                look_all(experiment, trial.variant, project, place, reins, put)
        ended = Ended("done")
    except Stopped:
        ended = Ended("stopped")
    except Exception as error:
        # Only text is kept: a kept exception would keep every tensor of the step alive.
        ended = Ended("failed", str(error).strip().partition("\n")[0] or type(error).__name__)
    gc.collect()
    put(ended)
    return ended.reason


def look_all(
    experiment: Experiment,
    variant: int,
    project: Project,
    place: Path,
    reins: Reins,
    put: Callable[[Message], object],
) -> None:
    """Compute the observations of an experiment for the run of a variant.

    Raises:
        Stopped: it was stopped.
    """
    for number, look in enumerate(experiment.looks):
        run = place if look.trained else None
        seen: Observed | str
        try:
            with exclusive.training(lambda: reins.stopping):
                reins.check()
                options = dict(look.options)
                seen = observe_once(project, look.observation, look.at, options, run=run, check=reins.check)
        except ValueError as error:
            seen = str(error)
        put(Seen(variant, number, seen))


def _train(project: Project, place: Path, trial: Trial, reins: Reins, put: Callable[[Message], object]) -> None:
    """One run, from where it was left; nothing where it is over.

    Raises:
        Stopped: it was stopped.
        ValueError: it cannot be trained, or the folder holds another run.
    """
    known = RunModel(place.name, place)
    if (place / LOG).exists():
        if not kept.is_same(place, project):
            raise ValueError(f"{place} holds a run of another network: name another folder")
        known = read_run(place)
    put(Begun(trial, known))
    if known.state == "done" or (known.failed is not None and known.failed.kind == "nonfinite"):
        return
    from visualnet.data.loading import load
    from visualnet.training.loop.session import Session

    if not (place / LOG).exists():
        begin_run(project, place, origin=Origin(kind="experiment", run=place.parent.name))
    failed: list[events.Failed] = []

    def emit(event: events.Event) -> None:
        if isinstance(event, events.Failed):
            failed.append(event)
        if isinstance(event, TOLD):
            put(Told(trial, event))

    control = Control()
    reins.hold(control)
    try:
        with exclusive.training(lambda: reins.stopping):
            reins.check()
            Session(project, load(project.data), emit, control, folder=place, resume=known.step > 0).run()
    finally:
        reins.hold(None)
    reins.check()
    if failed and failed[0].kind != "nonfinite":
        raise ValueError(failed[0].words)
