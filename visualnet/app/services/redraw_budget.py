"""Redraws one after the other, never two in one turn of the event loop, so that the window answers between them.

Drawing in Python and training in Python take turns, so what the window draws is taken from the training. Its share is measured and
kept: when this thread works more than it should, pictures come less often.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

BETWEEN_MS = 4
SHARE = 0.02
"""How much of the time this thread may work while pictures are being asked for."""
MEASURE_S = 0.5
SLOWEST = 8.0
"""By how much the asked interval may be stretched."""


class RedrawBudget(QObject):
    """Collects what wants to be drawn anew. Asked twice, a picture is drawn once; what is not visible is not drawn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Hashable, tuple[QWidget | None, Callable[[], None], int]] = {}
        self._drawn: dict[Hashable, float] = {}
        self.stretch = 1.0
        """By how much pictures come less often now than they were asked for."""
        self._measured = (time.monotonic(), time.thread_time())
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._draw_one)

    def ask(self, key: Hashable, widget: QWidget | None, draw: Callable[[], None], every_ms: int = 0) -> None:
        """Have `draw` called soon, if `widget` (where there is one) is on the screen then; at most once in `every_ms`."""
        self._waiting.setdefault(key, (widget, draw, every_ms))
        if not self._timer.isActive():
            self._timer.start(BETWEEN_MS)

    def stop(self) -> None:
        """Draw nothing more; for closing the window."""
        self._timer.stop()
        self._waiting.clear()

    def _due(self, key: Hashable, every_ms: int) -> float:
        """When a picture may be drawn again."""
        return self._drawn.get(key, 0.0) + every_ms / 1000 * self.stretch

    def _draw_one(self) -> None:
        now = time.monotonic()
        self._measure(now)
        due = next((key for key, (_, _, every) in self._waiting.items() if self._due(key, every) <= now), None)
        if due is not None:
            widget, draw, _ = self._waiting.pop(due)
            # A panel may have gone while it waited.
            if widget is None or (shiboken6.isValid(widget) and widget.isVisible()):
                draw()
                self._drawn[due] = time.monotonic()
        if self._waiting:
            wait = min(self._due(key, every) for key, (_, _, every) in self._waiting.items()) - time.monotonic()
            self._timer.start(max(BETWEEN_MS, int(wait * 1000)))

    def _measure(self, now: float) -> None:
        """Compare the work of this thread, painting included, with its share."""
        since, worked = self._measured
        if now - since < MEASURE_S:
            return
        share = (time.thread_time() - worked) / (now - since)
        if now - since < 4 * MEASURE_S:  # a longer pause says nothing about now
            self.stretch = min(max(self.stretch * (1.3 if share > SHARE else 0.9), 1.0), SLOWEST)
        self._measured = (now, time.thread_time())
