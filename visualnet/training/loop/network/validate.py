"""A pass over the validation set."""

from __future__ import annotations

from typing import Protocol

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.streaming.read_ahead import WaitEnded
from visualnet.data.tensors import Sampler, Tensors
from visualnet.training.learners.learners import Learners
from visualnet.training.loop.metrics import Tally
from visualnet.training.machine.machine import Program


class Validated(Protocol):
    """A run that has been set up: what ``TrainingLoop`` is here."""

    data: Loaded
    network: Model
    tensors: Tensors
    tally: Tally
    learners: Learners
    sampler: Sampler
    evaluate: Program

    def is_due(self) -> bool: ...

    def look_up(self, phase: str = "training") -> bool: ...


def validate(run: Validated, averaged: bool = False) -> dict[str, float | None] | None:
    """The means over the validation set, or those with the averaged copy of the weights; None if it was left."""
    chunk = run.sampler.batch_size * (1 if run.network.sums else 2)
    run.tensors.expect(run.data.validation, chunk)
    index = run.tensors.indices(run.data.validation)
    run.network.trial.eval()
    sums = run.tally.fresh()
    for at in range(0, len(index), chunk):
        try:
            batch = run.tensors.batch(index[at : at + chunk])
        except WaitEnded:
            run.look_up("validation")
            return None
        if not len(batch[0]):
            continue  # none of these samples can be read
        if averaged:
            run.learners.swap_averages()  # for this batch alone: whatever looks at the weights between batches finds them
        try:
            results = run.evaluate(*batch)
        finally:
            if averaged:
                run.learners.swap_averages()
        sums.add(results, len(batch[0]))
        if run.is_due() and not run.look_up("validation"):
            return None
    return sums.means()
