"""Draw a batch of the training samples; hold the network against the validation set after each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from visualnet.core.project import Recipe
from visualnet.core.text.format import format_quantity
from visualnet.data.class_balancing import SAMPLING, training_labels
from visualnet.data.loading import Loaded
from visualnet.data.streaming.read_ahead import WaitEnded
from visualnet.layers.recipe.procedure_declaration import SUPERVISED, ProcedureDeclaration
from visualnet.training.loop.procedures.procedure import DrawnBatch, Procedure
from visualnet.training.loop.procedures.round_lines import RoundLines

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.data.tensors import Sampler


def make_sampler(data: Loaded, batch_size: int, seed: int) -> Sampler:
    """Who draws the training samples of this data.

    Raises:
        ValueError: classes are to be drawn alike, and the samples have none.
    """
    import numpy as np
    import torch

    from visualnet.data.tensors import Sampler

    weights = None
    if data.choice.balance == SAMPLING:
        labels = training_labels(data)
        weights = torch.from_numpy(1.0 / np.bincount(labels)[labels])
    return Sampler(len(data.train), batch_size, seed, weights)


class Supervised(Procedure):
    """The data's samples, each once an epoch or as their weights say."""

    declaration = ProcedureDeclaration(
        SUPERVISED,
        "A round draws a batch of the training samples; each learner lowers its losses on it, in turn. An epoch is every sample once.",
        {},
        (),
    )
    script_lines = __name__

    @staticmethod
    def make_sampler(data: Loaded, recipe: Recipe) -> Sampler:
        return make_sampler(data, recipe.batch_size, recipe.seed)

    @staticmethod
    def fits(sampler: Sampler, order: Tensor) -> bool:
        """Whether each sample comes once; or, where they are drawn, only those that there are."""
        if sampler.weights is None:
            import torch

            return torch.equal(order.sort().values, torch.arange(sampler.size))
        return bool(((order >= 0) & (order < sampler.size)).all())

    def begin_epoch(self) -> None:
        self.run.sampler.shuffle()

    def rounds(self) -> Iterator[DrawnBatch]:
        run, state, sampler, tensors = self.run, self.run.state, self.run.sampler, self.run.tensors
        group = run.machine.group
        size, train = sampler.batch_size, self.run.data.train[sampler.order.numpy()]
        tensors.expect(train[state.position * size : sampler.steps * size], size, group.part)
        batches = tensors.indices(train).split(size)  # type: ignore[no-untyped-call]
        for index in batches[state.position : sampler.steps]:
            yield DrawnBatch(index, tensors.training_batch(group.take(index, run.state.step), run.state.step))

    def again(self, index: Tensor, step: int) -> list[Tensor]:
        return self.run.tensors.training_batch(index, step)

    def measured(self, count: int) -> DrawnBatch:
        index = self.run.tensors.indices(self.run.data.train[:count])
        return DrawnBatch(index, self.run.tensors.training_batch(index, self.run.state.step))

    def largest(self) -> tuple[int, str]:
        size = self.run.sampler.size
        return size, f"These are all {format_quantity(size, 'training sample')}: a batch cannot be larger."

    def validate(self, averaged: bool = False) -> dict[str, float | None] | None:
        """The means over the validation set."""
        run, group = self.run, self.run.machine.group
        chunk = run.sampler.batch_size * (1 if run.network.sums else 2)
        run.tensors.expect(run.data.validation, chunk, group.part)
        index = run.tensors.indices(run.data.validation)
        run.network.trial.eval()
        sums = run.tally.fresh()
        for at in range(0, len(index), chunk):
            try:
                batch = run.tensors.batch(group.take(index[at : at + chunk]))
            except WaitEnded:
                run.look_up("validation")
                return None
            if not len(batch[0]) and group.size == 1:
                continue  # none of these samples can be read
            if averaged:
                run.learners.swap_averages()  # for this batch alone: whatever looks at the weights between batches finds them
            try:
                results = run.evaluate(*batch)
            finally:
                if averaged:
                    run.learners.swap_averages()
            sums.add(results, group.count(batch))
            if run.is_due() and not run.look_up("validation"):
                return None
        return sums.means()


LINES = RoundLines()
"""A script's template draws batches from the data by itself."""
