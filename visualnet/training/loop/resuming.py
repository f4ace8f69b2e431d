"""Going on with a run: what a checkpoint keeps of it, which checkpoint can be used, and all of it put back in place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from visualnet.compiling.module import Model
from visualnet.core.graph import Value
from visualnet.core.project import Project, Recipe
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler
from visualnet.layers.recipe.live_settings import Setting, find_changes, is_live, set_values, with_live_settings
from visualnet.training import checkpoints, devices, events
from visualnet.training.checkpoints import BadCheckpoint, State
from visualnet.training.control import Control
from visualnet.training.learners.learners import Learners
from visualnet.training.loop.failures import first_line
from visualnet.training.loop.live_changes import LiveChanges, follow
from visualnet.training.loop.metrics import Tally, get_state, set_state
from visualnet.training.loop.reporter import Reporter
from visualnet.training.loop.run_state import RunState, TrainingClock
from visualnet.training.loop.sinks import Sink
from visualnet.training.runs.run_changes import find_differences, read_changes
from visualnet.training.runs.run_model import count_epochs, read_project


class Resumable(Protocol):
    """A run that has been set up and can be put back where it stood: what ``TrainingLoop`` is here."""

    project: Project
    recipe: Recipe
    data: Loaded
    folder: Path | None
    learners: Learners
    sampler: Sampler
    tally: Tally
    place: devices.DeviceChoice
    emit: Sink
    network: Model
    state: RunState
    clock: TrainingClock

    control: Control
    reporter: Reporter
    changes: LiveChanges

    def read_guards(self) -> None: ...


def capture_generators(session: Resumable) -> dict[str, Tensor]:
    """Generators and the order of this epoch: with them, what follows is what would have followed."""
    found = {"torch": torch.default_generator.get_state(), "sampler": session.sampler.generator.get_state()}
    if session.place.device.type != "cpu":
        found["device"] = get_state(session.place.device)
    return {**found, "order": session.sampler.order, **session.learners.tensors()}


def capture_state(session: Resumable) -> State:
    """The numbers for a checkpoint of the run as it stands."""
    learners = session.learners.states()
    first = next(iter(learners.values()))
    return State(
        **asdict(session.state),
        optimizer=first.optimizer,
        gathered=first.gathered,
        rate=first.rate,
        learners=learners if session.learners.several else {},
        samples=session.tally.sums.samples,
        sums=session.tally.totals(),
        counts=session.tally.counts(),
        tallies=session.tally.tallies(),
        seconds=session.clock.total(),
        changes=session.changes.in_force,
        change_count=session.changes.count,
        waiting=session.changes.waiting,
        asked=session.changes.asked,
        **_surroundings(session),
    )


def _surroundings(session: Resumable) -> dict[str, Any]:
    """What must be the same for the same numbers to the last bit, beside the project."""
    return {
        "data": session.data.fingerprint,
        "device": session.place.device.type,
        "threads": session.place.threads,
        "torch": str(torch.__version__),
    }


def resume(session: Resumable) -> bool:
    """Put the newest checkpoint that can be used in place; whether a newer one cannot. What differs from the run's beginning is told.

    Raises:
        BadCheckpoint: there are some, and none can be used; the words are about the newest.
    """
    assert session.folder is not None
    found = checkpoints.find_checkpoints(session.folder)
    if not found:
        session.emit(events.Trouble(words="nothing of the run was kept to go on from: it begins anew"))
    faults: list[str] = []
    wanted, told = session.project, read_changes(session.folder)
    begun = read_project(session.folder) or wanted
    for folder in found:
        try:
            state = checkpoints.read_state(folder)
            _check_learners(session, state)
            _put_settings_back(session, begun, wanted, state, told)
            _check(session, folder, wanted.recipe, state)
            _put_back(session, folder, state)
        except BadCheckpoint as fault:
            faults.append(str(fault))
            continue
        if faults:
            words = f"the last checkpoint cannot be used ({faults[0]}): the run goes on from the one before, at step {state.step:,}"
            session.emit(events.Trouble(words=words))
        _tell_differences(session, session.folder, wanted, state)
        return bool(faults)
    if faults:
        raise BadCheckpoint(faults[0])
    return False


def _put_settings_back(
    session: Resumable, begun: Project, wanted: Project, state: State, told: Sequence[events.Changed]
) -> None:
    """Let the run be as its live settings were at the checkpoint; what was changed later, or is wanted now, is changed in its course.

    Raises:
        BadCheckpoint: the settings that it had cannot be used any more.
    """
    then = with_live_settings(wanted, begun)
    values: dict[Setting, Value] = {one.setting: one.after for one in state.changes}
    # A run of an older version tells nothing of changes, but for the rate that it went on with.
    names = {learner.name for learner in wanted.recipe.learners} or {""}
    for name, learner in state.of_learners().items():
        if name in names:
            values[Setting("lr", name)] = float(learner.rate.get("base", learner.lr) or 0.0)
    try:
        then = set_values(then, {s: value for s, value in values.items() if is_live(then, s)})
        asked = set_values(begun, {one.setting: one.after for one in state.asked if is_live(begun, one.setting)})
        later = told[state.change_count :]
        last = set_values(
            then, {one.setting: one.after for event in later for one in event.changes if is_live(then, one.setting)}
        )
        if then is not session.project:
            follow(session, then)
    except ValueError as error:
        raise BadCheckpoint(f"the settings of the run at step {state.step:,} cannot be used: {error}") from None
    session.changes.resume(state.changes, state.change_count, state.waiting, later)
    # What is wanted otherwise than when the run was begun or resumed last; a change that was made in between stays in force.
    new = {one.setting for one in find_changes(asked, wanted)}
    session.changes.want({one.setting: one.after for one in find_changes(last, wanted) if one.setting in new})


def _check(session: Resumable, folder: Path, wanted: Recipe, state: State) -> None:
    """Hold the numbers of a checkpoint against the recipe (and the one that is ``wanted`` now), the data and the run's own record.

    Raises:
        BadCheckpoint: they cannot be those of this run.
    """
    recipe, sampler = session.recipe, session.sampler
    assert session.folder is not None
    begun, told = read_project(session.folder), count_epochs(session.folder)
    most = max(recipe.epochs, wanted.epochs, told + 1, begun.recipe.epochs if begun is not None else 0)
    if state.epoch > most:
        words = f"{state.epoch:,} epochs are said to be done; the recipe asks for {wanted.epochs:,}, and the run's record knows of {told:,}"
        raise BadCheckpoint(f"the numbers in {folder} cannot be right: {words}")
    odd = state.position > sampler.steps or state.best_epoch > state.epoch or state.step < state.position
    if state.data == session.data.fingerprint:
        odd |= state.samples > sampler.size or not state.epoch <= state.step <= (state.epoch + 1) * sampler.size
    if odd or (state.position == 0 and state.samples):
        raise BadCheckpoint(f"the numbers in {folder} do not fit this recipe")


def _check_learners(session: Resumable, state: State) -> None:
    learners, own = state.of_learners(), session.learners.states()
    if learners.keys() != own.keys():
        raise BadCheckpoint(f"the run was trained by {_names(learners)}, not by {_names(own)}")
    for name, learner in learners.items():
        if learner.optimizer != own[name].optimizer:
            raise BadCheckpoint(f"the run was trained with {learner.optimizer}, not {own[name].optimizer}")


def _names(learners: Collection[str]) -> str:
    return " and ".join(f"“{name}”" for name in learners if name) or "one learner"


def _put_back(session: Resumable, folder: Path, state: State) -> None:
    session.place = devices.place(session.recipe.device, state.threads)
    sampler = session.sampler
    expected = {
        name: (tuple(t.shape), "I64" if name == "order" else "U8") for name, t in capture_generators(session).items()
    }
    expected |= session.learners.find_tensors(folder)
    found = checkpoints.restore(folder, state, session.network.net, session.learners.optimizers(), expected)
    if not torch.equal(found["order"].sort().values, torch.arange(sampler.size)):
        raise BadCheckpoint(f"the order of samples in {folder} is not one of this data")
    sampler.order = found["order"]
    try:
        sampler.generator.set_state(found["sampler"])
        torch.default_generator.set_state(found["torch"])
        if "device" in found:
            set_state(session.place.device, found["device"])
    except (RuntimeError, TypeError, ValueError) as error:
        raise BadCheckpoint(f"the random generators in {folder} cannot be put back: {first_line(error)}") from None
    session.learners.restore(found, state.of_learners())
    now = session.state
    now.step, now.epoch, now.position, now.lr = state.step, state.epoch, state.position, state.lr
    now.best, now.best_loss, now.best_epoch = state.best, state.best_loss, state.best_epoch
    now.gained, now.stale = state.gained, state.stale
    session.clock.before_s = state.seconds
    session.tally.restore(state.sums, state.samples, state.counts, state.tallies)


def _tell_differences(session: Resumable, folder: Path, wanted: Project, state: State) -> None:
    other = [name for name, value in _surroundings(session).items() if getattr(state, name) != value]
    other += find_differences(folder, wanted)
    if other:
        words = f"the run goes on with another {', '.join(other)} than it began with: its numbers will not be the same to the last bit"
        session.emit(events.Trouble(words=words))
