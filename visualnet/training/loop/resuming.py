"""Going on with a run: what a checkpoint keeps of it, which checkpoint can be used, and all of it put back in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from visualnet.analysis import infer
from visualnet.compiling.module import Model
from visualnet.core.errors import first_line
from visualnet.core.graph import Value
from visualnet.core.project import Project, Recipe
from visualnet.data.loading import Loaded
from visualnet.data.streaming.readable import SkippedSamples
from visualnet.data.tensors import Sampler
from visualnet.training import checkpoints, devices, events
from visualnet.training.checkpoints import BadCheckpoint, State
from visualnet.training.control import Control
from visualnet.training.learners.learners import Learners
from visualnet.training.loop.live_changes import LiveChanges, follow
from visualnet.training.loop.metrics import Tally, get_state, set_state
from visualnet.training.loop.network.change import read_earlier, read_network, set_best_aside
from visualnet.training.loop.network.earlier_weights import WeightStore
from visualnet.training.loop.network.parts import NetworkParts, build_parts, compile_network
from visualnet.training.loop.procedures.procedure import Procedure
from visualnet.training.loop.reporter import Reporter
from visualnet.training.loop.run_state import RunState, TrainingClock
from visualnet.training.loop.sinks import Sink
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.recipe.live_settings import Setting, find_changes, is_live, set_values, with_live_settings
from visualnet.training.runs.network_mark import compile_alike
from visualnet.training.runs.run_changes import find_differences, read_changes
from visualnet.training.runs.run_model import count_epochs, read_project


class Resumable(Protocol):
    """A run that has been set up and can be put back where it stood: what ``TrainingLoop`` is here."""

    project: Project
    recipe: Recipe
    data: Loaded
    folder: Path | None
    parts: NetworkParts
    earlier: WeightStore
    learners: Learners
    left_out: SkippedSamples
    sampler: Sampler
    procedure: Procedure
    tally: Tally
    place: devices.DeviceChoice
    machine: Machine
    emit: Sink
    network: Model
    state: RunState
    clock: TrainingClock

    control: Control
    reporter: Reporter
    changes: LiveChanges

    def read_guards(self) -> None: ...

    def use_parts(self, parts: NetworkParts) -> None: ...


def capture_generators(session: Resumable) -> dict[str, Tensor]:
    """Generators and the order of this epoch: with them, what follows is what would have followed."""
    found = {"torch": torch.default_generator.get_state(), "sampler": session.sampler.generator.get_state()}
    if session.place.device.type != "cpu":
        found["device"] = get_state(session.place.device)
    return {**found, "order": session.sampler.order, **session.learners.tensors(), **session.procedure.tensors()}


def capture_state(session: Resumable) -> State:
    """The numbers for a checkpoint of the run as it stands."""
    learners = session.learners.states()
    first = next(iter(learners.values()))
    return State(
        **asdict(session.state),
        optimizer=first.optimizer,
        gathered=first.gathered,
        rate=first.rate,
        scaler=first.scaler,
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
        left_out=session.left_out.samples,
        procedure=session.procedure.numbers(),
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
    """Put the newest checkpoint that can be used in place, with the network that was trained then; whether a newer one cannot be used.
    What differs from the run's beginning is told.

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
            drawing = with_live_settings(read_network(session.folder, state.network, wanted), session.project)
            _use_network(session, drawing)
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
        read_earlier(session, session.earlier)
        if state.network and not state.best_epoch:  # it ended between the change and what follows from it
            set_best_aside(session.folder, state.network)
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
    later, values = told[state.change_count :], dict[Setting, Value]()
    for event in reversed(later):  # the project of the run's folder may already hold them
        values |= {one.setting: one.before for one in event.changes}
    # A run of an older version tells nothing of changes, but for the rate that it went on with.
    names = {learner.name for learner in wanted.recipe.learners} or {""}
    for name, learner in state.of_learners().items():
        if name in names:
            values[Setting("lr", name)] = float(learner.rate.get("base", learner.lr) or 0.0)
    values |= {one.setting: one.after for one in state.changes}
    try:
        then = _set_live(with_live_settings(session.project, begun), values)
        if then is not session.project:
            follow(session, then)
    except ValueError as error:
        raise BadCheckpoint(f"the settings of the run at step {state.step:,} cannot be used: {error}") from None
    last = _set_live(then, {one.setting: one.after for event in later for one in event.changes})
    # What is wanted otherwise than when the run was begun or resumed last; a change that was made in between stays in force.
    asked = _set_live(begun, {one.setting: one.after for one in state.asked})
    new = {one.setting for one in find_changes(asked, wanted)}
    session.changes.resume(state.changes, state.change_count, state.waiting, later)
    session.changes.want({one.setting: one.after for one in find_changes(last, wanted) if one.setting in new})


def _set_live(project: Project, values: Mapping[Setting, Value]) -> Project:
    """The project with those of the settings that it has."""
    return set_values(project, {setting: value for setting, value in values.items() if is_live(project, setting)})


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


def _use_network(session: Resumable, project: Project) -> None:
    """Build the network that a checkpoint is of, where that is another one than the drawing's.

    Raises:
        BadCheckpoint: it cannot be built any more.
    """
    if compile_alike(project, session.project):
        return
    try:
        analysis = infer(project, None, session.data.fields)
        model = compile_network(project, analysis, session.data, session.machine)
        session.use_parts(
            build_parts(model, session.data, session.place, session.machine, session.sampler, session.parts)
        )
    except ValueError as error:
        raise BadCheckpoint(f"the network that the run trained cannot be built: {first_line(error)}") from None


def _names(learners: Collection[str]) -> str:
    return " and ".join(f"“{name}”" for name in learners if name) or "one learner"


def _put_back(session: Resumable, folder: Path, state: State) -> None:
    session.place = devices.place(session.recipe.device, state.threads)
    sampler = session.sampler
    expected = {
        name: (tuple(t.shape), "I64" if name == "order" else "U8") for name, t in capture_generators(session).items()
    }
    expected |= session.learners.find_tensors(folder)
    expected = {name: one for name, one in expected.items() if not name.startswith("procedure.")}
    expected |= session.procedure.expects(checkpoints.read_header(folder / "generators.safetensors"))
    if session.data.choice.path and state.data != session.data.fingerprint:
        _check_size(folder, sampler.size)
    found = checkpoints.restore(folder, state, session.network.net, session.learners.optimizers(), expected)
    if not session.procedure.fits(sampler, found["order"]):
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
    try:
        session.procedure.restore(found, state.procedure)
    except ValueError as error:
        raise BadCheckpoint(f"the play in {folder} cannot be gone on with: {error}") from None
    now = session.state
    now.step, now.epoch, now.position, now.lr = state.step, state.epoch, state.position, state.lr
    now.best, now.best_loss, now.best_epoch = state.best, state.best_loss, state.best_epoch
    now.gained, now.stale, now.network = state.gained, state.stale, state.network
    session.clock.before_s = state.seconds
    if state.data == session.data.fingerprint:
        session.left_out.put_back(state.left_out)
    session.tally.restore(state.sums, state.samples, state.counts, state.tallies)


def _check_size(folder: Path, size: int) -> None:
    """Refuse data of which another number of samples is trained on than when the run began.

    Raises:
        BadCheckpoint: it is another number.
    """
    (was, *_), _ = checkpoints.read_header(folder / "generators.safetensors").get("order", ((size,), ""))
    if was != size:
        raise BadCheckpoint(
            f"the data changed since the run began: it trained on {was:,} samples, and there are {size:,} now; put the files back as they "
            "were, or begin a new run from these weights (Start from…)"
        )


def _tell_differences(session: Resumable, folder: Path, wanted: Project, state: State) -> None:
    other = [name for name, value in _surroundings(session).items() if getattr(state, name) != value]
    if "data" in other and session.data.choice.path:
        why = "files were added, taken away or written anew, or they are prepared or divided otherwise"
        session.emit(events.Trouble(words=f"the data changed since the run began: {why}"))
    other += find_differences(folder, wanted)
    if other:
        words = f"the run goes on with another {', '.join(other)} than it began with: its numbers will not be the same to the last bit"
        session.emit(events.Trouble(words=words))
