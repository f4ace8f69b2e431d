"""What a run of several learners counts: one row of values for each round, put together from the steps of its learners."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from visualnet.compiling.module import Model
from visualnet.core.project import loss_of
from visualnet.training.learners.learners import Learners
from visualnet.training.loop.metrics import NonFinite, Tally, Trial, ValueRows, ValueSums, get_state


def make_tally(model: Model, device: torch.device, learners: Learners, scaled: bool = False) -> Tally:
    """What counts a run's values, and guards the weights of its only optimizer."""
    tally = RoundTally(model, device, learners) if learners.several else Tally(model, device)
    tally.follow(learners.first.optimizer, scaled)
    return tally


class RoundTally(Tally):
    """Each value is the one of the last step in the round that computed it; ``loss`` is the sum of what the learners lower.

    A metric that no learner's losses rest on is known on the validation set alone. Values are read at once on every device: a loss that
    is not finite is found before its learner's step.
    """

    def __init__(self, model: Model, device: torch.device, learners: Learners) -> None:
        super().__init__(model, device)
        nodes = model.analysis.main.nodes
        weights = {step.id: weight for step, weight in model.plan.losses}
        sums = {loss_of(p.name): {nodes[i].node.name: weights[i] for i in p.losses} for p in learners.parts}
        unread = set(model.metrics) - {nodes[i].node.name for part in learners.parts for i in part.metrics}
        self._validated = ValueRows(model, self._all_names(model), sums)
        self.names = tuple(name for name in self._all_names(model) if name not in unread)
        self.rows = ValueRows(model, self.names, sums)
        self.sums = ValueSums(self.rows)
        if model.project.recipe.best_by in sums:
            self.best_by = model.project.recipe.best_by, "min"
        self.lazy = False
        self._turns = [next(p for p in learners.parts if learners.by_name[p.name] is t.learner) for t in learners.turns]
        self._at = 0
        self._results: dict[str, Tensor] = {}
        self._counts: dict[str, Tensor] = {}
        self._losses: dict[str, Tensor] = {}

    @staticmethod
    def _all_names(model: Model) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("loss", *model.losses, *model.metrics)))

    def follow(self, optimizer: torch.optim.Optimizer, scaled: bool = False) -> None:
        """Nothing to guard: every loss is read before its step."""

    def fresh(self) -> ValueSums:
        return ValueSums(self._validated)

    def take(self, trial: Trial, samples: int) -> None:
        """Keep the values of one learner's step; the last one of a round completes the row.

        Raises:
            NonFinite: the learner's loss is not finite; its weights are still those before this step.
        """
        part, (results, counts) = self._turns[self._at], trial
        if not math.isfinite(value := results["loss"].item()):
            raise NonFinite(value, 0, *self._begun[-1], (*part.losses, *part.metrics))
        self._losses[part.name] = results["loss"].detach()
        self._results |= {name: value.detach() for name, value in results.items() if name != "loss"}
        self._counts |= counts
        self._at = (self._at + 1) % len(self._turns)
        if self._at:
            self._begun = [(self._begun[-1][0], get_state(self.device))]
        else:
            total = torch.stack([*self._losses.values()]).sum()
            super().take(({**self._results, "loss": total}, self._counts), samples)

    def flush(self) -> tuple[dict[str, list[float | None]], NonFinite | None]:
        values, fault = super().flush()
        if values:
            columns = range(len(values["loss"]))
            rows = [{name: column[at] for name, column in values.items()} for at in columns]
            values |= {name: [self.rows.add_up(name, row) for row in rows] for name in self.rows.sums}
        return values, fault
