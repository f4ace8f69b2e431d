"""Two records of a training, compared value by value to the last bit: equal, or where they depart first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from visualnet.core.text.format import format_quantity
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.series import Series


class FirstDifference(NamedTuple):
    """The first place where two records differ: a value after a step, or the mean of an epoch that ended there."""

    step: int
    name: str
    """What it is of: ``loss``, ``accuracy``, ``learning rate``, ``validation loss`` …"""
    kept: float | None
    """In the first record; None where it was not finite."""
    again: float | None
    epoch: int = 0
    """The epoch that ended there, where it is a mean over one."""

    def describe(self) -> str:
        """Where, and both values with all their digits: a difference of one bit is seen."""
        where = f"after epoch {self.epoch:,} (step {self.step:,})" if self.epoch else f"at step {self.step:,}"
        return f"{where}: {self.name} was {_digits(self.kept)}, and is {_digits(self.again)} now"


class RunComparison(NamedTuple):
    """What came of a comparison. ``steps`` and ``epochs`` are how many were compared; ``kept_to`` and ``again_to`` the last steps that
    each record holds: only what both hold is compared."""

    steps: int
    epochs: int
    departure: FirstDifference | None
    kept_to: int
    again_to: int

    @property
    def equal(self) -> bool:
        """Whether something was compared, all of it is equal, and the repetition holds all that the first record does."""
        return self.departure is None and self.steps + self.epochs > 0 and self.again_to >= self.kept_to

    def describe(self) -> str:
        """The outcome in one sentence."""
        if self.departure is not None:
            return f"It departs {self.departure.describe()}."
        if not self.steps + self.epochs:
            return "Nothing could be compared: the two records have no step in common."
        count = f"{format_quantity(self.steps, 'step')} and {format_quantity(self.epochs, 'epoch')}"
        if self.again_to < self.kept_to:
            return f"{count} are equal to the last bit; the repetition ended at step {self.again_to:,} of {self.kept_to:,}."
        return f"Equal to the last bit: {count}."


def compare(kept: RunModel, again: RunModel, until: int | None = None) -> RunComparison:
    """Compare all values of the steps and epochs that both records hold: losses and metrics of each step, the learning rate, the means of
    each epoch in training and validation. Where a record is coarser (`loop/thinning.py`), the steps that both hold. ``until``: nothing
    behind this step is compared."""
    earliest: FirstDifference | None = None
    end = _end(kept) if until is None else min(_end(kept), until)
    for name, one, other, of_epochs in _pairs(kept, again):
        found = _first_difference(name, one, other, end)
        if found is not None and of_epochs:
            ends = {epoch.step: epoch.epoch for epoch in kept.epochs}
            found = found._replace(epoch=ends.get(found.step, 0))
        if found is not None and (earliest is None or (found.step, found.epoch) < (earliest.step, earliest.epoch)):
            earliest = found
    steps = _shared(kept.steps.get("loss"), again.steps.get("loss"), end)
    epochs = _shared(kept.train.get("loss"), again.train.get("loss"), end)
    return RunComparison(steps, epochs, earliest, end, _end(again))


def _pairs(kept: RunModel, again: RunModel) -> Iterator[tuple[str, Series, Series, bool]]:
    """Each curve of both records under its name, and whether it is one of epochs."""
    groups: tuple[tuple[str, Mapping[str, Series], Mapping[str, Series], bool], ...] = (
        ("", kept.steps, again.steps, False),
        ("learning rate ", kept.rates, again.rates, False),
        ("training ", kept.train, again.train, True),
        ("validation ", kept.validation, again.validation, True),
        ("averaged ", kept.average, again.average, True),
    )
    for start, ours, theirs, of_epochs in groups:
        for name in ours.keys() | theirs.keys():
            yield f"{start}{name}", ours.get(name, Series()), theirs.get(name, Series()), of_epochs
    yield "learning rate", kept.lr, again.lr, False


def _first_difference(name: str, kept: Series, again: Series, end: int) -> FirstDifference | None:
    """The first step of both, up to ``end``, at which the bits of the values differ. A gap equals a gap."""
    _, ours, theirs = np.intersect1d(kept.steps, again.steps, assume_unique=True, return_indices=True)
    one, other = kept.values[ours], again.values[theirs]
    differs = (one.view(np.int64) != other.view(np.int64)) & ~(np.isnan(one) & np.isnan(other))
    differs &= kept.steps[ours] <= end
    if not differs.any():
        return None
    at = int(differs.argmax())
    return FirstDifference(int(kept.steps[ours[at]]), name, _value(one[at]), _value(other[at]))


def _value(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shared(one: Series | None, other: Series | None, end: int) -> int:
    if one is None or other is None:
        return 0
    return int((np.intersect1d(one.steps, other.steps, assume_unique=True) <= end).sum())


def _end(model: RunModel) -> int:
    return max(model.step, model.epochs[-1].step if model.epochs else 0)


def _digits(value: float | None) -> str:
    return "not finite" if value is None else repr(value)


def describe_surroundings(kept: Mapping[str, str], again: Mapping[str, str]) -> list[str]:
    """What differs between the two places by name (``torch``, ``device``, ``threads`` …), as ``torch 2.12.0 there, 2.13.0 here``. What one
    of them does not know is left out."""
    return [
        f"{name} {kept[name]} there, {again[name]} here"
        for name in kept
        if kept[name] and again.get(name) and kept[name] != again[name]
    ]
