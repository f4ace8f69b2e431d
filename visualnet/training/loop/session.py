"""One training of one project. It runs in the thread that calls it and speaks only in events."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import torch

from visualnet.analysis import Analysis, infer
from visualnet.compiling.module import Model
from visualnet.core.project import LAST_EPOCH, Project
from visualnet.core.storage.temporaries import Deadline, sweep_run
from visualnet.data.loading import Loaded
from visualnet.data.streaming.read_ahead import WaitEnded
from visualnet.training import devices, events, optimizers
from visualnet.training.checkpoints import find_checkpoints
from visualnet.training.control import Control
from visualnet.training.distributed.process_group import ALONE, ProcessGroup
from visualnet.training.loop import preflight, resuming
from visualnet.training.loop.checkpointer import Checkpointer
from visualnet.training.loop.failures import TrainingRefused, describe, find_failing_node
from visualnet.training.loop.live_changes import LiveChanges
from visualnet.training.loop.metrics import NonFinite
from visualnet.training.loop.network import change
from visualnet.training.loop.network.earlier_weights import WeightStore
from visualnet.training.loop.network.parts import NetworkParts, build_parts, compile_network
from visualnet.training.loop.network.reading import arrange_reading
from visualnet.training.loop.procedures.procedure import RoundAborted
from visualnet.training.loop.procedures.registry import procedure_kind
from visualnet.training.loop.reporter import Reporter
from visualnet.training.loop.run_state import RunState, TrainingClock
from visualnet.training.loop.sinks import Sink, open_sinks
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.measure.memory_meter import MemoryMeter
from visualnet.training.recipe.live_settings import with_live_settings
from visualnet.training.recipe.settings import recipe_of_run, settings
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.transfer.initial_weights import start_from

FLUSH_S = 0.05
SWEEP_S = 1.0
"""So long at most for what an earlier session of the run left aside when it was killed."""


class Session:
    """Trains ``project`` on ``data``. Everything it has to say goes to ``emit``, from the thread that calls ``run``.

    ``folder`` is the run's own folder (None: nothing is kept); with ``resume`` it goes on from the last checkpoint there. ``group`` are the
    processes that compute it together.
    """

    def __init__(
        self,
        project: Project,
        data: Loaded,
        emit: Sink,
        control: Control | None = None,
        *,
        folder: Path | None = None,
        resume: bool = False,
        threads: int | None = None,
        group: ProcessGroup = ALONE,
    ) -> None:
        self.project, self.data = project, data
        self.control = control or Control()
        self.folder, self.resume, self.threads, self.group = folder, resume, threads, group
        self._emit = emit
        self._model: Model | None = None
        self._loop: TrainingLoop | None = None
        self._analysis: Analysis | None = None

    @property
    def model(self) -> Model | None:
        """The compiled network that is trained, once the run is set up."""
        return self._loop.network if self._loop is not None else self._model

    @property
    def analysis(self) -> Analysis | None:
        """What is known of it."""
        return self._loop.network.analysis if self._loop is not None else self._analysis

    @property
    def saved(self) -> bool:
        """Whether the state after the last step is on disk."""
        return self._loop is not None and self._loop.checkpointer.saved_step == self._loop.state.step

    def run(self) -> str:
        """Train to the end, a stop or a failure: ``done``, ``stopped`` or ``failed``. What goes wrong is told, not raised."""
        kept = self.folder if self.group.writes else None
        if kept:
            sweep_run(kept, Deadline(SWEEP_S))
        log, emit = open_sinks(kept, self.project, self._emit)
        failed: events.Failed | NonFinite | None = None
        try:
            try:
                begun = self._set_up(emit)
                with begun.machine.applied():
                    return begun.run()
            except NonFinite as fault:
                failed = NonFinite(fault.value, fault.back, fault.index, fault.state, fault.only)
            except Exception as error:
                step = self._loop.state.step if self._loop is not None else 0
                told = describe(error, self.model, self.project.recipe.batch_size, step, self.analysis)
                failed = self.group.failed(told, error)
            # Out here the exception is gone, and with it every tensor that it held.
            loop = self._loop
            if loop is not None and isinstance(failed, events.Failed) and failed.kind == "unreadable":
                loop.keep_state()
            elif loop is not None and not loop.tally.lazy:
                loop.flush()  # the steps that went well, where reading their values cannot fail too
            if isinstance(failed, NonFinite):
                assert loop is not None
                failed = find_failing_node(
                    failed, loop.network, loop.procedure.again, loop.machine, loop.state.step + 1
                )
            emit(failed)
            return "failed"
        finally:
            self.control.close()
            if self._loop is not None:
                self._loop.tensors.close()
            if log:
                log.close()

    def set_up(self) -> TrainingLoop:
        """Build all that the run needs, and begin nothing: for who takes the steps himself.

        Raises:
            ValueError: the run cannot begin.
        """
        return self._set_up(self._emit)

    def _set_up(self, emit: Sink) -> TrainingLoop:
        recipe = self.project.recipe
        optimizers.check_recipe(recipe, len(self.data.validation) > 0)
        self._analysis = analysis = infer(self.project, None, self.data.fields)
        for fault in preflight.faults(analysis, self.data):
            raise TrainingRefused(fault)
        values = settings(recipe_of_run(recipe))
        place = devices.place(recipe.device, self.threads or values["threads"])
        machine = Machine(values, place, emit, self.group)
        model = self._model = compile_network(self.project, analysis, self.data, machine)
        memory = MemoryMeter(place.device)
        self._loop = loop = TrainingLoop(self.data, model, place, machine, memory, self.control, emit, self.folder)
        if recipe.start_from and not (self.resume and self.folder and find_checkpoints(self.folder)):
            start_from(recipe.start_from, model.net)
        if self.resume and self.folder:
            loop.checkpointer.last_damaged = resuming.resume(loop)
            drawing = with_live_settings(self.project, loop.project)
            if mark_of(loop.project) != mark_of(drawing):
                loop.drawing = drawing
        if not self.group.writes:
            loop.folder = loop.checkpointer.folder = None
        self.group.begin((loop.state.step, loop.state.epoch, loop.state.position), emit)
        return loop


class TrainingLoop:
    """The loop over epochs and steps, with what it needs: optimizer, data on the device, sums, probe, checkpoints."""

    def __init__(
        self,
        data: Loaded,
        model: Model,
        place: devices.DeviceChoice,
        machine: Machine,
        memory: MemoryMeter,
        control: Control,
        emit: Sink,
        folder: Path | None,
    ) -> None:
        self.data, self.recipe = data, model.project.recipe
        self.place, self.machine, self.memory = place, machine, memory
        self.group, self.control = machine.group, machine.group.lead(control, emit)
        self.emit, self.folder = emit, folder
        self.left_out = arrange_reading(data, settings(recipe_of_run(self.recipe)), emit)
        taken = memory.allocated()
        kind = procedure_kind(self.recipe.procedure)
        self.sampler = kind.make_sampler(data, self.recipe)
        self.procedure = kind(self)
        self.use_parts(build_parts(model, data, place, machine, self.sampler))
        memory.count_data(taken)
        self.drawing: Project | None = None
        """What a resumed run is to train from its first step on, where that is another network than it was."""
        self.earlier = WeightStore()
        self.state, self.clock = RunState(self.learners.lr), TrainingClock()
        self.checkpointer = Checkpointer(folder, emit, data, self.group.shards)
        self.read_guards()
        self.reporter = Reporter(emit, self.recipe, self.state, self.sampler, self.clock)
        self.changes = LiveChanges(self)
        self.due = 0.0
        """When to look up from the steps again."""
        torch.manual_seed(self.recipe.seed)

    def read_guards(self) -> None:
        """What the recipe says of ending early: after ``patience`` epochs without gain."""
        values = settings(recipe_of_run(self.recipe))
        self.patience: int | None = values["patience"]
        self.min_delta: float = values["min_delta"]
        self.checkpointer.restores = self.patience is not None
        self.checkpointer.every = values["keep_every"]

    def use_parts(self, parts: NetworkParts) -> None:
        """Train this network from here on."""
        self.parts, self.network, self.project = parts, parts.model, parts.model.project
        self.control.project = self.project
        self.tensors, self.tally, self.learners, self.probe = parts.tensors, parts.tally, parts.learners, parts.probe
        self.tensors.left_out, self.tensors.leaves = self.left_out, self._leaves
        self.tensors.salt = self.group.rank
        self.evaluate = parts.evaluate
        self.procedure.follow()

    def run(self) -> str:
        """Train to the end or a stop: ``done`` or ``stopped``."""
        self.clock.start()
        self.checkpointer.start()
        self.reporter.tell_start(self.folder, self.place, self.machine, self.network, self.data, self.tally.best_by)
        if self.drawing is not None:
            self.change_network(self.drawing)
        reason = "done"
        self.changes.apply()
        while self.state.epoch < self.recipe.epochs and not self._stops_early():
            if not (self._train_epoch() and self._validate_epoch()) and self.control.stopping:
                reason = "stopped"
                break  # else the network was changed: on with the rest of the epoch
            self.changes.apply()
        self._checkpoint(last=True)
        self.learners.end()
        if reason == "done" and self.patience is not None:
            self.checkpointer.restore_best(self.network.net)
        self._finish(reason)
        return reason

    def _stops_early(self) -> bool:
        return self.patience is not None and self.state.stale >= self.patience

    def _train_epoch(self) -> bool:
        """The rest of this epoch's rounds; False if a stop or another network came first."""
        if self.state.position == 0:
            self.changes.apply(new_epoch=True)
        state, last = self.state, self.sampler.steps
        if state.position == 0:
            self.procedure.begin_epoch()
        self.learners.begin_epoch(state.epoch)
        self.network.trial.train()
        try:
            for index, batch in self.procedure.rounds():
                tally, turns = self.tally, self.learners.turns  # other ones, where a setting was changed
                tally.before_step(index)
                for program, learner, closes in turns:
                    results = program(*batch)
                    loss = results[0]["loss"]
                    tally.take(results, self.group.count(batch))
                    learner.learn(loss, closes and state.position + 1 == last)
                state.position += 1
                state.step += 1
                if self.is_due():
                    del results, loss
                    if not self.look_up():
                        return False
        except (WaitEnded, RoundAborted):
            self.look_up()
            return False
        return True

    @torch.no_grad()
    def _validate_epoch(self) -> bool:
        """Hold the network against the validation set and close the epoch; False if a stop or another network came first."""
        self.flush()
        begin = time.perf_counter()
        validation = self.procedure.validate()
        seconds = time.perf_counter() - begin
        average = self.procedure.validate(averaged=True) if validation is not None and self.learners.averaged else {}
        if validation is None or average is None:
            return False
        train = {**self.tally.close_epoch(), **self.procedure.close_epoch()}
        told = {**(validation or train), LAST_EPOCH: float(self.state.epoch + 1)}
        is_best, value = self.state.close_epoch(told, *self.tally.best_by), told.get(self.tally.best_by[0])
        self.learners.after_epoch(value)
        if self.patience is not None:
            self.state.count_stale(value, self.tally.best_by[1], self.min_delta)
        self.checkpointer.close_epoch(self.network.net, self.state.epoch, is_best)
        self.reporter.tell_epoch(train, validation, seconds, is_best, average)
        for watcher in self.parts.watchers:
            watcher.look(self, train)
        return True

    # --- between two steps -------------------------------------------------------------------------------------------

    def is_due(self) -> bool:
        """Whether it is time to look up."""
        return self.group.is_due(self.control.urgent or time.perf_counter() >= self.due)

    def _leaves(self) -> bool:
        return self.control.stopping and self.group.size == 1  # where others wait for this batch, it is computed

    def look_up(self, phase: str = "training") -> bool:
        """Between two steps, at most 20 times a second: tell, watch, save, obey. False if the loop must be left."""
        self.group.agree(self.changes.replaying or self.probe.waits(self.state.step))
        self.flush()
        now = time.perf_counter()
        self._watch_if_due(now, phase == "training")
        self.due = 0.0 if self.changes.replaying or self.probe.waits(self.state.step) else now + FLUSH_S
        if self.group.decide(self.checkpointer.due(now)):
            self._checkpoint()
        self.reporter.tell_progress(phase, self.probe.spent_s)
        if self.control.urgent and not self._obey():
            return False
        if phase == "training":
            self.changes.apply()
        return True

    def _obey(self) -> bool:
        self.changes.take()
        changed = change.take_drawing(self)
        if self.control.paused and not self.control.stopping:
            begin = time.perf_counter()
            self._checkpoint()
            self.emit(events.Paused(step=self.state.step))
            while not self.control.wait(0.05):
                changed = change.take_drawing(self) or changed
                self._watch_if_due(time.perf_counter())
            self.changes.take()
            self.clock.leave_out(time.perf_counter() - begin)
            if not self.control.stopping:
                self.emit(events.Resumed(step=self.state.step))
        return not (changed or self.control.stopping)

    def change_network(self, drawing: Project) -> None:
        """Go on with the network of this drawing; what of it did not change keeps what it learned.

        Raises:
            ValueError: that cannot be; the run is as it was.
        """
        self._checkpoint()  # the best weights so far are on disk then
        self.emit(change.change_network(self, drawing))
        self.checkpointer.forget_best()
        self._checkpoint()
        change.finish_change(self)

    def set_lr(self, lr: float, learner: str = "") -> None:
        """Train with this rate from here on: one of several learners, or all in the proportion that they have."""
        self.learners.set_lr(lr, learner)
        self.state.lr = self.learners.lr

    def flush(self) -> None:
        """Send the values of the steps since the last time.

        Raises:
            NonFinite: the loss of one of them is not finite; the weights are those before it.
        """
        values, fault = self.tally.flush()
        if values:
            last, count = self.state.step - (fault.back + 1 if fault else 0), len(next(iter(values.values())))
            values |= self.procedure.take_values(count)
            self.emit(events.Steps(step=last, epoch=self.state.epoch, values=values, **self.learners.take_steps(count)))
        self.state.lr = self.learners.lr
        if fault:
            self.state.step -= fault.back + 1
            raise fault

    def keep_state(self) -> None:
        """Save the state after the last whole step, as the run ends without one of its own."""
        if not self.group.shards:  # the others take no part in it
            with contextlib.suppress(NonFinite):
                self._checkpoint()

    def _checkpoint(self, last: bool = False) -> None:
        self.flush()
        if self.checkpointer.saves:
            state, generators = resuming.capture_state(self), resuming.capture_generators(self)
            self.checkpointer.save(state, self.network.net, self.learners.optimizers(), generators, last)
            if last and self.learners.averaged:
                self.learners.swap_averages()
                self.checkpointer.save_average(self.network.net)
                self.learners.swap_averages()

    def _watch_if_due(self, now: float, trains: bool = False) -> None:
        if self.probe.due(self.control.probe_request, now, self.state.step if trains else None):
            self._watch(self.learners.batches_to_step(self.state.position, self.sampler.steps) if trains else 0)

    def _watch(self, batches: int = 0) -> None:
        with self.machine.autocast():
            self.probe.tell(self.control, self.state.step, batches, self.emit)

    def _finish(self, reason: str) -> None:
        self.flush()
        if self.control.probe_request.is_wanted:
            self._watch()
        self.changes.end(kept=reason == "stopped" and self.folder is not None)
        self.reporter.tell_progress("done", self.probe.spent_s)
        self.emit(self.memory.compare(self.network.analysis, self.sampler.batch_size, self.state.step))
        early = reason == "done" and self._stops_early() and self.state.epoch < self.recipe.epochs
        self.reporter.tell_end(reason, early)
