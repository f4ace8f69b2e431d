"""Measuring each node's time beside the window: in a thread of its own, with progress, and ended at a word."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.analysis.facts import Path
from visualnet.app.studio import Studio
from visualnet.core.project import Project
from visualnet.pytorch import need_torch

if TYPE_CHECKING:
    from visualnet.training.timing import Timing

EVERY_MS = 50


class Stopwatch(QObject):
    """Measures the project's nodes once when asked, and keeps the figures while they are of the network that is shown."""

    changed = Signal()
    """Progress, an end, or nothing left to show."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.share = 0.0
        self._measured: tuple[Project, Timing] | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._answer: Timing | str | None = None
        self._look = QTimer(self)
        self._look.setInterval(EVERY_MS)
        self._look.timeout.connect(self._see)

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._thread is not None

    @property
    def timing(self) -> Timing | None:
        """What was measured of the network as it is now; None where it is another by now."""
        if self._measured is None or not _same(self._measured[0], self.studio.project):
            return None
        return self._measured[1]

    def on_sheet(self, path: Path) -> dict[str, int]:
        """Each node's time on the sheet at a path, in nanoseconds."""
        timing, prefix = self.timing, tuple(part.partition("#")[0] for part in path)
        if timing is None:
            return {}
        return {
            p[-1]: round(seconds * 1e9)
            for p, seconds in timing.seconds.items()
            if len(p) == len(prefix) + 1 and p[:-1] == prefix
        }

    def why_not(self) -> str:
        """Why it cannot measure now; empty if it can."""
        if self.studio.runner is not None and self.studio.runner.busy:
            return "A run is going on: what is measured beside it would be too slow. Measure when it has ended."
        errors = self.studio.analysis.errors()
        return f"There is nothing to measure while something is wrong: {errors[0].words}." if errors else ""

    def toggle(self) -> None:
        """Begin to measure, or end it."""
        if self.running:
            self._stop.set()
        elif words := self.why_not():
            self.studio.message.emit("warning", words)
        else:
            project, analysis = self.studio.project, self.studio.analysis
            self._stop, self._answer, self.share = threading.Event(), None, 0.0
            self._thread = threading.Thread(target=self._work, args=(project, analysis, self._stop), name="stopwatch")
            self._thread.start()
            self._look.start()
            self._project = project
            self.changed.emit()

    def _work(self, project: Project, analysis: object, stop: threading.Event) -> None:
        try:
            need_torch()
            from visualnet.training.timing import Cancelled, measure

            try:
                self._answer = measure(project, analysis, self._tell, stop)  # type: ignore[arg-type]
            except Cancelled:
                self._answer = ""
        except Exception as error:
            self._answer = f"It cannot be measured: {str(error).strip().partition(chr(10))[0] or type(error).__name__}"

    def _tell(self, share: float) -> None:
        self.share = share

    def _see(self) -> None:
        if self._answer is not None:
            self._end()
            if isinstance(self._answer, str):
                if self._answer:
                    self.studio.message.emit("error", self._answer)
            else:
                self._measured = self._project, self._answer
        self.changed.emit()

    def _end(self) -> None:
        self._look.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """The window closes: measure no more, and wait for the thread."""
        self._stop.set()
        self._end()


def _same(a: Project, b: Project) -> bool:
    """Whether two projects compute the same in the same batches; where cards stand does not matter."""
    return (
        a.graph.nodes is b.graph.nodes
        and a.graph.wires is b.graph.wires
        and a.blocks is b.blocks
        and a.constants is b.constants
        and a.recipe.batch_size == b.recipe.batch_size
        and a.recipe.device == b.recipe.device
    )
