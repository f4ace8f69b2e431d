"""Settings that are changed while a run goes on: when they act, what is made anew for them, and what is told and kept of it.

A change acts between two steps, never between the last step of an epoch and its end, so that a resumed run can do the same at the same
place. What a setting does is known nowhere here: the project with the new settings is followed from there on as a new run would follow
it, but with the weights, the optimizers' state and the place of the run that goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from visualnet.analysis import Analysis, infer
from visualnet.core.errors import FileError
from visualnet.core.graph import Value
from visualnet.core.project import Project, Recipe
from visualnet.data.class_balancing import SAMPLING
from visualnet.data.loading import Loaded, load
from visualnet.data.tensors import Sampler
from visualnet.training import devices, events, optimizers
from visualnet.training.control import Control
from visualnet.training.loop import preflight
from visualnet.training.loop.network.parts import NetworkParts, build_parts
from visualnet.training.loop.procedures.registry import procedure_kind
from visualnet.training.loop.reporter import Reporter
from visualnet.training.loop.run_state import RunState
from visualnet.training.loop.sinks import Sink
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.recipe.live_settings import (
    Setting,
    SettingChange,
    check_value,
    describe_change,
    find_changes,
    find_param,
    is_live,
    merge_changes,
    set_values,
)
from visualnet.training.runs.preparation_file import write_preparation
from visualnet.training.runs.run_model import read_project


class RunWithSettings(Protocol):
    """A run whose settings can be changed: what ``TrainingLoop`` is here."""

    project: Project
    recipe: Recipe
    data: Loaded
    folder: Path | None
    sampler: Sampler
    place: devices.DeviceChoice
    control: Control
    emit: Sink
    machine: Machine
    parts: NetworkParts
    state: RunState
    reporter: Reporter

    def read_guards(self) -> None: ...

    def use_parts(self, parts: NetworkParts) -> None: ...


class LiveChanges:
    """The changes of one run: those that are in force, and those that wait for their moment."""

    def __init__(self, loop: RunWithSettings) -> None:
        self.loop = loop
        self.count = 0
        """How many ``Changed`` events of the run are in force."""
        self.in_force: tuple[SettingChange, ...] = ()
        """All of them as one: each setting as the run began with it, and as it is now."""
        self._given = loop.project
        self._wanted: dict[Setting, Value] = {}
        self._replays: deque[events.Changed] = deque()

    @property
    def replaying(self) -> bool:
        """Whether changes of an earlier session are still to be made again, each at its step."""
        return bool(self._replays)

    @cached_property
    def _asked(self) -> list[SettingChange]:
        begun = read_project(self.loop.folder) if self.loop.folder is not None else None
        return find_changes(begun, self._given) if begun is not None else []

    @property
    def asked(self) -> tuple[SettingChange, ...]:
        """The settings of the project that this session was given, where the run began with others or goes on with others."""
        since = find_changes(self.loop.project, self._given)
        return tuple({one.setting: one for one in (*self._asked, *since)}.values())

    def take(self) -> None:
        """Take in what was asked for."""
        self.want(self.loop.control.take_changes())

    def want(self, values: dict[Setting, Value]) -> None:
        """Change these settings when their moment comes; what an earlier session changed of them later is not made again."""
        self._wanted |= values
        if values:
            self._replays = deque(
                replace(event, changes=tuple(one for one in event.changes if one.setting not in values))
                for event in self._replays
            )

    def apply(self, new_epoch: bool = False) -> None:
        """Change what is due: between two steps, or before the first one of an epoch; not before an epoch is closed."""
        self.take()
        if self.loop.state.position >= self.loop.sampler.steps:
            return
        while self._replays and self._replays[0].step <= self.loop.state.step:
            self._change({one.setting: one.after for one in self._replays.popleft().changes})
        due = {s: value for s, value in self._wanted.items() if new_epoch or not self._waits_for_epoch(s)}
        if due:
            self._wanted = {s: value for s, value in self._wanted.items() if s not in due}
            self._change(due)

    def _waits_for_epoch(self, setting: Setting) -> bool:
        try:
            return find_param(self.loop.project, setting).live == "epoch"
        except ValueError:
            return False  # it is refused, and that can be said at once

    def _change(self, values: dict[Setting, Value]) -> None:
        loop = self.loop
        try:
            for setting, value in values.items():
                check_value(loop.project, setting, value)
            project = set_values(loop.project, values)
            changes = tuple(find_changes(loop.project, project))
            if changes:
                follow(loop, project)
        except ValueError as fault:
            loop.emit(events.Trouble(words=f"the run goes on as before, for a change cannot be made: {fault}"))
            return
        if changes:
            self.count += 1
            self.in_force = merge_changes((*self.in_force, *changes))
            loop.emit(events.Changed(step=loop.state.step, changes=changes, steps_per_epoch=loop.sampler.steps))

    @property
    def waiting(self) -> tuple[SettingChange, ...]:
        """What was asked for and acts later."""
        project = self.loop.project
        known = {setting: value for setting, value in self._wanted.items() if is_live(project, setting)}
        return tuple(find_changes(project, set_values(project, known)))

    def resume(
        self,
        in_force: tuple[SettingChange, ...],
        count: int,
        waiting: Iterable[SettingChange],
        later: Iterable[events.Changed],
    ) -> None:
        """Go on where these are in force; make those of ``later`` again, each at its step."""
        self.in_force, self.count, self._replays = in_force, count, deque(later)
        self.loop.reporter.changes = count
        self._wanted = {one.setting: one.after for one in waiting}

    def end(self, kept: bool) -> None:
        """The run is over: what can act no more is told, unless it is ``kept`` for when the run goes on."""
        self.loop.control.close()
        self.take()
        words = "; ".join(map(describe_change, self.waiting))
        if words and not kept:
            self.loop.emit(events.Trouble(words=f"the run ended before this could act: {words}"))


def follow(loop: RunWithSettings, project: Project) -> None:
    """Train as this project says from here on, which differs from the run's in live settings alone.

    Raises:
        ValueError: it cannot be trained; the run stands as before.
    """
    optimizers.check_recipe(project.recipe, len(loop.data.validation) > 0)
    before, data = loop.project, loop.data
    if project.data != before.data:
        loop.data = _other_data(data, project)
    analysis = None
    try:
        if loop.data is not data or not project.same_network(before):
            analysis = infer(project, None, loop.data.fields)
            for fault in preflight.faults(analysis, loop.data):
                raise ValueError(fault.words)
    except ValueError:
        loop.data = data
        raise
    try:
        _follow(loop, project, analysis)
    except ValueError:
        loop.data = data
        _follow(loop, before, None if analysis is None else infer(before, None, data.fields))
        raise
    if loop.data is not data and loop.folder is not None:
        _keep_data(loop, loop.folder)


def _other_data(data: Loaded, project: Project) -> Loaded:
    """The data as the project chooses them now, which hold the same fields as those before.

    Raises:
        ValueError: they cannot be read, or hold other fields.
    """
    if project.data.balance not in ("", SAMPLING):
        raise ValueError("the losses were weighed by the classes of the data at the start: that needs a new training")
    found = load(project.data)
    if dict(found.fields) != dict(data.fields) or found.classes != data.classes:
        raise ValueError("the data would hold other fields or classes: that needs a new training")
    if not len(found.train):
        raise ValueError("no sample would be left to learn from")
    return found


def _keep_data(loop: RunWithSettings, folder: Path) -> None:
    """The run's folder says how what it learns from now is prepared: who judges the run later asks there."""
    try:
        write_preparation(folder, loop.data)
    except FileError as error:
        loop.emit(events.Trouble(words=f"how samples are prepared cannot be saved: {error}"))


def _make_sampler(loop: RunWithSettings, recipe: Recipe) -> Sampler:
    """Who draws the samples from here on; it goes on with the chance, and where the samples are the same, the order of the one before."""
    old = loop.sampler
    if loop.parts.probe.data is not loop.data:
        sampler = procedure_kind(recipe.procedure).make_sampler(loop.data, recipe)
        sampler.generator = old.generator
    elif min(recipe.batch_size, old.size) != old.batch_size:
        sampler = procedure_kind(recipe.procedure).make_sampler(loop.data, recipe)
        sampler.generator, sampler.order = old.generator, old.order
    else:
        return old
    return sampler


def _follow(loop: RunWithSettings, project: Project, analysis: Analysis | None) -> None:
    state, old = loop.state, loop.parts
    old.learners.release()
    old.model.change_settings(project, analysis)
    sampler = _make_sampler(loop, project.recipe)
    parts = build_parts(old.model, loop.data, loop.place, loop.machine, sampler, old)
    parts.learners.go_on_from(old.learners, state.epoch, state.position)
    parts.learners.begin_epoch(state.epoch)
    sums = old.tally
    parts.tally.restore(sums.totals(), sums.sums.samples, sums.counts(), sums.tallies())
    parts.probe.spent_s = old.probe.spent_s
    loop.recipe, loop.sampler = project.recipe, sampler
    loop.use_parts(parts)
    loop.reporter.follow(project.recipe, sampler)
    loop.read_guards()
    state.lr = parts.learners.lr
    parts.model.trial.train()
