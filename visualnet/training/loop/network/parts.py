"""What a run has made for its network: when it is set up, and again whenever the network is changed."""

from __future__ import annotations

from typing import NamedTuple

from torch import fx

from visualnet.analysis import Analysis
from visualnet.compiling.module import Model, compile_project
from visualnet.core.project import Project
from visualnet.data.class_balancing import loss_settings
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler, Tensors
from visualnet.training import devices
from visualnet.training.epoch_watchers.registry import make_watchers
from visualnet.training.epoch_watchers.watcher import EpochWatcher
from visualnet.training.learners.learners import Learners
from visualnet.training.loop.metrics import Tally, find_best_by
from visualnet.training.loop.round_tally import make_tally
from visualnet.training.machine.hardware_options import Machine, Program
from visualnet.training.observations.context import plain_fields
from visualnet.training.probes import Probe


class NetworkParts(NamedTuple):
    """The compiled network, the data that it reads, what counts and trains it, and what looks into it."""

    model: Model
    tensors: Tensors
    tally: Tally
    learners: Learners
    probe: Probe
    evaluate: Program
    """All values of a batch, as ``Model.trial``."""
    program: fx.GraphModule
    """What that runs."""
    watchers: tuple[EpochWatcher, ...]
    """They look at it when an epoch is over."""


def compile_network(project: Project, analysis: Analysis, data: Loaded, machine: Machine) -> Model:
    """The network of a run, its losses as the data want them, where ``machine`` wants it made: `build_parts` has it where it is computed.

    Raises:
        GraphError: the graph has errors.
        ValueError: the losses cannot be as the data want them.
    """
    device = machine.group.first_place(machine.device)
    given = loss_settings(analysis, data)
    return compile_project(project, analysis, device=device, seed=project.recipe.seed, given=given)


def build_parts(
    model: Model,
    data: Loaded,
    place: devices.DeviceChoice,
    machine: Machine,
    sampler: Sampler,
    before: NetworkParts | None = None,
) -> NetworkParts:
    """All of it, fresh; the data stay on the device where they are, if the network ``before`` read the same of them.

    Raises:
        ValueError: the recipe cannot train this network.
    """
    machine.arrange(model.net)
    machine.group.follow(model)
    plain = plain_fields(model)
    same = before is not None and before.probe.data is data and before.model.fields == model.fields
    if before is not None and same and plain_fields(before.model) == plain:
        tensors = before.tensors
    else:
        tensors = Tensors(data, model.fields, place.device, plain)
    if before is None or model.trial is not before.program:
        machine.forget_programs()  # those of the network before
    learners = Learners(model, place.device, sampler.steps, find_best_by(model)[1], machine)
    tally = make_tally(model, place.device, learners, machine.scales)
    probe, evaluate = Probe(model, data, tensors), machine.wrap(model.trial)
    watchers = make_watchers(model, data, tensors)
    return NetworkParts(model, tensors, tally, learners, probe, evaluate, model.trial, watchers)
