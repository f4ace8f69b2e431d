"""What one learner does with a batch's loss: gradients, what guards them, the optimizer's step, the schedule's."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from visualnet.core.project import Recipe
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.settings import settings
from visualnet.training import optimizers
from visualnet.training.loop.rate import Rate


class Learner:
    """Lowers one loss by one optimizer. Several batches make a step where the recipe gathers gradients."""

    def __init__(
        self,
        recipe: Recipe,
        parameters: Iterable[nn.Parameter],
        device: torch.device,
        batches_per_epoch: int,
        better: str = "min",
    ) -> None:
        self.values = settings(recipe)
        self.parameters = list(parameters)
        self.optimizer = optimizers.make(recipe, self.parameters, device)
        self.gather: int = self.values["accumulate"]
        self.rate = Rate(self.optimizer, self.values, -(-batches_per_epoch // self.gather), better)
        self.gathered = 0
        """Batches whose gradients wait for the next step."""
        self.guards = [guard for name, guard in _GUARDS.items() if GUARDS[name].is_on(self.values)]
        self._clipped = torch.zeros((), device=device)
        self._rates: list[float] = []

    def learn(self, loss: Tensor, last: bool) -> None:
        """Take in one batch's loss, and make a step unless more are gathered first; the ``last`` of an epoch always makes one."""
        if self.rate.moves:
            self._rates.append(self.rate.now)
        (loss if self.gather == 1 else loss / self.gather).backward()  # type: ignore[no-untyped-call]
        if self.gather > 1:
            self.gathered += 1
            if self.gathered < self.gather and not last:
                return
            self.gathered = 0
        for guard in self.guards:
            guard(self)
        self.optimizer.step()
        for parameter in self.parameters:
            parameter.grad = None
        if self.rate.moves:
            self.rate.after_step()

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

    def gradients(self) -> dict[str, Tensor]:
        """What is gathered for the next step, by the number of the weight."""
        if not self.gathered:
            return {}
        return {f"gradient.{i}": p.grad for i, p in enumerate(self.parameters) if p.grad is not None}

    def restore_gradients(self, found: dict[str, Tensor], gathered: int) -> None:
        """Put back what was gathered."""
        self.gathered = gathered
        for i, parameter in enumerate(self.parameters):
            kept = found.get(f"gradient.{i}")
            parameter.grad = kept.to(parameter.device) if kept is not None else None

    # --- what guards a step -----------------------------------------------------------------------------------------

    def _add_l1(self) -> None:
        for weight, gradient in self._trained():
            gradient.add_(weight.detach().sign(), alpha=self.values["l1"])

    def _clip_norm(self) -> None:
        greatest = self.values["clip_norm"]
        norm = nn.utils.clip_grad_norm_(self.parameters, greatest)
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
