"""Trains the runs of an experiment: its variants side by side, one seed after the other. What it has to say goes to ``put``."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.analysis import infer
from visualnet.core.errors import first_line
from visualnet.core.project import Project
from visualnet.data.registry import fields_or_none
from visualnet.training import events, training_lock
from visualnet.training.control import Control
from visualnet.training.experiments import experiment_folder
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.trials import ExperimentTrial, list_trials, name_of, project_of
from visualnet.training.observe import Observed, observe_once
from visualnet.training.recipe.settings import recipe_of_run, settings
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.record import Origin
from visualnet.training.runs.run_model import LOG, RunModel, read_run

TOLD = (events.Started, events.EpochDone, events.Finished, events.Failed, events.Progress)
"""What is told of a run: curves of an experiment are drawn by epochs."""
MOST_PARAMETERS = 40_000_000
"""So many are trained side by side: with Adam's moments and gradients 640 MB."""


class ExperimentRunStarted(NamedTuple):
    """A run begins or resumes; ``known`` holds its earlier events."""

    trial: ExperimentTrial
    known: RunModel


class TrialEvent(NamedTuple):
    """An event of a run."""

    trial: ExperimentTrial
    event: events.Event

    @property
    def key(self) -> object:
        """Of the run's progress only the newest is wanted."""
        return (self.trial, "progress") if isinstance(self.event, events.Progress) else None


class VariantObserved(NamedTuple):
    """What an observation of the experiment shows for a variant: the number of each, and the result or why there is none."""

    variant: int
    look: int
    seen: Observed | str


class ExperimentEnded(NamedTuple):
    """All is over: ``done``, ``stopped`` or ``failed``, with words then."""

    reason: str
    words: str = ""


ExperimentMessage = ExperimentRunStarted | TrialEvent | VariantObserved | ExperimentEnded


class Stopped(Exception):
    """The experiment or search was asked to stop."""


class StopControl:
    """Stops an experiment, from any thread: the runs that go on end after their step, and no other begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._controls: Sequence[Control] = ()
        self.stopping = False

    def stop(self) -> None:
        """Train no further."""
        with self._lock:
            self.stopping = True
            for control in self._controls:
                control.stop()

    def attach(self, controls: Sequence[Control]) -> None:
        """Stop these runs with the experiment: they are the ones that train now."""
        with self._lock:
            self._controls = controls
            if self.stopping:
                for control in controls:
                    control.stop()

    def check(self, _share: float = 0.0) -> None:
        """Raise `Stopped` if it is to stop."""
        if self.stopping:
            raise Stopped


def run_experiment(
    experiment: Experiment,
    seeds: Sequence[int],
    folder: Path,
    stop_control: StopControl,
    put: Callable[[ExperimentMessage], object],
    own: Any = None,
) -> str:
    """Train every run of an experiment that is not done, each in its folder below ``folder``; ``done``, ``stopped`` or ``failed``.

    Variants with the same seed take turns, epoch by epoch, so that their curves grow side by side.

    A run that fails by its numbers (they became infinite) is an outcome; one that cannot begin ends the experiment. What was begun in
    the folder before goes on to the same bits. ``own`` says what is varied where it is a person's own experiment.
    """

    def train_all() -> str:
        experiment_folder.begin(folder, experiment, tuple(seeds), own)
        base = experiment.project()
        if own is not None:
            experiment_folder.keep_project(folder, base)
        for _, group in groupby(list_trials(experiment, seeds), lambda trial: (trial.seed, trial.at)):
            projects = {trial: project_of(experiment, trial, base) for trial in group}
            places = {trial: folder / name_of(experiment, trial) for trial in projects}
            for together in list_rounds(projects):
                stop_control.check()
                _train(together, places, stop_control, put)
            for trial, project in projects.items():
                if trial.seed == seeds[0] and trial.at == 0:
                    observe_variant(experiment, trial.variant, project, places[trial], stop_control, put)
        return ""

    ended = ExperimentEnded(*run_to_end(train_all))
    put(ended)
    return ended.reason


def run_to_end(work: Callable[[], str]) -> tuple[str, str]:
    """Prepare torch and do ``work``, which trains and gives the words of what failed, or none.

    Returns:
        ``done``, ``stopped`` (it raised `Stopped`) or ``failed``, with the words then.
    """
    try:
        from visualnet.pytorch import need_torch
        from visualnet.training import devices

        devices.prepare()
        need_torch()
        words = work()
        reason = "failed" if words else "done"
    except Stopped:
        reason, words = "stopped", ""
    except Exception as error:
        # Only text is kept: a kept exception would keep every tensor of the step alive.
        reason, words = "failed", first_line(error)
    gc.collect()
    return reason, words


def observe_variant(
    experiment: Experiment,
    variant: int,
    project: Project,
    place: Path,
    stop_control: StopControl,
    put: Callable[[ExperimentMessage], object],
) -> None:
    """Compute the observations of an experiment for the run of a variant.

    Raises:
        Stopped: it was stopped.
    """
    for number, look in enumerate(experiment.observations):
        run = place if look.trained else None
        seen: Observed | str
        try:
            with training_lock.training(lambda: stop_control.stopping):
                stop_control.check()
                options = dict(look.options)
                seen = observe_once(project, look.observation, look.at, options, run=run, check=stop_control.check)
        except ValueError as error:
            seen = str(error)
        put(VariantObserved(variant, number, seen))


def _prepare(
    project: Project, place: Path, trial: ExperimentTrial, put: Callable[[ExperimentMessage], object]
) -> RunModel | None:
    """Say what is known of a run, and make its folder; None where it is over.

    Raises:
        ValueError: the folder holds another run.
    """
    known = RunModel(place.name, place)
    if (place / LOG).exists():
        if not experiment_folder.is_same(place, project):
            raise ValueError(f"{place} holds a run of another network: name another folder")
        known = read_run(place)
    put(ExperimentRunStarted(trial, known))
    if known.state == "done" or (known.failed is not None and known.failed.kind == "nonfinite"):
        return None
    if not (place / LOG).exists():
        begin_run(project, place, origin=Origin(kind="experiment", run=place.parent.name))
    return known


def _train(
    projects: Mapping[ExperimentTrial, Project],
    places: Mapping[ExperimentTrial, Path],
    stop_control: StopControl,
    put: Callable[[ExperimentMessage], object],
) -> None:
    """Train runs side by side, each from where it was left; nothing where they are over.

    Raises:
        Stopped: it was stopped.
        ValueError: one of them cannot be trained, or a folder holds another run.
    """
    from visualnet.data.loading import load
    from visualnet.training.experiments.side_by_side.turns import TurnSession, train_in_turns

    failed: list[events.Failed] = []

    def tell(trial: ExperimentTrial, event: events.Event) -> None:
        if isinstance(event, events.Failed) and event.kind != "nonfinite":
            failed.append(event)
        if isinstance(event, TOLD):
            put(TrialEvent(trial, event))

    def ends(session: TurnSession) -> bool:
        return bool(stop_control.stopping or failed or session.words)

    sessions = []
    for trial, project in projects.items():
        known = _prepare(project, places[trial], trial, put)
        if known is not None:
            place, emit = places[trial], partial(tell, trial)
            made = TurnSession(project, load(project.data), emit, Control(), folder=place, resume=known.step > 0)
            sessions.append(made)
    stop_control.attach([session.control for session in sessions])
    try:
        with training_lock.training(lambda: stop_control.stopping):
            stop_control.check()
            train_in_turns(sessions, ends)
    finally:
        stop_control.attach(())
    stop_control.check()
    for words in [session.words for session in sessions if session.words] + [event.words for event in failed]:
        raise ValueError(words)


def list_rounds(projects: Mapping[ExperimentTrial, Project]) -> Iterator[Mapping[ExperimentTrial, Project]]:
    """Which of these are trained side by side: as many as have `MOST_PARAMETERS` together.

    One that is translated by torch.compile is alone: translations belong to the whole process.
    """
    held, size = dict[ExperimentTrial, Project](), 0
    for trial, project in projects.items():
        alone = settings(recipe_of_run(project.recipe))["compile"]
        own = MOST_PARAMETERS if alone else infer(project, None, fields_or_none(project.data)).main.parameters or 0
        if held and size + own > MOST_PARAMETERS:
            yield held
            held, size = {}, 0
        held[trial], size = project, size + own
    if held:
        yield held
