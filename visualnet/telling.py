"""Tells a run's events on the terminal: one JSON line each for programs, or an epoch a line and a progress bar for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from visualnet.training.events import EpochDone, Event, Failed, Finished, Progress, Started, Trouble, Watched, encode

BAR = 28
_CLEAR = "\r\x1b[2K"


def teller(as_json: bool) -> Lines | Words:
    """What an event is given to."""
    return Lines() if as_json else Words(sys.stdout.isatty())


class Lines:
    """One event a line, as JSON."""

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Watched):
            print(encode(event).decode(), flush=True)

    def close(self) -> None:
        """Nothing is left open."""


class Words:
    """Text for people. The bar is drawn on a terminal only, where it can be wiped again."""

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal
        self.drawn = False
        self.epochs = 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._bar(event)
        elif isinstance(event, Failed | Trouble):
            self._line(event.words, error=True)
        elif words := self._words(event):
            self._line(words)

    def close(self) -> None:
        """Wipe the bar."""
        self._wipe()

    def _words(self, event: Event) -> str:
        if isinstance(event, Started):
            self.epochs = event.epochs
            train, validation, test = event.sizes
            sizes = f"{train:,} samples to train on, {validation:,} to validate" + (
                f", {test:,} to test" if test else ""
            )
            return f"{event.parameters:,} parameters on {event.device}; {sizes}; run {event.run}"
        if isinstance(event, EpochDone):
            told = f"epoch {event.epoch:>{len(str(self.epochs))}}/{self.epochs}  {_values(event.train)}"
            told += f"  validation: {_values(event.validation)}" if event.validation else ""
            return f"{told}  {event.samples_per_s:,.0f} samples/s{'  best' if event.is_best else ''}"
        if isinstance(event, Finished):
            best = f"; best epoch {event.best_epoch}" if event.best_epoch else ""
            return f"{event.reason} after {event.epoch} epochs, {_time(event.seconds)}{best}"
        return ""

    def _line(self, words: str, error: bool = False) -> None:
        self._wipe()
        print(f"visualnet: {words}" if error else words, file=sys.stderr if error else sys.stdout, flush=True)

    def _bar(self, event: Progress) -> None:
        if not self.terminal:
            return
        share = event.step / max(1, event.steps)
        full = int(share * BAR)
        bar = "█" * full + "░" * (BAR - full)
        left = f"{_time(event.eta_s)} left" if event.eta_s > 0 else ""
        sys.stdout.write(
            f"{_CLEAR}{bar} {share:4.0%}  epoch {event.epoch}/{event.epochs}  {event.samples_per_s:,.0f} samples/s  {left}"
        )
        sys.stdout.flush()
        self.drawn = True

    def _wipe(self) -> None:
        if self.drawn:
            sys.stdout.write(_CLEAR)
            sys.stdout.flush()
            self.drawn = False


def _values(values: Mapping[str, float | None]) -> str:
    return "  ".join(f"{name} {'not finite' if value is None else f'{value:.4f}'}" for name, value in values.items())


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
