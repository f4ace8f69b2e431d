"""One training of one project: the loop. It runs in the thread that calls it and speaks only in events."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import Tensor

from visualnet.analysis import Analysis, infer
from visualnet.compiling.module import Model, compile_project
from visualnet.core.project import Project
from visualnet.core.storage.temporaries import Halt, sweep_run
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler, Tensors
from visualnet.training import checkpoints, devices, events, optimizers, preflight, resuming
from visualnet.training.control import Control
from visualnet.training.failures import TrainingRefused, asked_nothing, describe, first_line
from visualnet.training.measure.memory_meter import MemoryMeter
from visualnet.training.metrics import NonFinite, Tally, get_state, set_state
from visualnet.training.probes import Probe, plain_fields
from visualnet.training.sinks import EventLog, Sink, several

FLUSH_S = 0.05
SWEEP_S = 1.0
"""So long at most for what an earlier session of the run left aside when it was killed."""
CHECKPOINT_S = 5.0
CHECKPOINT_SHARE = 0.02
"""Large networks save less often: writing takes at most this share of the time."""


class Session:
    """Trains ``project`` on ``data``. Everything it has to say goes to ``emit``, from the thread that calls ``run``.

    ``folder`` is the run's own folder (None: nothing is kept); with ``resume`` it goes on from the last checkpoint there.
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
    ) -> None:
        self.project, self.data, self.recipe = project, data, project.recipe
        self.control = control or Control()
        self.folder, self.resume, self.threads = folder, resume, threads
        self._out = emit
        self.step = self.epoch = self.position = 0
        self.kept = -1
        """The step whose state is on disk."""
        self.best: float | None = None
        self.best_loss: float | None = None
        self.best_epoch = 0
        self.analysis: Analysis | None = None
        self.model: Model | None = None
        self._best_weights: dict[str, Tensor] | None = None
        self.seconds_before = 0.0
        self._last_damaged = False

    @property
    def network(self) -> Model:
        """The compiled project, once the run is set up."""
        assert self.model is not None
        return self.model

    def run(self) -> str:
        """Train to the end, a stop or a failure: ``done``, ``stopped`` or ``failed``. What goes wrong is told, not raised."""
        if self.folder:
            sweep_run(self.folder, Halt(SWEEP_S))
        log = EventLog(self.folder / "events.jsonl", self._out) if self.folder else None
        self.emit = several(log, self._out) if log else self._out
        failed: events.Failed | NonFinite | None = None
        try:
            try:
                reason = self._train()
            except NonFinite as fault:
                failed = NonFinite(fault.value, fault.back, fault.index, fault.state)
            except Exception as error:
                failed = describe(error, self.model, self.recipe.batch_size, self.step, self.analysis)
            # Out here the exception is gone, and with it every tensor that it held.
            if failed is not None:
                self._flush_rest()
                self.emit(self._blamed(failed) if isinstance(failed, NonFinite) else failed)
                reason = "failed"
            return reason
        finally:
            if log:
                log.close()

    def _train(self) -> str:
        self._set_up()
        while self.epoch < self.recipe.epochs:
            if not (self._train_epoch() and self._validate_epoch()):
                self._checkpoint(last=True)
                return self._finish("stopped")
        self._checkpoint(last=True)
        return self._finish("done")

    # --- the loop --------------------------------------------------------------------------------------------------

    def _train_epoch(self) -> bool:
        """The rest of this epoch's steps; False if a stop came first."""
        control, tally, sampler, tensors = self.control, self.tally, self.sampler, self.tensors
        trial, optimizer, size = self.network.trial, self.optimizer, self.sampler.batch_size
        if self.position == 0:
            sampler.shuffle()
        order = tensors.indices(self.data.train[sampler.order.numpy()])
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        trial.train()
        clock = time.perf_counter
        while self.position < sampler.steps:
            at = self.position * size
            index = order[at : at + size]
            tally.before_step(index)
            batch = tensors.batch(index)
            results = trial(*batch)
            loss = results[0]["loss"]
            tally.take(results, len(batch[0]))
            loss.backward()
            optimizer.step()
            for parameter in parameters:
                parameter.grad = None
            self.position += 1
            self.step += 1
            if control.urgent or clock() >= self._due:
                del results, loss
                if not self._look_up():
                    return False
        return True

    @torch.no_grad()
    def _validate_epoch(self) -> bool:
        """Hold the network against the validation set and close the epoch; False if a stop came first."""
        self._flush()
        begin = time.perf_counter()
        index = self.tensors.indices(self.data.validation)
        self.network.trial.eval()
        sums = self.tally.fresh()
        chunk = self.sampler.batch_size * (1 if self.network.sums else 2)
        for at in range(0, len(index), chunk):
            batch = self.tensors.batch(index[at : at + chunk])
            sums.add(self.network.trial(*batch), len(batch[0]))
            if (self.control.urgent or time.perf_counter() >= self._due) and not self._look_up("validation"):
                return False
        self._close_epoch(sums.means(), time.perf_counter() - begin)
        return True

    def _look_up(self, phase: str = "training") -> bool:
        """Between two steps, at most 20 times a second: tell, watch, save, obey. False if the run must end."""
        self._flush()
        now = time.perf_counter()
        self._due = now + FLUSH_S
        watch = self.control.watching
        if self.probe.due(watch, now):
            self._watch()
        if now >= self._save_due:
            self._checkpoint()
        self._progress(phase)
        return self._obey() if self.control.urgent else True

    def _obey(self) -> bool:
        lr = self.control.take_lr()
        if lr is not None:
            self.set_lr(lr)
        if self.control.paused and not self.control.stopping:
            begin = time.perf_counter()
            self._checkpoint()
            self.emit(events.Paused(step=self.step))
            while not self.control.wait(0.05):
                if self.probe.due(self.control.watching, time.perf_counter()):
                    self._watch()
            lr = self.control.take_lr()
            if lr is not None:
                self.set_lr(lr)
            self._rested += time.perf_counter() - begin
            if not self.control.stopping:
                self.emit(events.Resumed(step=self.step))
        return not self.control.stopping

    # --- set up ----------------------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        optimizers.check_recipe(self.recipe)
        self.analysis = analysis = infer(self.project, None, self.data.fields)
        for fault in preflight.faults(analysis, self.data):
            raise TrainingRefused(fault)
        self.place = place = devices.place(self.recipe.device, self.threads)
        self.memory = MemoryMeter(place.device)
        self.model = compile_project(self.project, analysis, device=place.device, seed=self.recipe.seed)
        trained = [p for p in self.model.objective.parameters() if p.requires_grad]
        self.optimizer = optimizers.make(self.recipe, trained, place.device)
        taken = self.memory.taken()
        self.tensors = Tensors(self.data, self.model.fields, place.device, plain_fields(self.model))
        self.memory.count_data(taken)
        self.sampler = Sampler(len(self.data.train), self.recipe.batch_size, self.recipe.seed)
        self.tally = Tally(self.model, place.device, self.optimizer)
        self.probe = Probe(self.model, self.data, self.tensors)
        self.lr = self.recipe.lr
        torch.manual_seed(self.recipe.seed)
        if self.resume and self.folder:
            self._last_damaged = resuming.go_on(self)
        self._begin = self._epoch_begin = time.perf_counter()
        self._rested = self._epoch_rested = 0.0
        self._due = self._begin
        self._save_due = self._begin + CHECKPOINT_S
        self._done_before = self.step
        self._start()

    def _start(self) -> None:
        data, best_by, best_is = self.data, *self.tally.best_by
        self.emit(
            events.Started(
                run=self.folder.name if self.folder else "",
                device=self.place.words,
                threads=self.place.threads,
                parameters=sum(t.numel() for t in set(self.network.net.parameters())),
                epochs=self.recipe.epochs,
                steps_per_epoch=self.sampler.steps,
                batch_size=self.sampler.batch_size,
                sizes=(len(data.train), len(data.validation), len(data.test)),
                best_by=best_by,
                best_is=best_is,
                metrics=self.network.metrics,
                losses=self.network.losses,
                step=self.step,
                epoch=self.epoch,
                data=data.fingerprint,
                torch=str(torch.__version__),
            )
        )

        wanted = self.recipe.best_by
        if wanted not in ("loss", best_by, *self.network.losses):
            words = (
                f"the best epoch was to be told by “{wanted}”, which is no loss or metric here: it is told by the loss"
            )
            self.emit(events.Trouble(words=words))

    def set_lr(self, lr: float) -> None:
        """Train with this learning rate from here on."""
        self.lr = lr
        for group in self.optimizer.param_groups:
            group["lr"] = lr

    # --- keeping ---------------------------------------------------------------------------------------------------

    def extras(self) -> dict[str, Tensor]:
        """Generators and the order of this epoch: with them, what follows is what would have followed."""
        found = {"torch": torch.default_generator.get_state(), "sampler": self.sampler.generator.get_state()}
        if self.place.device.type != "cpu":
            found["device"] = get_state(self.place.device)
        return {**found, "order": self.sampler.order}

    def _checkpoint(self, last: bool = False) -> None:
        """Put all that is needed to go on into the run's folder. A full disk is told, and training goes on."""
        self._flush()
        if self.folder is None:
            return
        begin = time.perf_counter()
        state = checkpoints.State(
            step=self.step,
            epoch=self.epoch,
            position=self.position,
            lr=self.lr,
            optimizer=self.recipe.optimizer,
            samples=self.tally.sums.samples,
            sums=self.tally.totals(),
            counts=self.tally.counts(),
            tallies=self.tally.tallies(),
            best=self.best,
            best_loss=self.best_loss,
            best_epoch=self.best_epoch,
            seconds=self._spent(),
            data=self.data.fingerprint,
            device=self.place.device.type,
            threads=self.place.threads,
            torch=str(torch.__version__),
        )
        try:
            if self._best_weights is not None:
                checkpoints.save_weights(self.folder / checkpoints.BEST, self._best_weights)
                self._best_weights = None
            checkpoints.save(self.folder, state, self.network.net, self.optimizer, self.extras(), self._last_damaged)
        except OSError as error:
            words = f"the state of the run cannot be saved in {self.folder} ({error.strerror or error})"
            rest = (
                "What it learned last is not kept"
                if last
                else "Training goes on; free some space to be able to resume it"
            )
            self.emit(events.Trouble(words=f"{words}. {rest}."))
            self._save_due = time.perf_counter() + 60
            return
        self.kept, self._last_damaged = self.step, False
        seconds = time.perf_counter() - begin
        self._save_due = time.perf_counter() + max(CHECKPOINT_S, seconds / CHECKPOINT_SHARE)
        self.emit(events.CheckpointSaved(step=self.step, epoch=self.epoch, seconds=seconds))

    # --- telling ---------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Send the values of the steps since the last time."""
        values, fault = self.tally.flush()
        if values:
            last = self.step - (fault.back + 1 if fault else 0)
            self.emit(events.Steps(step=last, epoch=self.epoch, lr=self.lr, values=values))
        if fault:
            self.step -= fault.back + 1
            raise fault

    def _flush_rest(self) -> None:
        """Before a failure is told: the values of the steps that went well, where reading them cannot fail too."""
        if self.model is not None and hasattr(self, "tally") and not self.tally.lazy:
            self._flush()

    def _blamed(self, fault: NonFinite) -> events.Failed:
        """Run the bad step again, just as it was, and name the first node whose numbers are not finite."""
        try:
            found = asked_nothing(self.network, self.tensors.batch(fault.index))
            if found is None:
                set_state(self.place.device, fault.state)
                self.network.trial.train()
                found = self.network.guilty(None, self.tensors.named(fault.index))
        except Exception as error:
            found = ((), f"(the node could not be found: {first_line(error)})")
        path, words = found or ((), "though each node alone gives finite numbers")
        words = (
            f"the loss became {'NaN' if fault.value != fault.value else 'infinite'} at step {self.step + 1}: {words}"
        )
        return events.Failed(kind="nonfinite", words=words, path=tuple(path), step=self.step + 1)

    def _spent(self) -> float:
        """Seconds of training, those before a resume included and pauses left out."""
        return self.seconds_before + time.perf_counter() - self._begin - self._rested

    def _speed(self) -> float:
        """Training steps a second since this session began, pauses left out."""
        return (self.step - self._done_before) / max(time.perf_counter() - self._begin - self._rested, 1e-9)

    def _progress(self, phase: str) -> None:
        speed, steps = self._speed(), self.recipe.epochs * self.sampler.steps
        spent = max(time.perf_counter() - self._begin - self._rested, 1e-9)
        self.emit(
            events.Progress(
                step=self.step,
                steps=steps,
                epoch=self.epoch,
                epochs=self.recipe.epochs,
                samples_per_s=speed * self.sampler.batch_size,
                eta_s=(steps - self.step) / speed if speed > 0 else 0.0,
                watching=self.probe.spent_s / spent,
                phase=phase,
            )
        )

    def _watch(self) -> None:
        try:
            event = self.probe.look(self.control.watching, self.step)
        except Exception as error:
            self.control.watch(())
            self.emit(events.Trouble(words=f"watching was given up: {first_line(error)}"))
            return
        self.emit(event)

    def _close_epoch(self, validation: dict[str, float | None], validating_s: float) -> None:
        now = time.perf_counter()
        seconds = max(now - self._epoch_begin - (self._rested - self._epoch_rested), 1e-9)
        train = self.tally.close_epoch()
        name, mode = self.tally.best_by
        told = validation or train
        value, loss = told.get(name), told.get("loss")
        better = value is not None and (
            self.best is None or (value < self.best if mode == "min" else value > self.best)
        )
        if value is not None and value == self.best and loss is not None and self.best_loss is not None:
            # A metric that stands still (IoU before the first mask is found) says nothing; the loss goes on.
            better = loss < self.best_loss
        self.epoch, self.position = self.epoch + 1, 0
        if better:
            self.best, self.best_loss, self.best_epoch = value, loss, self.epoch
            if self.folder:
                self._best_weights = {
                    n: t.to("cpu", copy=True) for n, t in checkpoints.weights(self.network.net).items()
                }
        self._epoch_begin, self._epoch_rested = now, self._rested
        samples = self.sampler.steps * self.sampler.batch_size
        self.emit(
            events.EpochDone(
                epoch=self.epoch,
                step=self.step,
                train=train,
                validation=validation,
                seconds=seconds,
                samples_per_s=samples / max(seconds - validating_s, 1e-9),
                is_best=better,
                best_epoch=self.best_epoch,
                best=self.best,
            )
        )

    def _finish(self, reason: str) -> str:
        self._flush()
        if self.control.watching.ports or self.control.watching.grid:
            self._watch()
        self._progress("done")
        self.emit(self.memory.tell(self.network.analysis, self.sampler.batch_size, self.step))
        seconds = self._spent()
        self.emit(
            events.Finished(
                reason=reason,
                step=self.step,
                epoch=self.epoch,
                seconds=seconds,
                best_epoch=self.best_epoch,
                best=self.best,
            )
        )
        return reason
