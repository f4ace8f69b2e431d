"""How a test waits: for a state, never for a time, so that it holds on a machine with other things to do.

A test that needs something to have happened says what (`until`), or lets the window come to rest (`settle`). Only what must *not* happen
has to be given time (`linger`): on a slow machine such a check sees less, but it cannot fail for it. Nothing asserts how long a thing
took, on the clock or of the processor; where an amount of work is promised, `tests/counting.py` counts the calls that it takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 60.0
"""What has not come by then does not come. Long, because it costs only a test that fails."""
PATIENCE_MS = int(1000 * PATIENCE_S)
SHORT_MS = 400
"""A timer that fires once within this time is a part of what was just done; a longer one (a toast that leaves) is not waited for."""
BUSY_S = 3.0
"""Where something is always going on, as while a network trains, a window is at rest after so long."""


def until(true: Callable[[], Any], what: str | Callable[[], str] = "", seconds: float = PATIENCE_S) -> None:
    """Let the program live until something is so; ``what`` names it, or tells how it stands when nobody waits any longer."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what() if callable(what) else what or true}"
        _live()


def settle(seconds: float = 0.0) -> None:
    """Let the window live for so long at least, and until no short timer waits and nothing glides."""
    linger(seconds)
    linger(0.01)  # what was just begun may begin something
    end, calm = time.monotonic() + BUSY_S, 0
    while calm < 2 and time.monotonic() < end:
        wait = _time_to_rest()
        calm = calm + 1 if wait is None else 0
        _live() if wait is None else linger(wait)


def linger(seconds: float) -> None:
    """Give what must not happen the time to happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _live()


def _live() -> None:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and widgets.QApplication.instance() is not None:
        widgets.QApplication.processEvents()
    time.sleep(0.002)


def _time_to_rest() -> float | None:
    """In how many seconds the window may be at rest; None if it is. To look at every timer costs more than to let them fire."""
    from PySide6.QtCore import QTimer, QVariantAnimation
    from PySide6.QtWidgets import QApplication

    # A menu is a top level too, but its window finds its timers with its own.
    tops = [top for top in QApplication.topLevelWidgets() if top.parent() is None]
    owners = [*tops, *(studio for top in tops if (studio := getattr(top, "studio", None)) is not None)]
    timers = [timer for owner in owners for timer in owner.findChildren(QTimer)]
    short = [t.remainingTime() for t in timers if t.isActive() and t.isSingleShot() and t.interval() <= SHORT_MS]
    if short:
        return max(0.01, max(short) / 1000)
    # What a style draws without end, such as a bar of unknown progress, is no QVariantAnimation.
    glides = [glide for owner in owners for glide in owner.findChildren(QVariantAnimation)]
    return 0.02 if any(glide.state() == QVariantAnimation.State.Running for glide in glides) else None
