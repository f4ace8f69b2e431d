"""The largest batch that fits: real steps on a copy of the network, doubled until they fit no more, then halved in between.

On a GPU a step that runs out of memory is caught. On the CPU nothing is tried that may not fit: what a size will take is told from the
sizes before it, and must stay within a share of the memory that is free, so that the machine is never driven into its swap.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from visualnet.analysis.cost.totals import Costs
from visualnet.core.project import Project
from visualnet.core.text.format import format_bytes, format_duration
from visualnet.data.loading import Loaded
from visualnet.training import training_lock
from visualnet.training.estimates.sizes import LargestBatch, TriedBatchSize
from visualnet.training.estimates.trial import Check, Trial, open_trial, without_schedule
from visualnet.training.loop.failures import is_memory
from visualnet.training.loop.metrics import NonFinite
from visualnet.training.measure.free_memory import free_memory

SHARE = 0.5
"""Of the machine's free memory a step on the CPU may take so much."""
MOST_S, MOST_STEP_S = 60.0, 10.0
"""The search ends after so many seconds, and where a step would take so many."""
FINE = 8
"""The search between two sizes ends at a difference of this part of the size."""
STILL = 1e-12
"""The learning rate of these steps: the weights are not what is looked for."""


class TooLargeBatch(NamedTuple):
    """Why a size is not among those that fit."""

    words: str


def find_largest_batch(project: Project, data: Loaded, check: Check = lambda _share: None) -> LargestBatch:
    """Find it. ``check`` is called between two steps, with the share of the time that may be taken.

    Raises:
        ValueError: it cannot be found, and why: the run could not begin, not even one sample fits, the loss is NaN at once.
    """
    with open_trial(without_schedule(project, STILL), data) as trial:
        trial.loop.set_lr(STILL)  # of several learners too
        return _Search(trial, check).run(project.recipe.batch_size)


class _Search:
    def __init__(self, trial: Trial, check: Check) -> None:
        self.trial, self.check = trial, check
        self.begin = time.perf_counter()
        self.bound = trial.device.type != "cuda"
        """Whether what is tried must be known to fit."""
        self.free = free_memory(trial.device)
        self.found: dict[int, TriedBatchSize] = {}

    def run(self, wanted: int) -> LargestBatch:
        most, all_of_them = self.trial.loop.procedure.largest()
        size = min(wanted, most)
        low = self._first(size)
        high, words = 0, ""
        while low < most and not words:
            size = min(2 * low, most)
            if isinstance(tried := self._try(size), TooLargeBatch):
                high, words = size, tried.words
            else:
                low = size
        while high - low > max(low // FINE, 1) and not self._late(low):
            middle = (low + high) // 2
            middle -= middle % 8 if middle >= 16 and middle - middle % 8 > low else 0
            if isinstance(tried := self._try(middle), TooLargeBatch):
                high, words = middle, tried.words
            else:
                low = middle
        why = words or all_of_them
        sizes = tuple(self.found[size] for size in sorted(self.found))
        return LargestBatch(sizes, why, self.free, self.trial.loop.place.words)

    def _first(self, size: int) -> int:
        """The size to begin with: that of the recipe, or the first half of it that fits."""
        while isinstance(tried := self._try(size), TooLargeBatch):
            if size == 1:
                raise ValueError(f"not even one sample fits: {tried.words} Make the network smaller")
            size //= 2
        return size

    def _try(self, batch: int) -> TriedBatchSize | TooLargeBatch:
        """Take two steps with so many samples, if that may be; what they took, or why they do not fit."""
        self.check(min((time.perf_counter() - self.begin) / MOST_S, 1.0))
        training_lock.give_way()
        if words := self._too_large(batch) or (self.found and self._late(batch)):
            return TooLargeBatch(words)
        try:
            return self._step(batch)
        except NonFinite as fault:
            raise ValueError(self.trial.explain(fault)) from None
        except (RuntimeError, MemoryError) as error:
            if not is_memory(error):
                raise
        # Out here the exception is gone, and with it the tensors of the step.
        self.trial.forget_step()
        return TooLargeBatch(f"With {batch:,} samples a step runs out of memory ({self.trial.loop.place.words}).")

    def _step(self, batch: int) -> TriedBatchSize:
        trial = self.trial
        drawn = trial.loop.procedure.measured(batch)
        memory = trial.peak(lambda: trial.step(drawn, last=True))
        begin = time.perf_counter()
        trial.read(trial.step(drawn, last=True))
        trial.wait()
        found = self.found[batch] = TriedBatchSize(batch, memory, time.perf_counter() - begin)
        return found

    def _too_large(self, batch: int) -> str:
        """Why this size may not be tried on the CPU; nothing if it may."""
        if not self.bound:
            return ""
        allowed, expected = int(SHARE * self.free), self._expect(batch)
        if expected <= allowed:
            return ""
        return (
            f"With {batch:,} samples training would take {format_bytes(expected)}, more than half of the "
            f"{format_bytes(self.free)} of memory that are free."
        )

    def _expect(self, batch: int) -> int:
        """What a size will take: by formula at first, then by what the sizes before it took, whichever is more."""
        formula = Costs(self.trial.network.analysis, batch).whole().training
        below = [self.found[size] for size in sorted(self.found) if size < batch]
        if not below:
            return formula
        last = below[-1]
        by_formula = formula * last.memory / max(Costs(self.trial.network.analysis, last.batch).whole().training, 1)
        if len(below) == 1:
            return round(max(by_formula, last.memory))
        slope = (last.memory - below[-2].memory) / (last.batch - below[-2].batch)
        return round(max(by_formula, last.memory + slope * (batch - last.batch)))

    def _late(self, batch: int) -> str:
        """Why no more is tried for want of time; nothing while there is some."""
        last = self.found[max(self.found)]
        step_s = last.step_s * max(batch / last.batch, 1.0)
        if step_s > MOST_STEP_S:
            return (
                f"Larger ones were not tried: a step with {batch:,} samples would take about {format_duration(step_s)}."
            )
        if time.perf_counter() - self.begin > MOST_S:
            return f"Larger ones were not tried: {format_duration(MOST_S)} of trying were enough."
        return ""
