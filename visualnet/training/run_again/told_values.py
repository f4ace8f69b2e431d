"""The values of every step and epoch that a run told, exactly as they stand in its log."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path

from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.runs.run_model import LOG, MAX_LINE

MAX_STEPS = 20_000_000
UNKNOWN = math.nan
NOT_FINITE = math.inf
"""What stands for a value that the log tells as none."""


class ToldValues:
    """Values by name and step (``steps``; position ``step - 1``), and means by epoch (``epochs``)."""

    def __init__(self) -> None:
        self.steps: dict[str, array[float]] = {}
        self.epochs: dict[int, dict[str, float | None]] = {}
        self.last_step = 0
        self.changed_at: int | None = None
        """The step after which settings or the network were changed for the first time."""

    def take(self, event: events.Event) -> None:
        """Take in an event; what a resumed run told before is replaced."""
        if isinstance(event, events.Steps):
            self._take_steps(event)
        elif isinstance(event, events.EpochDone):
            self.epochs[event.epoch] = epoch_values(event)
        elif isinstance(event, events.Changed | events.NetworkChanged) and self.changed_at is None:
            self.changed_at = event.step

    def _take_steps(self, event: events.Steps) -> None:
        first = event.step - event.count + 1
        if first < 1 or event.step > MAX_STEPS:
            return
        for name, values in event.values.items():
            if len(values) != event.count:
                continue
            kept = self.steps.setdefault(name, array("d"))
            kept.extend([UNKNOWN] * (event.step - len(kept)))
            kept[first - 1 : event.step] = array("d", [NOT_FINITE if value is None else value for value in values])
        self.last_step = max(self.last_step, event.step)


def epoch_values(event: events.EpochDone) -> dict[str, float | None]:
    """The means of an epoch by name; those of the validation set begin with ``validation_``."""
    return {**event.train, **{f"validation_{name}": value for name, value in event.validation.items()}}


def read_events(folder: Path) -> Iterator[events.Event]:
    """The events of a run's log, one at a time; lines that cannot be read are left out."""
    try:
        with open_regular(folder / LOG) as file:
            while line := file.readline(MAX_LINE):
                try:
                    yield events.decode(line)
                except (ValueError, OverflowError):
                    continue
    except OSError:
        return


def read_told(folder: Path) -> ToldValues:
    """All that a run's log tells of steps and epochs."""
    told = ToldValues()
    for event in read_events(folder):
        told.take(event)
    return told


def departs(was: float, now: float) -> bool:
    """Whether two values of a step differ in any bit; an unknown one tells nothing."""
    return was != now and not (math.isnan(was) or math.isnan(now))


def first_departure(
    was: Mapping[str, float | None], now: Mapping[str, float | None]
) -> tuple[str, float | None, float | None] | None:
    """The first value of an epoch that is another one: its name, what it was and what it is; None if all are the same."""
    return next(((name, was[name], now[name]) for name in was if name in now and was[name] != now[name]), None)
