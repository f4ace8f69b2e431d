"""How far a run has come, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass
class RunState:
    """The numbers that training moves on, which a checkpoint keeps and a resumed run takes over."""

    lr: float
    step: int = 0
    epoch: int = 0
    """How many epochs are complete."""
    position: int = 0
    """How many steps of the present epoch are done."""
    best: float | None = None
    best_loss: float | None = None
    best_epoch: int = 0
    gained: float | None = None
    """The value of the last epoch that gained enough for early stopping."""
    stale: int = 0
    """How many epochs have gained too little since."""
    network: int = 0
    """How often the network was changed."""

    def begin_network(self, number: int) -> None:
        """From here on another network is trained, by this change: nothing is known yet of how good it can be."""
        self.network = number
        self.best = self.best_loss = self.gained = None
        self.best_epoch = self.stale = 0

    def close_epoch(self, values: Mapping[str, float | None], name: str, mode: str) -> bool:
        """Count an epoch with these values as complete; whether it is the best so far by the one of this name."""
        value, loss = values.get(name), values.get("loss")
        better = value is not None and (
            self.best is None or (value < self.best if mode == "min" else value > self.best)
        )
        if value is not None and value == self.best and loss is not None and self.best_loss is not None:
            # A metric that stands still (IoU before the first mask is found) says nothing; the loss goes on.
            better = loss < self.best_loss
        self.epoch, self.position = self.epoch + 1, 0
        if better:
            self.best, self.best_loss, self.best_epoch = value, loss, self.epoch
        return better

    def count_stale(self, value: float | None, mode: str, least: float) -> None:
        """Count an epoch for early stopping: a value that is not better by more than the ``least`` gain waits on."""
        gain = (
            0.0
            if value is None or self.gained is None
            else value - self.gained
            if mode == "max"
            else self.gained - value
        )
        if value is not None and (self.gained is None or gain > least):
            self.gained, self.stale = value, 0
        else:
            self.stale += 1


class TrainingClock:
    """Seconds of training, pauses left out."""

    def __init__(self) -> None:
        self.before_s = 0.0
        """What was taken before the run was resumed."""
        self.start()

    def start(self) -> None:
        """Count from now on."""
        self._begin = self._lap = time.perf_counter()
        self._paused = self._lap_paused = 0.0

    def leave_out(self, seconds: float) -> None:
        """So much of the time since the start was a pause."""
        self._paused += seconds

    def spent(self) -> float:
        """Seconds since the start."""
        return max(time.perf_counter() - self._begin - self._paused, 1e-9)

    def total(self) -> float:
        """Seconds of the whole run."""
        return self.before_s + self.spent()

    def lap(self) -> float:
        """Seconds since the last call, or since the start."""
        now = time.perf_counter()
        seconds = max(now - self._lap - (self._paused - self._lap_paused), 1e-9)
        self._lap, self._lap_paused = now, self._paused
        return seconds
