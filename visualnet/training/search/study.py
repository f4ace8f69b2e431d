"""The trials of a search: which there are, which comes next, and how each ended. Optuna chooses the values and what is given up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, Trial, TrialState

from visualnet.core.graph import Value
from visualnet.core.project import Project, SearchSpec
from visualnet.training.search import folder as kept
from visualnet.training.search.apply_values import objective_of
from visualnet.training.search.journal import UNREADABLE, open_journal, unreadable
from visualnet.training.search.space import Dimension, list_grid, read_space

NAME = "search"
MOST_AGAIN = 1
"""How often the values of a trial whose process was killed are tried again."""
KILLED = "Its process ended without a word: it was killed, or the machine went down."
STATES = {
    TrialState.WAITING: "waiting",
    TrialState.RUNNING: "running",
    TrialState.COMPLETE: "done",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}


class TrialView(NamedTuple):
    """A trial as it stands. ``state``: waiting, running, paused, done, pruned or failed; ``words``: why, of the last two.

    ``value`` is what it reached, ``curve`` that after each epoch. A ``lost`` one was killed, and does not count.
    """

    number: int
    state: str
    values: dict[str, Value]
    value: float | None = None
    curve: tuple[tuple[int, float], ...] = ()
    words: str = ""
    seconds: float = 0.0
    lost: bool = False


class Study:
    """The trials of the search in a folder, shared by all of its processes.

    Raises:
        ValueError: the folder holds no search that can be read, or the project cannot take what it varies.
        OSError: the journal cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project: Project = kept.read(folder)
        assert self.project.search is not None
        self.spec: SearchSpec = self.project.search
        self.space: list[Dimension] = read_space(self.project, self.spec)
        self.figure = objective_of(self.project)
        self.distributions = {one.entry.address: _distribution(one) for one in self.space}
        direction: Literal["minimize", "maximize"] = "maximize" if self.figure.better == "max" else "minimize"
        storage = open_journal(folder)
        try:
            self.optuna = optuna.create_study(
                storage=storage,
                study_name=NAME,
                direction=direction,
                load_if_exists=True,
                sampler=_sampler(self.spec, 0),
                pruner=_pruner(self.spec.pruning),
            )
        except UNREADABLE as error:
            raise unreadable(folder, error) from None

    # --- what there is ---------------------------------------------------------------------------------------------------------------

    def trials(self) -> list[TrialView]:
        """All of them, as they stand now.

        Raises:
            ValueError: the journal cannot be read any more.
        """
        try:
            return [_view(trial) for trial in self.optuna.get_trials(deepcopy=False)]
        except UNREADABLE as error:
            raise unreadable(self.folder, error) from None

    @property
    def planned(self) -> int:
        """How many trials there are to be."""
        return len(list_grid(self.space)) if self.spec.method == "grid" else self.spec.trials

    # --- which comes next ------------------------------------------------------------------------------------------------------------

    def ask(self, worker: str, fresh: bool = True) -> Trial | None:
        """The next trial for a process: one that was stopped, else (``fresh``) a new one; None where there is none to be had.

        Those of processes that were killed are told as failed first, and their values tried again.
        """
        with kept.hold_search(self.folder):
            known = self.optuna.get_trials(deepcopy=False)
            self._tell_killed(known)
            for trial in known:
                if trial.state == TrialState.RUNNING and trial.user_attrs.get("paused"):
                    taken = Trial(self.optuna, trial._trial_id)
                    taken.set_user_attr("worker", worker)
                    taken.set_user_attr("paused", False)
                    return taken
            if self.spec.method == "grid":
                self._enqueue_grid(known)
            known = self.optuna.get_trials(deepcopy=False)
            if not fresh or not self._has_more(known):
                return None
            self.optuna.sampler = _sampler(self.spec, len(known))
            asked = self.optuna.ask(self.distributions)
            asked.set_user_attr("worker", worker)
            return asked

    def _has_more(self, known: Sequence[FrozenTrial]) -> bool:
        if self.spec.method == "grid":
            return any(trial.state == TrialState.WAITING for trial in known)
        return sum(counts(_view(trial)) for trial in known) < self.spec.trials

    def _tell_killed(self, known: Sequence[FrozenTrial]) -> None:
        again = {trial.user_attrs.get("again_of") for trial in known}
        for trial in known:
            if trial.state != TrialState.RUNNING or trial.user_attrs.get("paused"):
                continue
            if kept.is_alive(self.folder, str(trial.user_attrs.get("worker", ""))):
                continue
            times = int(trial.user_attrs.get("times", 0))
            whole = trial.params.keys() == self.distributions.keys()
            tried_again = not whole or times < MOST_AGAIN
            if whole and times < MOST_AGAIN and trial.number not in again:
                own = {"again_of": trial.number, "times": times + 1}
                if "point" in trial.user_attrs:
                    own["point"] = trial.user_attrs["point"]
                self.optuna.enqueue_trial(trial.params, user_attrs=own)
            self._set(trial, words=KILLED, lost=tried_again)
            self.optuna.tell(trial.number, state=TrialState.FAIL)

    def _enqueue_grid(self, known: Sequence[FrozenTrial]) -> None:
        """Have every point of the grid wait for its turn that does not yet."""
        there = {trial.user_attrs.get("point") for trial in known}
        for number, values in enumerate(list_grid(self.space)):
            if number not in there:
                self.optuna.enqueue_trial(values, user_attrs={"point": number})

    # --- how one goes on, and ends ---------------------------------------------------------------------------------------------------

    def report(self, trial: Trial, epoch: int, value: float) -> bool:
        """Tell what a trial has reached after an epoch; whether it is to be given up."""
        if not math.isfinite(value):
            return False
        known: dict[int, float] = self._frozen(trial).intermediate_values
        if epoch not in known:
            trial.report(value, epoch)
        return trial.should_prune()

    def view(self, trial: Trial) -> TrialView:
        """A trial as it stands now."""
        return _view(self._frozen(trial))

    def pause(self, trial: Trial) -> None:
        """The trial was stopped with its state saved: whoever asks next goes on with it."""
        trial.set_user_attr("paused", True)

    def finish(self, trial: Trial, value: float, words: str = "") -> None:
        """The trial has reached its end."""
        self._set(self._frozen(trial), words=words)
        self.optuna.tell(trial, value)

    def prune(self, trial: Trial, words: str) -> None:
        """The trial is given up, or its network cannot be trained; the words say why."""
        self._set(self._frozen(trial), words=words)
        self.optuna.tell(trial, state=TrialState.PRUNED)

    def fail(self, trial: Trial, words: str) -> None:
        """The trial could not be trained to its end; the words say why."""
        self._set(self._frozen(trial), words=words)
        self.optuna.tell(trial, state=TrialState.FAIL)

    def _frozen(self, trial: Trial) -> FrozenTrial:
        return self.optuna._storage.get_trial(trial._trial_id)

    def _set(self, trial: FrozenTrial, **attributes: Any) -> None:
        for name, value in attributes.items():
            if value:
                self.optuna._storage.set_trial_user_attr(trial._trial_id, name, value)


def counts(trial: TrialView) -> bool:
    """Whether a trial is one of those that the search was to have."""
    return not trial.lost and trial.state != "waiting"


def is_over(trial: TrialView) -> bool:
    """Whether nothing more will be heard of a trial."""
    return trial.state in ("done", "pruned", "failed")


def find_best(trials: Sequence[TrialView], better: str) -> TrialView | None:
    """The best of the trials that were trained to their end; of equal ones the first."""
    done = [trial for trial in trials if trial.state == "done" and trial.value is not None]
    sign = -1.0 if better == "max" else 1.0
    return min(done, key=lambda trial: sign * (trial.value or 0.0), default=None)


def _view(trial: FrozenTrial) -> TrialView:
    own = trial.user_attrs
    state = "paused" if trial.state == TrialState.RUNNING and own.get("paused") else STATES[trial.state]
    begun, ended = trial.datetime_start, trial.datetime_complete
    values = dict(trial.params) or dict(trial.system_attrs.get("fixed_params", {}))
    return TrialView(
        trial.number + 1,
        state,
        values,
        trial.value if trial.state == TrialState.COMPLETE else None,
        tuple(sorted(trial.intermediate_values.items())),
        str(own.get("words", "")),
        max((ended - begun).total_seconds(), 0.0) if begun is not None and ended is not None else 0.0,
        bool(own.get("lost")),
    )


def _distribution(one: Dimension) -> BaseDistribution:
    entry = one.entry
    if entry.low is None or entry.high is None:
        return CategoricalDistribution(entry.choices)  # type: ignore[arg-type]  # plain values, as the file's reader sees to
    low, high, step = entry.low, entry.high, entry.step
    if step:
        high = low + math.floor((high - low) / step + 1e-9) * step
    if one.kind == "int":
        return IntDistribution(int(low), int(high), log=entry.log, step=int(step or 1))
    return FloatDistribution(float(low), float(high), log=entry.log, step=step)


def _sampler(spec: SearchSpec, number: int) -> optuna.samplers.BaseSampler:
    """Chooses the values of a trial: by its number and what is known, so that a search that is stopped and goes on chooses the same."""
    seed = (spec.seed * 1_000_003 + number) % 2**32
    if spec.method == "tpe":
        return optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    return optuna.samplers.RandomSampler(seed=seed)


def _pruner(name: str) -> optuna.pruners.BasePruner:
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1)
    if name == "halving":
        return optuna.pruners.SuccessiveHalvingPruner()
    return optuna.pruners.NopPruner()
