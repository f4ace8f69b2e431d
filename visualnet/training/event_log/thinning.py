"""What of a run's events its log holds, so that a run of any length has a log of bounded size.

The first `WHOLE_STEPS` steps W are all kept; of those up to 2W every second, up to 4W every fourth, and so on: of n > W steps
W·(1 + ⌈log₂(n/W)⌉/2) at most. Which they are depends on their numbers alone, so that two equal runs keep the same ones and can be compared
to the last bit. Epochs are kept in the same way from `WHOLE_EPOCHS` on; the newest best one and the last of all always are. Of the saved
checkpoints, of which only the newest counts, one is told again when a hundredth of the steps has gone by. `largest_log` is the size that
follows. What is seen while a run goes on is joined in a way of
its own (`runs/curve_points/thinned.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from visualnet.training.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    LearnerSteps,
    Steps,
    Trouble,
)

WHOLE_STEPS = 1 << 16
WHOLE_EPOCHS = 1 << 13
MOST_TROUBLES = 1_000
SAVED_SHARE = 100
STEP_BYTES, VALUE_BYTES, EPOCH_BYTES = 230, 26, 420
"""Bytes that a step takes at most that is told alone, each of its values, and an epoch. Steps that are told together take far less."""
BESIDE_BYTES = 4 << 20
"""What else a log holds: its first line, troubles, changes, checkpoints."""


def stride(number: int, whole: int) -> int:
    """Of steps about this one, each how manieth is kept: 1 up to ``whole``, 2 up to twice that, then 4, 8 …"""
    return 1 << ((number - 1) // whole).bit_length() if number > 0 else 1


def count_kept(number: int, whole: int) -> int:
    """How many of so many steps (or epochs) are kept."""
    kept, begin = min(number, whole), whole
    while begin < number:
        end = min(2 * begin, number)
        every = stride(begin + 1, whole)
        kept += end // every - begin // every
        begin *= 2
    return kept


def largest_log(steps: int, values: int, epochs: int) -> int:
    """Bytes that the log of a run has at most, which tells so many values of each step and epoch (in training and validation)."""
    a_step, an_epoch = STEP_BYTES + VALUE_BYTES * values, EPOCH_BYTES + 3 * 3 * VALUE_BYTES * values
    return BESIDE_BYTES + a_step * count_kept(steps, WHOLE_STEPS) + 2 * an_epoch * count_kept(epochs, WHOLE_EPOCHS)


class Thinning:
    """Chooses what of one session's events is written down. What is left out for now is held, so that the end of a run is always told."""

    def __init__(self) -> None:
        self._steps: Steps | None = None
        """Steps that were left out: the last of them, with all that was clipped and skipped since the last one that was kept."""
        self._epoch: EpochDone | None = None
        self._best: EpochDone | None = None
        self._saved = 0
        self._troubles = 0

    def take(self, event: Event) -> Iterator[Event]:
        """The events to be written down now that this one has come, in order."""
        if isinstance(event, Steps):
            yield from self._take_steps(event)
        elif isinstance(event, EpochDone):
            yield from self._take_epoch(event)
        elif isinstance(event, CheckpointSaved):
            if event.step - self._saved >= event.step // SAVED_SHARE or event.step < self._saved:
                self._saved = event.step
                yield from self.finish()
                yield event
        elif isinstance(event, Trouble):
            self._troubles += 1
            if self._troubles <= MOST_TROUBLES:
                yield event
        else:
            yield from self.finish()
            yield event

    def finish(self) -> Iterator[Event]:
        """What is held: the log ends here, or tells something that comes behind it."""
        if self._steps is not None:
            yield self._steps
            self._steps = None
        for held in (self._best, self._epoch):
            if held is not None:
                yield held
        self._best = self._epoch = None

    def _take_steps(self, event: Steps) -> Iterator[Event]:
        steps = event.numbers
        at = [i for i, step in enumerate(steps) if step % stride(step, WHOLE_STEPS) == 0]
        if len(at) == len(steps) and self._steps is None:
            yield event
            return
        whole = _add_counts(event, self._steps)
        if at:
            self._steps = None
            yield _rows(whole, at)
            if at[-1] != len(steps) - 1:
                self._steps = _without_counts(_rows(event, [len(steps) - 1]))
        else:
            self._steps = _rows(whole, [len(steps) - 1] if steps else [])

    def _take_epoch(self, event: EpochDone) -> Iterator[Event]:
        if event.epoch % stride(event.epoch, WHOLE_EPOCHS) == 0:
            best, self._best, self._epoch = self._best, None, None
            if best is not None and not event.is_best:
                yield best
            yield event
        elif event.is_best:
            self._best, self._epoch = event, None
        else:
            self._epoch = event


def _rows(event: Steps, at: Sequence[int]) -> Steps:
    """The same event with these of its steps alone."""
    steps = event.numbers
    kept = [steps[i] for i in at]
    follow = bool(kept) and kept == list(range(kept[-1] - len(kept) + 1, kept[-1] + 1))
    return replace(
        event,
        step=kept[-1] if kept else event.step,
        steps=() if follow else kept,
        values={name: _pick(values, at, len(steps)) for name, values in event.values.items()},
        rates=_pick(event.rates, at, len(steps)),
        learners={name: replace(one, rates=_pick(one.rates, at, len(steps))) for name, one in event.learners.items()},
    )


def _pick(values: Sequence[Any], at: Sequence[int], count: int) -> list[Any]:
    """Those of a list that has one for each step; of a list that has not (rates that nothing moves) nothing."""
    return [values[i] for i in at] if len(values) == count else []


def _add_counts(event: Steps, held: Steps | None) -> Steps:
    """The event with what was clipped and skipped in steps that were left out before it."""
    if held is None:
        return event
    learners = {
        name: replace(one, clipped=one.clipped + was.clipped, skipped=one.skipped + was.skipped)
        for name, one in event.learners.items()
        for was in (held.learners.get(name, LearnerSteps(lr=0.0)),)
    }
    return replace(event, clipped=event.clipped + held.clipped, skipped=event.skipped + held.skipped, learners=learners)


def _without_counts(event: Steps) -> Steps:
    """The event as one in which nothing was clipped: that was told already."""
    learners = {name: replace(one, clipped=0, skipped=0) for name, one in event.learners.items()}
    return replace(event, clipped=0, skipped=0, learners=learners)
