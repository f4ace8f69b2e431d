"""Changes the network of a run between two steps: unchanged nodes go on with their weights, changed ones begin anew or get earlier weights.

The weights of a node that stays are taken over with all that belongs to them: what the optimizer knows of them, gathered gradients, the
averaged copy. Rates and schedules go on, the random generators and the order of samples stay, the sums of the present epoch begin anew.
What was learned by nodes that go or begin anew is kept (``earlier_weights.py``) and put back when the drawing goes back.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from msgspec.structs import replace
from torch import Tensor

from visualnet.analysis import infer
from visualnet.analysis.compare.weights_kept import (
    ANEW,
    BACK,
    GONE,
    KEPT,
    WeightsKept,
    describe_tensors,
    find_weights_kept,
    walk_layers,
)
from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.own_tensors import own_tensors
from visualnet.core.errors import FileError, first_line
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.temporaries import folder_aside
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler
from visualnet.training import checkpoints, devices, events
from visualnet.training.checkpoints import BadCheckpoint, lay_out_like
from visualnet.training.control import Control
from visualnet.training.learners.learner import Learner
from visualnet.training.loop import preflight
from visualnet.training.loop.failures import TrainingRefused
from visualnet.training.loop.network.earlier_weights import NodeWeights, WeightStore, write_nodes
from visualnet.training.loop.network.parts import NetworkParts, build_parts, compile_network
from visualnet.training.loop.preflight import StartFault
from visualnet.training.loop.reporter import describe_network
from visualnet.training.loop.run_state import RunState
from visualnet.training.loop.sinks import Sink
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.recipe.live_settings import with_live_settings
from visualnet.training.runs.network_mark import explain_refusal, with_network_of
from visualnet.training.runs.run_changes import network_folder
from visualnet.training.runs.run_model import PROJECT

Sources = Mapping[Tensor, Tensor]
"""For a tensor of the new network the one of the old network whose place it takes."""


class RunWithNetwork(Protocol):
    """A run that has been set up: what ``TrainingLoop`` is here."""

    project: Project
    data: Loaded
    folder: Path | None
    place: devices.DeviceChoice
    machine: Machine
    sampler: Sampler
    state: RunState
    earlier: WeightStore
    parts: NetworkParts
    emit: Sink

    def use_parts(self, parts: NetworkParts) -> None: ...


def change_network(run: RunWithNetwork, drawing: Project) -> events.NetworkChanged:
    """Go on with the network of a drawing, at the step where the run stands. Where that cannot be, the run is as it was.

    Raises:
        ValueError: the drawing has errors, does not fit the data or the recipe, or cannot be kept; the words say why.
    """
    if words := explain_refusal(run.project, drawing):
        raise TrainingRefused(StartFault(words, (), "graph"))
    # Settings that can be changed at any time go their own way (`live_changes.py`).
    project = with_live_settings(with_network_of(run.project, drawing), run.project)
    analysis = infer(project, None, run.data.fields)
    for fault in preflight.faults(analysis, run.data):
        raise TrainingRefused(fault)
    old = run.parts
    kept = find_weights_kept(old.model.analysis, analysis, run.earlier.index())
    if kept.refusal:
        raise TrainingRefused(StartFault(kept.refusal, (), "graph"))
    model = compile_network(project, analysis, run.data, run.machine)
    new = build_parts(model, run.data, run.place, run.machine, run.sampler, old)
    number = run.state.network + 1
    removed = _collect_removed(old, kept, run.state.step, number)
    _take_over(old, new, kept, run.earlier, run.state.step)
    if run.folder is not None:
        _write(run.folder, number, run.project, project, removed)
    run.earlier.add(removed)
    run.use_parts(new)
    run.state.begin_network(number)
    return _describe(run, kept)


class Drawable(Protocol):
    """A run that a person can give another drawing: what ``TrainingLoop`` is here."""

    control: Control
    emit: Sink

    def change_network(self, drawing: Project) -> None: ...


def take_drawing(run: Drawable) -> bool:
    """Change to the network of the drawing that was given, if one was; whether that was done. It ends a pause."""
    if (drawing := run.control.take_drawing()) is None:
        return False
    try:
        run.change_network(drawing)
    except Exception as error:
        run.emit(events.Trouble(words=f"the network stays as it was: {first_line(error)}"))
        return False
    run.control.resume()
    return True


def finish_change(run: RunWithNetwork) -> None:
    """What follows the first checkpoint of the changed network: the best weights of the one before are put away, and the run's project is
    the one that is trained now."""
    if run.folder is not None:
        set_best_aside(run.folder, run.state.network)
        run.earlier.remove_unused(_folders(run.folder, run.state.network))
        _save_project(run, run.folder)


# --- from the old network to the new one -----------------------------------------------------------------------------


def _take_over(old: NetworkParts, new: NetworkParts, kept: WeightsKept, earlier: WeightStore, step: int) -> None:
    """Put weights and what belongs to them into the new network; the old one is left as it is."""
    was, now, tensors_of = own_tensors(old.model), own_tensors(new.model), _describe_layers(new.model)
    sources: dict[Tensor, Tensor] = {}
    returned: dict[Tensor, tuple[NodeWeights, str]] = {}
    for node in kept.nodes:
        own = now.get(node.path, {})
        if node.fate == KEPT:
            sources |= {tensor: was[node.source][name] for name, tensor in own.items()}
        elif node.fate == BACK:
            found = earlier.find(node.path, tensors_of[node.path])
            assert found is not None
            returned |= {tensor: (found, name) for name, tensor in own.items()}
    with torch.no_grad():
        for tensor, source in sources.items():
            tensor.copy_(source)
        for tensor, (weights, name) in returned.items():
            tensor.copy_(weights.data[f"weight.{name}"])
    for name, learner in new.learners.by_name.items():
        back = {tensor: entry for tensor, entry in returned.items() if entry[0].learner == name}
        _take_over_learner(old.learners.by_name[name], learner, sources, back, step)
    new.probe.spent_s = old.probe.spent_s


def _take_over_learner(
    old: Learner, new: Learner, sources: Sources, returned: Mapping[Tensor, tuple[NodeWeights, str]], step: int
) -> None:
    """What a learner knows of its weights; of those that another one trained so far it knows nothing."""
    states: dict[int, Any] = {}
    averages: list[Tensor] = []
    copies: dict[Tensor, Tensor] = dict(zip(old.parameters, old.average, strict=False))
    places = {parameter: at for at, parameter in enumerate(p for g in new.optimizer.param_groups for p in g["params"])}
    for parameter in new.parameters:
        state: Mapping[str, Any] | None = None
        average: Tensor | None = None
        if (source := sources.get(parameter)) is not None:
            state, average = old.optimizer.state.get(source), copies.get(source)
            parameter.grad = source.grad
        elif parameter in returned:
            weights, name = returned[parameter]
            state, average = weights.part(f"state.{name}."), weights.data.get(f"average.{name}")
            if weights.step == step and (gradient := weights.data.get(f"gradient.{name}")) is not None:
                parameter.grad = lay_out_like(gradient, parameter)  # no step was taken: it still waits for its step
        if state:
            states[places[parameter]] = {key: _lay_out(value, parameter) for key, value in state.items()}
        averages.append(parameter.detach().clone() if average is None else lay_out_like(average, parameter))
    if isinstance(new.optimizer, torch.optim.SGD) and any("momentum_buffer" in state for state in states.values()):
        # Its fused kernel wants all or none; to begin with nothing taken along is the same as to begin.
        for parameter, at in places.items():
            states.setdefault(at, {"momentum_buffer": torch.zeros_like(parameter)})
    groups = new.optimizer.state_dict()["param_groups"]
    new.optimizer.load_state_dict({"state": states, "param_groups": groups})
    new.average = averages if old.average else []
    new.gathered = old.gathered
    if new.scaler is not None and old.scaler is not None:
        new.scaler.restore(old.scaler.numbers())  # what was gathered is scaled by it
        new.scaler.skipped = old.scaler.skipped
    new.rate.restore(old.rate.numbers(), old.rate.now)


def _lay_out(value: Any, parameter: torch.nn.Parameter) -> Any:
    """What an optimizer keeps of a weight, in memory as the weight is."""
    return lay_out_like(value, parameter) if isinstance(value, Tensor) and value.dim() else value


def _collect_removed(parts: NetworkParts, kept: WeightsKept, step: int, number: int) -> list[NodeWeights]:
    """What was learned by the nodes that go or begin anew, copied to the CPU."""
    stay = {node.source for node in kept.nodes if node.fate == KEPT}
    tensors_of, found = _describe_layers(parts.model), []
    for path, tensors in own_tensors(parts.model).items():
        if path in stay or not tensors:
            continue
        data = {f"weight.{name}": tensor for name, tensor in tensors.items()}
        owner = ""
        for learner_name, learner in parts.learners.by_name.items():
            copies: dict[Tensor, Tensor] = dict(zip(learner.parameters, learner.average, strict=False))
            for name, tensor in tensors.items():
                if state := learner.optimizer.state.get(tensor):
                    owner = learner_name
                    data |= {f"state.{name}.{key}": v for key, v in state.items() if isinstance(v, Tensor)}
                if learner.gathered and isinstance(tensor.grad, Tensor):
                    data[f"gradient.{name}"] = tensor.grad
                if tensor in copies:
                    owner, data[f"average.{name}"] = learner_name, copies[tensor]
        copied = {name: tensor.detach().to("cpu", copy=True) for name, tensor in data.items()}
        found.append(NodeWeights(path, tensors_of[path], step, number, owner, copied))
    return found


def _describe_layers(model: Model) -> dict[NodePath, str]:
    return {path: describe_tensors(facts) for path, _, facts in walk_layers(model.analysis.main)}


# --- the run's folder --------------------------------------------------------------------------------------------------


def read_network(run: Path, number: int, project: Project) -> Project:
    """The project with the network that a run trained from this change on; itself, where the run keeps none that it began with.

    Raises:
        BadCheckpoint: it is not there any more, or cannot be read.
    """
    path = network_folder(run, number) / PROJECT
    if not path.exists():
        path = run / PROJECT
    try:
        return with_network_of(project, project_file.load(path))
    except ValueError as error:
        if number == 0:
            return project  # as ever: what does not fit the checkpoint is found when it is put in place
        raise BadCheckpoint(f"the network that the run trained cannot be read: {error}") from None


def read_earlier(run: RunWithNetwork, store: WeightStore) -> None:
    """Take in what the changes up to the present one have taken out of the network. What cannot be read is told."""
    if run.folder is not None and run.state.network:
        for words in store.read(_folders(run.folder, run.state.network)):
            run.emit(events.Trouble(words=words))


def set_best_aside(run: Path, number: int) -> None:
    """The best weights so far are those of the network before this change: they are kept beside it."""
    with contextlib.suppress(OSError):
        os.replace(run / checkpoints.BEST, network_folder(run, number - 1) / checkpoints.BEST)


def _save_project(run: RunWithNetwork, folder: Path) -> None:
    try:
        project_file.save(folder / PROJECT, _bare(run.project))
    except (OSError, FileError) as error:
        run.emit(events.Trouble(words=f"the run's project cannot be written: {error}"))


def _write(run: Path, number: int, before: Project, after: Project, removed: list[NodeWeights]) -> None:
    """All that a resumed run needs to know of this change, before the first checkpoint that rests on it.

    Raises:
        ValueError: it cannot be written; nothing has changed.
    """
    try:
        if number == 1:
            _write_network(network_folder(run, 0), before, [])
        _write_network(network_folder(run, number), after, removed)
    except (OSError, FileError) as error:
        raise TrainingRefused(
            StartFault(f"the changed network cannot be kept in {run} ({error})", (), "graph")
        ) from None


def _write_network(folder: Path, project: Project, removed: list[NodeWeights]) -> None:
    with folder_aside(folder) as aside:
        new, old = aside / "new", aside / "old"
        new.mkdir()
        project_file.save(new / PROJECT, _bare(project))
        write_nodes(new, removed)
        if os.path.lexists(folder):  # of a change that was made after the checkpoint from which the run was resumed
            os.replace(folder, old)
        os.replace(new, folder)


def _bare(project: Project) -> Project:
    return replace(project, runs=(), readonly="")


def _folders(run: Path, last: int) -> dict[int, Path]:
    return {number: network_folder(run, number) for number in range(1, last + 1)}


def _describe(run: RunWithNetwork, kept: WeightsKept) -> events.NetworkChanged:
    model, tally = run.parts.model, run.parts.tally
    return events.NetworkChanged(
        step=run.state.step,
        epoch=run.state.epoch,
        number=run.state.network,
        words=kept.summary,
        kept=tuple(node.name for node in kept.of(KEPT)),
        anew={node.name: node.words for node in kept.of(ANEW)},
        back={node.name: node.step for node in kept.of(BACK)},
        gone=tuple(node.name for node in kept.of(GONE)),
        earlier=run.earlier.index(),
        **describe_network(model),
        best_by=tally.best_by[0],
        best_is=tally.best_by[1],
    )
