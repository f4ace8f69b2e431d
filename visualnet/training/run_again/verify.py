"""A run trained once more: is it the same to the bit, and where does it depart first?

On a CPU the same project, data, seeds, versions and number of threads give the same bits; on other devices torch does not promise it.
"""

from __future__ import annotations

import hashlib
import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_quantity
from visualnet.training import events, exclusive
from visualnet.training.control import Control
from visualnet.training.run_again.branch import WEIGHTS
from visualnet.training.run_again.told_values import (
    NOT_FINITE,
    ToldValues,
    departs,
    epoch_values,
    first_departure,
    read_told,
)
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RunRecord
from visualnet.training.runs.run_model import create_run, read_project

Tell = Callable[[float], None]


class Departure(NamedTuple):
    """The first value that is another one: of a step, or of a whole epoch (``step`` is then its last)."""

    name: str
    step: int
    epoch: int
    was: float | None
    now: float | None
    of_epoch: bool = False

    def describe(self) -> str:
        """“loss of step 120: it was 0.25, and is 0.26”."""
        where = f"the mean of epoch {self.epoch}" if self.of_epoch else f"step {self.step:,} (epoch {self.epoch})"
        was, now = ("not finite" if value is None else repr(value) for value in (self.was, self.now))
        return f"{self.name} at {where}: it was {was}, and is {now}"


class Verdict(NamedTuple):
    """What training a run again showed. ``surroundings``: what differed between then and now, by name; ``weights``: whether the weights of
    the end are the same in every bit, None where that was not compared; ``until``: why only the first steps could be held against it."""

    run: str
    steps: int
    epochs: int
    departure: Departure | None
    weights: bool | None
    surroundings: Mapping[str, tuple[str, str]]
    until: str = ""
    stopped: bool = False

    @property
    def equal(self) -> bool:
        """Whether all that was compared is the same."""
        return self.departure is None and self.weights is not False and self.steps > 0

    def describe(self) -> str:
        """Some lines of words."""
        compared = f"{format_quantity(self.steps, 'step')} and {format_quantity(self.epochs, 'epoch')}"
        if self.departure is not None:
            first = f"It departs: {self.departure.describe()}."
        elif self.weights is False:
            first = f"{compared} are the same to the bit, but the weights of the end are not."
        elif not self.steps:
            first = "Nothing could be compared: the run's record tells of no step."
        else:
            end = ", and so are the weights" if self.weights else ""
            first = f"{compared} are the same to the bit{end}."
        lines = [first]
        if self.stopped:
            lines.append("It was stopped before the end.")
        if self.until:
            lines.append(self.until)
        lines += [
            f"{name}: {was or 'unknown'} then, {now or 'unknown'} now" for name, (was, now) in self.surroundings.items()
        ]
        if not self.equal and self.steps and not self.surroundings:
            lines.append("Versions, device, threads and data are the same: what differs is not known.")
        return "\n".join(lines)

    def as_data(self) -> dict[str, object]:
        """The same as plain values."""
        first = self.departure
        return {
            "run": self.run,
            "equal": self.equal,
            "steps": self.steps,
            "epochs": self.epochs,
            "departure": first._asdict() if first is not None else None,
            "weights": self.weights,
            "surroundings": {name: {"then": was, "now": now} for name, (was, now) in self.surroundings.items()},
            "until": self.until,
            "stopped": self.stopped,
        }


class _Comparison:
    """A sink of the second training: holds each event against what the first one told, and stops at the first that departs."""

    def __init__(self, told: ToldValues, control: Control, tell: Tell) -> None:
        self.told, self.control, self.tell = told, control, tell
        self.until = min(told.last_step, told.changed_at if told.changed_at is not None else told.last_step)
        self.departure: Departure | None = None
        self.steps = self.epochs = 0
        self.started: events.Started | None = None
        self.failed: events.Failed | None = None
        self.done = False

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Started):
            self.started = event
        elif isinstance(event, events.Failed):
            self.failed = event
        elif isinstance(event, events.Finished):
            self.done = event.reason == "done"
        elif isinstance(event, events.Steps):
            self._steps(event)
        elif isinstance(event, events.EpochDone):
            self._epoch(event)

    def _steps(self, event: events.Steps) -> None:
        if self.departure is not None:
            return
        first = event.step - event.count + 1
        for step in range(first, min(event.step, self.until) + 1):
            for name, values in event.values.items():
                kept = self.told.steps.get(name)
                if kept is None or step > len(kept) or len(values) != event.count:
                    continue
                told = values[step - first]
                was, now = kept[step - 1], NOT_FINITE if told is None else told
                if departs(was, now):
                    self._depart(Departure(name, step, event.epoch + 1, None if math.isinf(was) else was, told))
                    return
            self.steps = step
        self.tell(min(event.step / self.until, 1.0) if self.until else 1.0)
        if event.step >= self.until and self.until < self.told.last_step:
            self.control.stop()

    def _epoch(self, event: events.EpochDone) -> None:
        was = self.told.epochs.get(event.epoch)
        if self.departure is not None or was is None or event.step > self.until:
            return
        found = first_departure(was, epoch_values(event))
        if found is not None:
            self._depart(Departure(found[0], event.step, event.epoch, found[1], found[2], True))
            return
        self.epochs += 1

    def _depart(self, departure: Departure) -> None:
        self.departure = departure
        self.control.stop()


def verify(folder: Path, control: Control | None = None, tell: Tell = lambda share: None) -> Verdict:
    """Train the project of a run's folder again, from its seeds, and hold every step, epoch and the last weights against it.

    It is trained aside, in a folder that goes again; ``control`` stops it, ``tell`` is called with the share that is done.

    Raises:
        ValueError: the folder holds no run that could be trained again; the words say why.
        OSError: there is no place for the second training.
    """
    from visualnet.data.loading import load
    from visualnet.pytorch import need_torch
    from visualnet.training import devices

    record, project = read_record(folder), read_project(folder)
    if project is None:
        raise ValueError(f"the project of the run in {folder} cannot be read: it cannot be trained again")
    told = read_told(folder)
    devices.prepare()
    need_torch()
    from visualnet.training.loop.session import Session
    from visualnet.training.run_records.writer import list_versions

    control = control or Control()
    comparison = _Comparison(told, control, tell)
    with exclusive.training(lambda: control.stopping), tempfile.TemporaryDirectory(prefix="visualnet-verify-") as aside:
        data = load(project.data)
        place = create_run(project, Path(aside) / folder.name)
        stopped = control.stopping
        if not stopped:
            Session(project, data, comparison, control, folder=place, threads=record.threads or None).run()
        failed = comparison.failed
        if failed is not None and (record.state != "failed" or failed.kind in ("graph", "data")):
            raise ValueError(f"the run cannot be trained again: {failed.words}")
        whole = comparison.done and record.state == "done" and comparison.until == told.last_step
        weights = _same_weights(folder, place) if whole and comparison.departure is None else None
    until = ""
    if told.changed_at is not None:
        until = f"Settings or the network were changed after step {told.changed_at:,}: what followed was not compared."
    surroundings = _surroundings(record, comparison.started, data.fingerprint, list_versions())
    by_hand = control.stopping and comparison.departure is None and comparison.steps < comparison.until
    return Verdict(
        folder.name, comparison.steps, comparison.epochs, comparison.departure, weights, surroundings, until, by_hand
    )


def _surroundings(
    record: RunRecord, started: events.Started | None, fingerprint: str, versions: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """What is known of then and now and is not the same."""
    pairs = {f"version of {name}": (was, versions.get(name, "")) for name, was in record.versions.items()}
    pairs["data"] = (record.data, fingerprint)
    if started is not None:
        pairs["device"] = (record.device, started.device)
        pairs["threads"] = (str(record.threads or ""), str(started.threads))
        pairs["machine"] = (record.machine, started.machine)
    return {name: (was, now) for name, (was, now) in pairs.items() if was and was != now}


def _same_weights(one: Path, other: Path) -> bool | None:
    """Whether the kept weights of two runs are the same bytes; None where neither kept any."""
    names = (WEIGHTS["last"], WEIGHTS["best"])
    pairs = [(one / name, other / name) for name in names if (one / name).is_file() and (other / name).is_file()]
    return all(_digest(a) == _digest(b) for a, b in pairs) if pairs else None


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.digest()
