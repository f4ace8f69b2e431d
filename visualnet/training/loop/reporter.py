"""Turns how a run stands into the events that it tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from visualnet.analysis.inference.learners import learner_parts
from visualnet.compiling.module import Model
from visualnet.core.project import LearnerSpec, Recipe, loss_of
from visualnet.core.text.format import format_quantity
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler
from visualnet.training import devices, events
from visualnet.training.loop.run_state import RunState, TrainingClock
from visualnet.training.loop.sinks import Sink
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.recipe.procedures import told_values


def describe_learner(learner: LearnerSpec) -> str:
    """How a learner makes its steps: ``Adam, learning rate 0.001, 2 steps a round``."""
    schedule = "" if learner.schedule == "constant" else f" ({learner.schedule})"
    return (
        f"{learner.optimizer}, learning rate {learner.lr:g}{schedule}, {format_quantity(learner.steps, 'step')} a round"
    )


def describe_network(model: Model) -> dict[str, Any]:
    """What events tell of a network: how many weights it has, and what is computed of each batch."""
    main = model.analysis.main
    parts = learner_parts(main, model.project.recipe.learners)
    return {
        "parameters": sum(t.numel() for t in set(model.net.parameters())),
        "metrics": (*model.metrics, *told_values(model.project.recipe.procedure)),
        "losses": model.losses,
        "lowers": {part.name: tuple(main.nodes[i].node.name for i in part.losses) for part in parts},
    }


class Reporter:
    """Reads a run's state and clock; what it tells goes to ``emit``."""

    def __init__(self, emit: Sink, recipe: Recipe, state: RunState, sampler: Sampler, clock: TrainingClock) -> None:
        self.emit, self.recipe, self.state, self.sampler, self.clock = emit, recipe, state, sampler, clock
        self.changes = 0
        """How many changes of settings were in force when the session began."""
        self._counted = 0
        """Up to this step the samples are counted."""
        self._samples = 0

    def tell_start(
        self,
        folder: Path | None,
        place: devices.DeviceChoice,
        machine: Machine,
        model: Model,
        data: Loaded,
        best_by: tuple[str, str],
    ) -> None:
        """What is trained, on what and how long; in words, where the recipe's ``best_by`` is nothing that is computed here."""
        state, sampler, (name, mode) = self.state, self.sampler, best_by
        self._counted = state.step
        self.emit(
            events.Started(
                run=folder.name if folder else "",
                device=place.words,
                threads=place.threads,
                epochs=self.recipe.epochs,
                steps_per_epoch=sampler.steps,
                batch_size=sampler.batch_size,
                sizes=(len(data.train), len(data.validation), len(data.test)),
                best_by=name,
                best_is=mode,
                learners={learner.name: describe_learner(learner) for learner in self.recipe.learners},
                **describe_network(model),
                step=state.step,
                epoch=state.epoch,
                data=data.fingerprint,
                torch=str(torch.__version__),
                changes=self.changes,
                network=state.network,
                machine=machine.words,
                processes=machine.group.processes,
            )
        )
        wanted = self.recipe.best_by
        if wanted not in ("loss", name, *model.losses, *(loss_of(learner.name) for learner in self.recipe.learners)):
            words = (
                f"the best epoch was to be told by “{wanted}”, which is no loss or metric here: it is told by the loss"
            )
            self.emit(events.Trouble(words=words))

    def follow(self, recipe: Recipe, sampler: Sampler) -> None:
        """The run goes on with other settings."""
        self._samples += (self.state.step - self._counted) * self.sampler.batch_size
        self._counted = self.state.step
        self.recipe, self.sampler = recipe, sampler

    def tell_progress(self, phase: str, watching_s: float) -> None:
        """How far the run is and how fast it goes; ``watching_s`` is what watching has cost so far."""
        state, sampler, spent = self.state, self.sampler, self.clock.spent()
        speed = (self._samples + (state.step - self._counted) * sampler.batch_size) / spent
        left = max((self.recipe.epochs - state.epoch) * sampler.steps - state.position, 0)
        self.emit(
            events.Progress(
                step=state.step,
                steps=state.step + left,
                epoch=state.epoch,
                epochs=self.recipe.epochs,
                samples_per_s=speed,
                eta_s=left * sampler.batch_size / speed if speed > 0 else 0.0,
                watching=watching_s / spent,
                phase=phase,
            )
        )

    def tell_epoch(
        self,
        train: Mapping[str, float | None],
        validation: Mapping[str, float | None],
        validating_s: float,
        is_best: bool,
        average: Mapping[str, float | None],
    ) -> None:
        """The epoch that has just been closed."""
        state, seconds = self.state, self.clock.lap()
        samples = self.sampler.steps * self.sampler.batch_size
        self.emit(
            events.EpochDone(
                epoch=state.epoch,
                step=state.step,
                train=train,
                validation=validation,
                average=average,
                seconds=seconds,
                samples_per_s=samples / max(seconds - validating_s, 1e-9),
                is_best=is_best,
                best_epoch=state.best_epoch,
                best=state.best,
            )
        )

    def tell_end(self, reason: str, early: bool = False) -> None:
        """The run has ended: ``done`` or ``stopped``; ``early`` because nothing was gained any more."""
        state = self.state
        self.emit(
            events.Finished(
                reason=reason,
                step=state.step,
                epoch=state.epoch,
                seconds=self.clock.total(),
                best_epoch=state.best_epoch,
                best=state.best,
                early=early,
            )
        )
