"""What an experiment has told so far: the curves of each run, and what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from visualnet.training import events
from visualnet.training.experiments import experiment_folder
from visualnet.training.experiments.declare import ComparedFigure, Experiment
from visualnet.training.experiments.runner import (
    ExperimentEnded,
    ExperimentMessage,
    ExperimentRunStarted,
    TrialEvent,
    VariantObserved,
)
from visualnet.training.experiments.trials import ExperimentTrial, list_trials
from visualnet.training.observe import Observed
from visualnet.training.runs.run_model import RunModel


class ExperimentModel:
    """The runs of an experiment by trial. ``state`` is ``waiting``, ``running``, ``done``, ``stopped`` or ``failed``."""

    def __init__(self, experiment: Experiment, seeds: Sequence[int], folder: Path | None = None) -> None:
        self.experiment, self.seeds, self.folder = experiment, tuple(seeds), folder
        self.trials = list_trials(experiment, seeds)
        self.runs: dict[ExperimentTrial, RunModel] = {}
        self.seen: dict[tuple[int, int], Observed | str] = {}
        """What was observed, or why nothing: by the number of the variant and of the observation."""
        self.state, self.words = "waiting", ""
        self.now: tuple[ExperimentTrial, ...] = ()
        """The runs that are trained side by side at the moment."""

    @property
    def share(self) -> float:
        """Which part of the runs is done."""
        done = sum(self._share_of(trial) for trial in self.trials)
        return done / len(self.trials)

    @property
    def done(self) -> int:
        """How many runs are over."""
        return sum(trial in self.runs and is_outcome(self.runs[trial]) for trial in self.trials)

    def consume(self, message: ExperimentMessage) -> None:
        """Take in what the runner says."""
        if isinstance(message, ExperimentRunStarted):
            self.runs[message.trial] = message.known
            same = [t for t in self.now if t[1:] == message.trial[1:] and t != message.trial]
            self.state, self.now = "running", (*same, *([] if is_outcome(message.known) else [message.trial]))
        elif isinstance(message, TrialEvent):
            self.runs[message.trial].consume(message.event)
            if is_outcome(self.runs[message.trial]):
                self.now = tuple(trial for trial in self.now if trial != message.trial)
        elif isinstance(message, VariantObserved):
            self.seen[message.variant, message.look] = message.seen
        elif isinstance(message, ExperimentEnded):
            self.state, self.words, self.now = message.reason, message.words, ()

    def score(self, trial: ExperimentTrial, figure: ComparedFigure | None = None) -> float | None:
        """What a run reached in its last epoch; None if it failed, or nothing is known of it yet. A failed run is worst of all."""
        run = self.runs.get(trial)
        if run is None or not is_outcome(run) or run.state == "failed" or not run.epochs:
            return None
        wanted = figure or self.experiment.figure
        epoch = run.epochs[-1]
        values = epoch.train if wanted.part == "train" else epoch.validation
        return values.get(wanted.name)

    def failed(self, trial: ExperimentTrial) -> bool:
        """Whether a run ended because its numbers became infinite."""
        run = self.runs.get(trial)
        return run is not None and run.state == "failed" and is_outcome(run)

    def _share_of(self, trial: ExperimentTrial) -> float:
        run = self.runs.get(trial)
        if run is None:
            return 0.0
        if is_outcome(run):
            return 1.0
        progress: events.Progress | None = run.progress
        return progress.step / max(progress.steps, 1) if progress is not None else 0.0


def is_outcome(run: RunModel) -> bool:
    """Whether a run is over, by its end or by numbers that became infinite."""
    return run.state == "done" or (run.failed is not None and run.failed.kind == "nonfinite")


def read_model(experiment: Experiment, folder: Path, seeds: Sequence[int]) -> ExperimentModel:
    """What the runs in an experiment's folder have told."""
    model = ExperimentModel(experiment, seeds, folder)
    for trial in model.trials:
        run = experiment_folder.read_trial(folder, experiment, trial)
        if run is not None:
            model.runs[trial] = run
    model.state = "done" if model.done == len(model.trials) else "stopped"
    return model
