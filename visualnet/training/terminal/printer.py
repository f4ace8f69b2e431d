"""Events of a run as lines of text for people, or of JSON for programs."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO

from visualnet.core.project import LAST_EPOCH, loss_of
from visualnet.core.text.format import format_duration, format_percent, format_quantity
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.sinks import Sink
from visualnet.training.recipe.live_settings import describe_change

BAR = 24


class Output:
    """Where events are shown, as long as somebody can see them: a terminal that was closed ends no training by an error.

    A reader that has had enough (`| head`) stops the run in good order; ``broken`` then tells of it.
    """

    def __init__(self, show: Sink, control: Control) -> None:
        self._show, self._control = show, control
        self.broken = self._deaf = False
        self.failed = ""
        """Why the run failed."""

    def __call__(self, event: events.Event) -> None:
        """Show an event."""
        if isinstance(event, events.Failed):
            self.failed = event.words
        if self._deaf:
            return
        try:
            self._show(event)
        except BrokenPipeError:
            self.broken = self._deaf = True
            self._control.stop()
        except OSError:
            self._deaf = True
            with contextlib.suppress(OSError, ValueError):  # what is still to be flushed goes nowhere
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(event: events.Event) -> None:
    """The event as a line of JSON, but for what is seen inside the network."""
    if not isinstance(event, events.ProbeReport):
        sys.stdout.write(events.encode(event).decode() + "\n")
        sys.stdout.flush()


class RunPrinter:
    """A run in words: a line for each epoch, and on a terminal a bar that moves."""

    def __init__(self, out: TextIO, folder: Path | None = None) -> None:
        self.out, self.folder = out, folder
        self.live = out.isatty() and os.environ.get("TERM") != "dumb"
        self._names: tuple[str, ...] = ("loss",)
        self._metrics = 0
        """How many of the names are of metrics: the last ones."""
        self._width = 0
        self._epochs = 0
        self._kept = -1
        self._skipped = 0
        self._compiling = False
        self._best = "best"
        """What the best epoch is called."""

    def __call__(self, event: events.Event) -> None:
        """Say what has happened, if it is worth a line."""
        if isinstance(event, events.CheckpointSaved):
            self._kept = event.step
        elif isinstance(event, events.Steps):
            self._skipped += event.skipped
        elif isinstance(event, events.Progress):
            if self.live and event.phase != "done":
                self._bar(event)
        elif (words := self._words(event)) is not None:
            self._clear()
            self.out.write(words + "\n")
            self.out.flush()

    def _words(self, event: events.Event) -> str | None:
        if isinstance(event, events.Started):
            losses = [loss_of(name) for name in event.learners] or ["loss"]
            self._epochs, self._names, self._metrics = event.epochs, (*losses, *event.metrics), len(event.metrics)
            again = f", from step {event.step:,} on" if event.step else ""
            train, validation, _ = event.sizes
            machine = f", {event.machine}" if event.machine else ""
            self._best = "least sum of the learners' losses" if events.sums_learners(event) else "best"
            if event.best_by == LAST_EPOCH:
                self._best = "the last weights count as best,"
            return (
                f"{event.parameters:,} parameters on {event.device}{machine}; {train:,} samples to train, "
                f"{validation:,} to validate{again}"
                + "".join(f"\n  {n}: {words}" for n, words in event.learners.items())
            )
        if isinstance(event, events.EpochDone):
            return self._epoch(event)
        if isinstance(event, events.Finished):
            kept = f"; kept in {self.folder}" if self.folder and self._kept == event.step else ""
            best = f", {self._best} in epoch {event.best_epoch}" if event.best_epoch else ""
            early = " early, as nothing was gained any more," if event.early else ""
            steps = f"{format_quantity(self._skipped, 'step')} skipped, as gradients overflowed in fp16"
            told = f"{best}; {steps}" if self._skipped else best
            return f"{event.reason}{early} after {format_quantity(event.epoch, 'epoch')}, {format_duration(event.seconds)}{told}{kept}"
        if isinstance(event, events.Compiling):
            first, self._compiling = not self._compiling, True
            return "compiling the network: this takes a while for each size of batch" if first else None
        if isinstance(event, events.NetworkChanged):
            self._names = (*self._names[: len(self._names) - self._metrics], *event.metrics)
            self._metrics = len(event.metrics)
            return f"step {event.step:,}: the network was changed: {event.words}"
        if isinstance(event, events.Memory):
            return event.describe() if event.peak else None  # a forecast alone is what the summary tells
        if isinstance(event, events.Failed):
            return f"failed: {event.words}"
        if isinstance(event, events.Changed):
            lengths = [one.after for one in event.changes if one.name == "epochs" and isinstance(one.after, int)]
            self._epochs = lengths[-1] if lengths else self._epochs
            return f"step {event.step:,}: {'; '.join(map(describe_change, event.changes))}"
        return event.words if isinstance(event, events.Trouble) else None

    def _epoch(self, event: events.EpochDone) -> str:
        digits = len(str(self._epochs))
        parts = [f"epoch {event.epoch:>{digits}}/{self._epochs}"]
        for name in self._names:
            told = [_short(event.train.get(name))] if name in event.train or not event.validation else []
            told += [f"(validation {_short(event.validation[name])})"] if name in event.validation else []
            parts += [" ".join((name, *told))] if told else []
        return "  ".join((*parts, f"{event.samples_per_s:,.0f} samples/s", *([self._best] if event.is_best else [])))

    def _bar(self, event: events.Progress) -> None:
        full = int(BAR * event.step / max(event.steps, 1))
        line = (
            f"{'█' * full}{'░' * (BAR - full)} {format_percent(event.step / max(event.steps, 1), 0):>5}  "
            f"epoch {min(event.epoch + 1, event.epochs)}/{event.epochs}  {event.samples_per_s:,.0f} samples/s  "
            f"{format_duration(event.eta_s)} left"
        )
        self.out.write("\r" + line.ljust(self._width))
        self.out.flush()
        self._width = len(line)

    def _clear(self) -> None:
        if self._width:
            self.out.write("\r" + " " * self._width + "\r")
            self._width = 0


def _short(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4g}"
