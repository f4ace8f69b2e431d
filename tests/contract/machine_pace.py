"""How slow the machine is now: a bound on processor time is set for one of a known speed, and stretched for a slower one."""

from __future__ import annotations

import time

PACE = 0.05
"""Seconds of processor time that the yardstick takes on the machine for which bounds are set."""


def slowness() -> float:
    """By how much this machine is slower now than the one for which bounds are set; never less than one."""
    return max(1.0, min(_yardstick() for _ in range(3)) / PACE)


def _yardstick() -> float:
    """Processor time of some plain Python."""
    start = time.process_time()
    sum(n * n % 7 for n in range(600_000))
    return time.process_time() - start
