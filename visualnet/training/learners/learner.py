"""What one learner does with a batch's loss: gradients, what guards them, the optimizer's step, the schedule's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from visualnet.compiling import extra_modules
from visualnet.compiling.param_groups import ParamGroup
from visualnet.core.project import Recipe
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.training import checkpoints, optimizers
from visualnet.training.learners.learning_rate import Rate
from visualnet.training.machine.loss_scaler import LossScaler
from visualnet.training.recipe.settings import settings


class Learner:
    """Lowers one loss by one optimizer. Several batches make a step where the recipe gathers gradients."""

    def __init__(
        self,
        recipe: Recipe,
        groups: Sequence[ParamGroup],
        device: torch.device,
        batches_per_epoch: int,
        better: str = "min",
        scaler: LossScaler | None = None,
    ) -> None:
        self.kind, self.values, self.scaler = recipe.optimizer, settings(recipe), scaler
        self.parameters = [parameter for group in groups for parameter in group.parameters]
        plain, *others = groups
        said = [group[:2] for group in others]
        self.optimizer = optimizers.make(recipe, plain.parameters, device, said, scaler is not None)
        self._late = [group for group in others if group.training.get("unfreeze_at")]
        self.gather: int = self.values["accumulate"]
        factors = [group.training.get("lr_factor", 1.0) for group in groups]
        self.rate = Rate(self.optimizer, self.values, -(-batches_per_epoch // self.gather), better, factors)
        self.gathered = 0
        """Batches whose gradients wait for the next step."""
        self.guards = [guard for name, guard in _GUARDS.items() if GUARDS[name].is_on(self.values)]
        self.decay: float | None = self.values["ema_decay"]
        self._weights: list[Tensor] = [*self.parameters]
        self.average: list[Tensor] = []
        """The copy of the weights that follows them slowly; none before the first step."""
        self._clipped = torch.zeros((), device=device)
        self._rates: list[float] = []

    def go_on_from(self, old: Learner, epoch: int, batches: int) -> None:
        """Take the place of a learner with other settings, after so many whole epochs and ``batches`` of the present one.

        A weight keeps what its optimizer knows of it; what another setting makes the optimizer keep besides begins at nothing. Weights
        that the old one did not train begin anew.
        """
        kept = list(OPTIMIZERS[self.kind].keeps(self.values))
        begins = all(one.each for one in kept) and any(old.optimizer.state.get(p) for p in self.parameters)
        for parameter in self.parameters:
            state = old.optimizer.state.get(parameter)
            # Without a counter of steps torch knows only of all weights of a group together whether this is their first step.
            if state or (kept and begins):
                state = state or {}
                self.optimizer.state[parameter] = {
                    one.name: state[one.name]
                    if one.name in state
                    else torch.zeros_like(parameter if one.each else state["step"])
                    for one in kept
                }
        mine = {id(parameter) for parameter in self.parameters}
        for parameter in old.parameters:
            if id(parameter) not in mine:
                parameter.grad = None
        self.gathered, self.scaler = old.gathered, old.scaler
        if self.decay is not None and old.average:
            known = {id(parameter): copy for parameter, copy in zip(old.parameters, old.average, strict=True)}
            self.average = [known[id(p)] if id(p) in known else p.detach().clone() for p in self.parameters]
        self._clipped, self._rates = old._clipped, old._rates
        self.rate.go_on_from(old.rate, epoch * self.rate.each + batches // self.gather)

    def release(self) -> None:
        """Train all weights: also those that are frozen in this epoch."""
        for group in self._late:
            for parameter in group.parameters:
                parameter.requires_grad_(True)
            for module in group.resting:
                extra_modules.release_statistics(module)

    def begin_epoch(self, epoch: int) -> None:
        """Freeze the weights that are not to be trained yet in this epoch (counted from 0), and let go those that are."""
        for group in self._late:
            rests = epoch < group.training["unfreeze_at"]
            for parameter in group.parameters:
                parameter.requires_grad_(not rests)
                parameter.grad = None if rests else parameter.grad
            for module in group.resting:
                (extra_modules.fix_statistics if rests else extra_modules.release_statistics)(module)

    def learn(self, loss: Tensor, last: bool) -> None:
        """Take in one batch's loss, and make a step unless more are gathered first; the ``last`` of an epoch always makes one."""
        if self.rate.moves:
            self._rates.append(self.rate.now)
        scaler, loss = self.scaler, loss if self.gather == 1 else loss / self.gather
        if scaler is None:
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            scaler.backward(loss)
        if self.gather > 1:
            self.gathered += 1
            if self.gathered < self.gather and not last:
                return
            self.gathered = 0
        if scaler is not None:
            scaler.unscale(self.optimizer)
        for guard in self.guards:
            guard(self)
        if scaler is None:
            self.optimizer.step()
        else:
            scaler.step(self.optimizer)
        for parameter in self.parameters:
            parameter.grad = None
        if self.decay is not None:
            self._follow(self.decay)
        if self.rate.moves:
            self.rate.after_step()

    @torch.no_grad()
    def _follow(self, decay: float) -> None:
        if self.average:
            torch._foreach_lerp_(self.average, self._weights, 1 - decay)
        else:
            self.average = [parameter.detach().clone() for parameter in self.parameters]

    def swap_average(self) -> None:
        """Put the copy in the place of the weights, and they in its; once more, and all is as before."""
        for i, parameter in enumerate(self.parameters):
            parameter.data, self.average[i] = self.average[i], parameter.data

    def take_rates(self) -> list[float]:
        """The rate of every batch since the last call; empty where it stays as it is."""
        rates, self._rates = self._rates, []
        return rates

    def take_clipped(self) -> int:
        """How many steps were clipped since the last call."""
        if not self.guards:
            return 0
        clipped = int(self._clipped.item())
        self._clipped.zero_()
        return clipped

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps beside the optimizer's own, by the number of the weight: gathered gradients, and the copy."""
        copies = {f"average.{i}": copy for i, copy in enumerate(self.average)}
        if not self.gathered:
            return copies
        return copies | {f"gradient.{i}": p.grad for i, p in enumerate(self.parameters) if p.grad is not None}

    def restore_tensors(self, found: Mapping[str, Tensor], gathered: int) -> None:
        """Put back what was kept."""
        self.gathered = gathered
        for i, parameter in enumerate(self.parameters):
            kept = found.get(f"gradient.{i}")
            parameter.grad = checkpoints.lay_out_like(kept, parameter) if kept is not None else None
        copies = [found.get(f"average.{i}") for i in range(len(self.parameters))]
        if self.decay is not None and all(copy is not None for copy in copies):
            pairs = zip(copies, self.parameters, strict=True)
            self.average = [checkpoints.lay_out_like(copy, p) for copy, p in pairs if copy is not None]

    # --- what guards a step -----------------------------------------------------------------------------------------

    def _add_l1(self) -> None:
        for weight, gradient in self._trained():
            gradient.add_(weight.detach().sign(), alpha=self.values["l1"])

    def _clip_norm(self) -> None:
        greatest = self.values["clip_norm"]
        norm = checkpoints.gather_tensor(nn.utils.clip_grad_norm_(self.parameters, greatest))
        self._clipped += norm > greatest

    def _clip_value(self) -> None:
        greatest = self.values["clip_value"]
        sizes = [gradient.abs().max() for _, gradient in self._trained() if gradient.numel()]
        if sizes:
            self._clipped += torch.stack(sizes).max() > greatest
        nn.utils.clip_grad_value_(self.parameters, greatest)

    def _trained(self) -> list[tuple[nn.Parameter, Tensor]]:
        return [(p, p.grad) for p in self.parameters if p.grad is not None]


_GUARDS = {"l1": Learner._add_l1, "clip_norm": Learner._clip_norm, "clip_value": Learner._clip_value}
"""What changes the gradients, in the order in which it does so."""
