"""Locks of this process: one training at a time, and a measurement only while none goes on.

torch's generators belong to the whole process: a measurement beside a training would draw from the numbers that the training is to
draw, and its times would be worth nothing. A training that begins ends a measurement at its next step, and waits for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_counting = threading.Lock()
LOOK_S = 0.05
"""How often one that waits looks whether it still wants to."""
_trainings = 0
"""Trainings that go on, or wait for a measurement to end."""


class Busy(ValueError):
    """A training goes on, or another measurement: nothing can be measured beside it."""


@contextmanager
def training(gives_up: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Compute as a training does: wait until what is computed has ended. Who ``gives_up`` meanwhile waits no longer, and is to compute
    nothing."""
    global _trainings
    with _counting:
        _trainings += 1
    held = False
    try:
        while not (held or gives_up()):
            held = _lock.acquire(timeout=LOOK_S)
        yield
    finally:
        if held:
            _lock.release()
        with _counting:
            _trainings -= 1


@contextmanager
def measuring(wait_s: float = 0.0) -> Iterator[None]:
    """Compute as a measurement does; ``wait_s``: so long for another one to end.

    Raises:
        Busy: a training or another measurement goes on.
    """
    give_way()
    if not _lock.acquire(timeout=max(wait_s, 0.0)):
        raise Busy("something else is being computed: try again when it has ended")
    try:
        yield
    finally:
        _lock.release()


def training_waits() -> bool:
    """Whether a training goes on, or waits for a measurement to end."""
    return _trainings > 0


def give_way() -> None:
    """Between two steps of a measurement: end it if a training waits.

    Raises:
        Busy: a training goes on or wants to begin.
    """
    if training_waits():
        raise Busy("a training goes on: nothing can be measured beside it")
