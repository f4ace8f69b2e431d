"""Work that takes longer than one should wait for: it runs beside the window, Esc stops it, and the canvas waits for what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.services.background_task import BackgroundTask, Job

SAID_AFTER_S = 0.3
Work = Callable[[Job], Any]


class LongTaskTool(Tool):
    """Holds the canvas while the work runs on frozen values in a thread of its own; what it found is used only if nothing changed."""

    cursor = Qt.CursorShape.BusyCursor
    scrolls = False

    def __init__(self, view: CanvasBase, words: str, work: Work, done: Callable[[Any], None]) -> None:
        super().__init__(view)
        self.words, self.done = words, done
        self.graph = self.studio.graph
        self.begun = time.monotonic()
        failed, progress = f"{words} has failed", lambda _share: view.viewport().update()
        self.task = BackgroundTask(work, self._use, progress, name="canvas work", words=failed, parent=view)
        self.task.finished.connect(self._leave)

    def _use(self, found: Any) -> None:
        self._leave()
        if self.studio.graph is self.graph:
            self.done(found)

    def _leave(self) -> None:
        if self.view.tool is self:
            self.view.cancel()

    def cancel(self) -> None:
        """Esc, another document, a closing window: let go of it."""
        if self.task.running:
            self.task.close()
            self.studio.message.emit("hint", "stopped; nothing was moved")

    def paint(self, painter: QPainter) -> None:
        """Say what takes so long, once it does."""
        if time.monotonic() - self.begun > SAID_AFTER_S:
            corner = self.view.scene_point(QPointF(8, 8))
            pointer_hint.paint_note(painter, self.view, corner, f"{self.words}… Esc stops it")
