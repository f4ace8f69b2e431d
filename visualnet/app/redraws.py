"""Redraws one after the other, never two in one turn of the event loop, so that the window answers between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

BETWEEN_MS = 4


class Redraws(QObject):
    """Collects what wants to be drawn anew. Asked twice, a picture is drawn once; what is not visible is not drawn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Hashable, tuple[QWidget | None, Callable[[], None], float]] = {}
        self._drawn: dict[Hashable, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw_one)

    def ask(self, key: Hashable, widget: QWidget | None, draw: Callable[[], None], every_ms: int = 0) -> None:
        """Have `draw` called soon, if `widget` (where there is one) is on the screen then; at most once in `every_ms`."""
        self._waiting.setdefault(key, (widget, draw, self._drawn.get(key, 0.0) + every_ms / 1000))
        if not self._timer.isActive():
            self._timer.start(BETWEEN_MS)

    def stop(self) -> None:
        """Draw nothing more; for closing the window."""
        self._timer.stop()
        self._waiting.clear()

    def _draw_one(self) -> None:
        now = time.monotonic()
        due = next((key for key, (_, _, at) in self._waiting.items() if at <= now), None)
        if due is not None:
            widget, draw, _ = self._waiting.pop(due)
            if widget is None or widget.isVisible():
                draw()
                self._drawn[due] = time.monotonic()
        if self._waiting:
            wait = min(at for _, _, at in self._waiting.values()) - time.monotonic()
            self._timer.start(max(BETWEEN_MS, int(wait * 1000)))
