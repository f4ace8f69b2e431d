"""Python's garbage collector, kept from walking over all that stays while somebody works.

With torch loaded and 1,000 cards on the canvas a full collection walks over 240,000 objects: measured, pauses of 140 to 490 ms between
two frames. Left to itself Python begins one in the middle of a gesture. So the collector of the oldest objects works here, at chosen
moments, and in two ways:

- what has come since the last time is collected soon, between two inputs, and what is left of it is taken out of sight
  (``gc.freeze``): 20 to 60 ms;
- everything, and only after something was closed, when the window has rested for some seconds and nothing trains. Then the caches of what
  was open are cleared too, and the C library gives free memory back to the system.

The young objects are collected as ever, by Python itself, in 3 to 7 ms.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from visualnet.app.services.startup_tasks import IMPORT_TORCH
from visualnet.core.caches import clear_caches, trim_memory

AFTER_MS = 1000
"""So long after the last opening: the window has been drawn by then."""
LOOK_MS = 1000
PAUSE_S, LATEST_S = 0.3, 10.0
"""It waits for a pause of so long between two inputs, but no longer than so many seconds: then it comes in between."""
REST_S = 3.0
"""Who has done nothing for so long does not notice a pause of a third of a second."""
DUE, OVERDUE = 10, 100
"""So many collections of younger objects make one of the oldest due at the next pause, or due at once."""
SHORT_S = 0.03
"""Where a collection of what has come since the last time takes longer, what is left of it is taken out of sight."""
NEVER = 1 << 30

_INPUT = frozenset(
    (
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    )
)


class GcControl(QObject):
    """Freezes what stays a moment after a project was opened, and collects now and then; never while ``busy``: a training would stumble."""

    def __init__(self, busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._busy = busy
        self._worked = time.monotonic()
        """When a mouse or a key was used last."""
        self._left = False
        """Something was closed since everything was collected last."""
        self._soon = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._soon.timeout.connect(self._freeze_in_a_pause)
        self._asked = 0.0
        """When it was asked for first since it was done last; 0 if it was not."""
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self.look)
        self._looking.start()
        self._thresholds = gc.get_threshold()
        gc.set_threshold(*self._thresholds[:2], NEVER)

    def freeze_soon(self) -> None:
        """A project was opened: collect and freeze once it is drawn and nobody is just doing something."""
        self._asked = self._asked or time.monotonic()
        self._soon.start()

    def collect_later(self) -> None:
        """A project was closed: what it leaves is found at the next pause."""
        self._left = True

    @property
    def must_wait(self) -> bool:
        """Whether this is no moment for it: something trains, or torch is being read."""
        return self._busy() or any(thread.name == IMPORT_TORCH for thread in threading.enumerate())

    def look(self) -> None:
        """Once a second: do what is due, if nobody would notice."""
        # Hear what mouse and keys do in every window, also in those that have come since; once more changes nothing.
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)
        if self.must_wait:
            return
        rested, count = time.monotonic() - self._worked, gc.get_count()[2]
        if self._left and rested >= REST_S:
            self.collect_all()
        elif count >= OVERDUE or (count >= DUE and rested >= REST_S):
            self._collect_new()

    def freeze(self) -> None:
        """Collect what has come since the last time, and take what is left out of sight."""
        if self.must_wait:
            self._soon.start()
            return
        self._asked = 0.0
        gc.collect()
        gc.freeze()

    def _freeze_in_a_pause(self) -> None:
        now = time.monotonic()
        if now - self._worked < PAUSE_S and now - self._asked < LATEST_S:
            self._soon.start()
        else:
            self.freeze()

    def collect_all(self) -> None:
        """Collect everything, forget what was remembered of what is closed, give memory back, and take what is left out of sight."""
        self._left = False
        clear_caches()
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        trim_memory()

    def stop(self) -> None:
        """The window closes: Python collects by itself again, and everything is in sight."""
        self._soon.stop()
        self._looking.stop()
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _collect_new(self) -> None:
        began = time.perf_counter()
        gc.collect()
        if time.perf_counter() - began > SHORT_S:
            gc.freeze()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._worked = time.monotonic()
        return False
