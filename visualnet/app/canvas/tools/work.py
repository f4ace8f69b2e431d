"""Work that takes longer than one should wait for: it runs beside the window, Esc stops it, and the canvas waits for what it finds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QPainter

from visualnet.app.canvas import notes
from visualnet.app.canvas.tools.base import Tool

if TYPE_CHECKING:
    from visualnet.app.canvas.view import CanvasView

LOOK_MS = 20
SAID_AFTER_S = 0.3
Work = Callable[[Callable[[], None]], Any]


class Stopped(Exception):
    """Raised within the work when nobody wants it any more."""


class WorkTool(Tool):
    """Holds the canvas while the work runs on frozen values in a thread of its own; what it found is used only if nothing changed."""

    cursor = Qt.CursorShape.BusyCursor
    scrolls = False

    def __init__(self, view: CanvasView, words: str, work: Work, done: Callable[[Any], None]) -> None:
        super().__init__(view)
        self.words, self.done = words, done
        self.graph = self.studio.graph
        self.begun = time.monotonic()
        self.found: list[Any] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), name="canvas work", daemon=False)
        self._timer = QTimer(view)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._thread.start()
        self._timer.start()

    def _run(self, work: Work) -> None:
        try:
            self.found.append(work(self._pulse))
        except Stopped:
            return

    def _pulse(self) -> None:
        if self._stop.is_set():
            raise Stopped
        time.sleep(0)  # The window's thread goes first.

    def _look(self) -> None:
        self.view.viewport().update()
        if self._thread.is_alive():
            return
        self._end()
        if self.view.tool is self:
            self.view.cancel()
        if self.found and self.studio.graph is self.graph:
            self.done(self.found[0])

    def _end(self) -> None:
        self._stop.set()
        self._timer.stop()
        self._thread.join()

    def cancel(self) -> None:
        """Esc, another document, a closing window: let go of it."""
        if self._thread.is_alive():
            self._end()
            self.found.clear()
            self.studio.message.emit("hint", "stopped; nothing was moved")

    def paint(self, painter: QPainter) -> None:
        """Say what takes so long, once it does."""
        if time.monotonic() - self.begun > SAID_AFTER_S:
            corner = self.view._scene_point(QPointF(8, 8))
            notes.paint_note(painter, self.view, corner, f"{self.words}… Esc stops it")


def start(view: CanvasView, words: str, work: Work, done: Callable[[Any], None]) -> None:
    """Begin; ``done`` gets what the work gives, in the window's thread."""
    view.cancel()
    view.finish_motion()
    view.tool = WorkTool(view, words, work, done)
    view._cursor()
