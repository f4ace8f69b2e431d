"""What the window may ask of a running training, from any thread; obeyed between two steps."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple

from visualnet.core.project import Project

ProbePort = tuple[tuple[str, ...], str]


class ProbeRequest(NamedTuple):
    """What to look at: output ports by node path, on which sample of the validation set, at what share of the time."""

    ports: tuple[ProbePort, ...] = ()
    sample: int = 0
    budget: float = 0.05
    grid: bool = False


class Control:
    """The reins of one run.

    ``urgent`` is all that the loop looks at while nothing is asked: a plain attribute, no lock.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stop = self._pause = False
        self._lr: dict[str, float] = {}
        self._drawing: Project | None = None
        self.urgent = False
        self.probe_request = ProbeRequest()

    @property
    def paused(self) -> bool:
        """Whether a pause was asked for and not taken back."""
        return self._pause

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stop

    def pause(self) -> None:
        """Wait after the current step, until ``resume`` or ``stop``."""
        self._set(pause=True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._set(pause=False)

    def stop(self) -> None:
        """End after the current step."""
        self._set(stop=True)

    def set_lr(self, lr: float, learner: str = "") -> None:
        """Use this learning rate from the next step on: for one of several learners, or for all in the proportion that they have."""
        if not 0 <= lr <= 1e6:
            raise ValueError(f"the learning rate is {lr:g}; it can be 0 to 1,000,000")
        with self._changed:
            self._lr[learner] = float(lr)
            self.urgent = True
            self._changed.notify_all()

    def change_network(self, drawing: Project) -> None:
        """Train the network of this drawing from the next step on; a pause ends with it. Where that cannot be, the run tells why and stays
        as it is."""
        with self._changed:
            self._drawing = drawing
            self.urgent = True
            self._changed.notify_all()

    def request_probes(
        self, ports: Iterable[ProbePort], sample: int = 0, budget: float = 0.05, grid: bool = False
    ) -> None:
        """Look at these ports from now on (none: look no more). ``grid`` asks for the answer over the input's plane too."""
        self.probe_request = ProbeRequest(tuple(ports), max(int(sample), 0), min(max(float(budget), 0.001), 1.0), grid)

    # --- the loop's side -------------------------------------------------------------------------------------------

    def take_lr(self) -> dict[str, float]:
        """The learning rates that were asked for since the last call, by learner; without a name, for all."""
        with self._changed:
            lr, self._lr = self._lr, {}
            self._update_urgent()
            return lr

    def take_drawing(self) -> Project | None:
        """The drawing whose network is to be trained from now on, if one was given since the last call."""
        with self._changed:
            drawing, self._drawing = self._drawing, None
            self._update_urgent()
            return drawing

    def wait(self, timeout_s: float) -> bool:
        """Whether the pause is over; returns at once when it ends or a drawing was given, and after the timeout if not."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop or not self._pause or self._drawing is not None, timeout_s)
            return self._stop or not self._pause

    def _set(self, *, stop: bool | None = None, pause: bool | None = None) -> None:
        with self._changed:
            self._stop = self._stop if stop is None else stop
            self._pause = self._pause if pause is None else pause
            self._update_urgent()
            self._changed.notify_all()

    def _update_urgent(self) -> None:
        self.urgent = self._stop or self._pause or bool(self._lr) or self._drawing is not None
