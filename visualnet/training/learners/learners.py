"""All learners of a run. A round is what happens with one batch: each learner in turn, as many steps as it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from visualnet.analysis.inference.learners import LearnerPart, learner_parts
from visualnet.compiling.module import Model
from visualnet.compiling.param_groups import param_groups
from visualnet.training import checkpoints
from visualnet.training.checkpoints import LearnerState
from visualnet.training.events import LearnerSteps
from visualnet.training.learners.learner import Learner
from visualnet.training.machine.hardware_options import Machine, Program


class LearnerStep(NamedTuple):
    """One step of a round. ``closes``: the learner makes no more of them in this round."""

    program: Program
    learner: Learner
    closes: bool


class Learners:
    """The learners of a model's recipe by name, in the order of a round; where it names none, one without a name.

    Each of several learners runs only what its losses need, on the same batch; what draws random numbers draws anew each time, and
    normalizations in training take in each pass. Only the weights that it trains ask for gradients meanwhile: so autograd keeps nothing
    for the others, which ``backward(inputs=…)`` would not save.
    """

    def __init__(
        self, model: Model, device: torch.device, batches_per_epoch: int, better: str, machine: Machine
    ) -> None:
        recipe = model.project.recipe
        self.parts: tuple[LearnerPart, ...] = ()
        self._trained: list[nn.Parameter] = []
        self._active: dict[Learner, list[nn.Parameter]] = {}
        """What each of several learners trains in this epoch."""
        self._turn: Learner | None = None
        if not recipe.learners:
            only = Learner(recipe, param_groups(model), device, batches_per_epoch, better, machine.make_scaler())
            self.by_name: Mapping[str, Learner] = {"": only}
            self.turns: Sequence[LearnerStep] = (LearnerStep(machine.wrap(model.trial), only, True),)
            return
        self.parts = learner_parts(model.analysis.main, recipe.learners)
        made: dict[str, Learner] = {}
        turns: list[LearnerStep] = []
        for spec, part in zip(recipe.learners, self.parts, strict=True):
            groups = param_groups(model, part.trains)
            batches, scaler = batches_per_epoch * spec.steps, machine.make_scaler()
            learner = Learner(recipe.of_learner(spec), groups, device, batches, better, scaler)
            made[spec.name] = learner
            program = self._switching(machine.wrap(model.part(part.losses, part.metrics)), learner)
            turns += [LearnerStep(program, learner, at + 1 == spec.steps) for at in range(spec.steps)]
        self.by_name, self.turns = made, tuple(turns)
        self._trained = [parameter for parameter in model.objective.parameters() if parameter.requires_grad]

    def _switching(self, program: Program, learner: Learner) -> Program:
        """The program of a learner, before which its weights are made those that ask for gradients."""

        def run(*batch: Tensor) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
            if self._turn is not learner:
                if self._turn is not None:
                    _ask_for_gradients(self._active[self._turn], False)
                _ask_for_gradients(self._active[learner], True)
                self._turn = learner
            return program(*batch)

        return run

    @property
    def several(self) -> bool:
        """Whether the recipe names its learners."""
        return bool(self.parts)

    @property
    def first(self) -> Learner:
        """The one whose rate is told where only one can be."""
        return next(iter(self.by_name.values()))

    @property
    def lr(self) -> float:
        """The rate of the first one's next step."""
        return self.first.rate.now

    def batches_to_step(self, position: int, batches: int) -> int:
        """After how many more batches each of them has made its next step, at this position in an epoch of so many batches."""
        wanted = max(learner.gather - learner.gathered for learner in self.by_name.values())
        return min(wanted, batches - position or batches)

    @property
    def averaged(self) -> bool:
        """Whether one of them has an averaged copy of its weights."""
        return any(learner.average for learner in self.by_name.values())

    def begin_epoch(self, epoch: int) -> None:
        """Freeze the weights that are not to be trained yet in this epoch (counted from 0), and let go those that are."""
        if not self.several:
            self.first.begin_epoch(epoch)
            return
        _ask_for_gradients(self._trained, False)
        for learner in self.by_name.values():
            _ask_for_gradients(learner.parameters, True)
            learner.begin_epoch(epoch)
            self._active[learner] = [parameter for parameter in learner.parameters if parameter.requires_grad]
            _ask_for_gradients(learner.parameters, False)
        self._turn = None

    def end(self) -> None:
        """Nothing is trained any more: all weights are again as they were compiled."""
        if self.several:
            _ask_for_gradients(self._trained, True)

    def release(self) -> None:
        """As ``end``; weights that are frozen in this epoch alone are no more."""
        self.end()
        for learner in self.by_name.values():
            learner.release()

    def go_on_from(self, old: Learners, epoch: int, position: int) -> None:
        """Take the place of the same learners with other settings, after so many epochs and steps of the present one."""
        for name, learner in self.by_name.items():
            steps = sum(turn.learner is learner for turn in self.turns)
            learner.go_on_from(old.by_name[name], epoch, position * steps)

    def after_epoch(self, value: float | None) -> None:
        """An epoch is done; ``value`` is the one that tells the best epoch."""
        for learner in self.by_name.values():
            learner.rate.after_epoch(value)

    def swap_averages(self) -> None:
        """Put the averaged copies in the place of the weights, and they in theirs; once more, and all is as before."""
        for learner in self.by_name.values():
            if learner.average:
                learner.swap_average()

    def set_lr(self, lr: float, name: str = "") -> None:
        """Train with this learning rate from here on: the learner of this name, or all of several in the proportion that they have."""
        if name in self.by_name:
            self.by_name[name].rate.set(lr)
        elif not name:
            base = self.first.rate.base
            for learner in self.by_name.values():
                learner.rate.set(lr * (learner.rate.base / base) if base else lr)

    def take_steps(self, rounds: int) -> dict[str, Any]:
        """What ``events.Steps`` tells of the last rounds beside their values: of the first learner, and of each of several."""
        found = {}
        for name, learner in self.by_name.items():
            rates = learner.take_rates()
            each = sum(turn.learner is learner for turn in self.turns)
            found[name] = LearnerSteps(
                lr=rates[-1] if rates else learner.rate.now,
                rates=rates[each - 1 :: each][:rounds],
                clipped=learner.take_clipped(),
                skipped=learner.scaler.take_skipped() if learner.scaler is not None else 0,
            )
        first, all_of_them = next(iter(found.values())), found.values()
        told = {"lr": first.lr, "rates": first.rates, "clipped": sum(steps.clipped for steps in all_of_them)}
        told["skipped"] = sum(steps.skipped for steps in all_of_them)
        return {**told, "learners": found} if self.several else told

    # --- for checkpoints -------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps beside the optimizers' own."""
        return {
            _key(name, key): tensor
            for name, learner in self.by_name.items()
            for key, tensor in learner.tensors().items()
        }

    def find_tensors(self, folder: Path) -> dict[str, tuple[tuple[int, ...], str]]:
        """What of that a checkpoint holds, with shapes and types."""
        return {
            name: expected
            for prefix, learner in self.by_name.items()
            for name, expected in checkpoints.find_learned(folder, learner.parameters, _key(prefix, "")).items()
        }

    def states(self) -> dict[str, LearnerState]:
        """The numbers that a checkpoint keeps of each, by name."""
        return {
            name: LearnerState(
                optimizer=learner.kind,
                lr=learner.rate.now,
                gathered=learner.gathered,
                rate=learner.rate.numbers(),
                scaler=learner.scaler.numbers() if learner.scaler is not None else {},
            )
            for name, learner in self.by_name.items()
        }

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """By name."""
        return {name: learner.optimizer for name, learner in self.by_name.items()}

    def restore(self, found: Mapping[str, Tensor], states: Mapping[str, LearnerState]) -> None:
        """Put back what was kept of each."""
        for name, learner in self.by_name.items():
            start, state = _key(name, ""), states[name]
            own = {key.removeprefix(start): tensor for key, tensor in found.items() if key.startswith(start)}
            learner.restore_tensors(own, state.gathered)
            # A checkpoint of an older version tells nothing of a schedule: it had none.
            learner.rate.restore(state.rate or {"base": state.lr}, state.lr)
            if learner.scaler is not None:
                learner.scaler.restore(state.scaler)


def _key(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _ask_for_gradients(parameters: Iterable[nn.Parameter], asks: bool) -> None:
    for parameter in parameters:
        parameter.requires_grad_(asks)
