"""Measuring each node's time beside the window: in a thread of its own, with progress, and ended at a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodePath
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project
from visualnet.pytorch import need_torch

if TYPE_CHECKING:
    from visualnet.training.measure.layer_timing import Timing


class LayerTiming(QObject):
    """Measures the project's nodes once when asked, and keeps the figures while they are of the network that is shown."""

    changed = Signal()
    """Progress, an end, or nothing left to show."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.share = 0.0
        self._measured: tuple[Project, Timing] | None = None
        self._task: BackgroundTask | None = None

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._task is not None and self._task.running

    @property
    def timing(self) -> Timing | None:
        """What was measured of the network as it is now; None where it is another by now."""
        if self._measured is None or not _same(self._measured[0], self.studio.project):
            return None
        return self._measured[1]

    def on_sheet(self, path: NodePath) -> dict[str, int]:
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
        if self.studio.has_runner and self.studio.runner.busy:
            return "A run is going on: what is measured beside it would be too slow. Measure when it has ended."
        errors = self.studio.analysis.errors()
        return f"There is nothing to measure while something is wrong: {errors[0].words}." if errors else ""

    def toggle(self) -> None:
        """Begin to measure, or end it."""
        if self._task is not None and self._task.running:
            self._task.cancel()
        elif words := self.why_not():
            self.studio.message.emit("warning", words)
        else:
            self._measure(self.studio.project, self.studio.analysis)

    def _measure(self, project: Project, analysis: Analysis) -> None:
        def run(job: Job) -> Timing:
            need_torch()
            from visualnet.training.measure.layer_timing import measure

            return measure(project, analysis, job, job.stop)

        def done(timing: Timing) -> None:
            self._measured = project, timing

        self.share = 0.0
        self._task = BackgroundTask(
            run,
            done,
            self._show_share,
            lambda words: self.studio.message.emit("error", words),
            name="stopwatch",
            words="It cannot be measured",
            parent=self,
        )
        self._task.finished.connect(self.changed)
        self.changed.emit()

    def _show_share(self, share: float) -> None:
        self.share = share
        self.changed.emit()


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
