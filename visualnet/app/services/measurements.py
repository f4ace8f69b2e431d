"""What is measured in the background when a person asks for it: the time of each node, and the speed of this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject, Signal

from visualnet.analysis.cost.step_time import DeviceSpeed, step_seconds
from visualnet.analysis.facts import NodePath
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.pytorch import need_torch
from visualnet.training.measure import machine_speed_store

if TYPE_CHECKING:
    from visualnet.training.measure.layer_timing import Timing


Found = TypeVar("Found")


class ResultsByDocument(Generic[Found]):
    """The last result for each open document, with the project it was found for. It goes with its document: what is closed is not held."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._found: WeakKeyDictionary[Document, tuple[Project, Found]] = WeakKeyDictionary()

    def get(self) -> tuple[Project, Found] | None:
        """That of the document in front, which may have been changed since."""
        return self._found.get(self._studio.document)

    def keep_for_document(self) -> Callable[[Found], None]:
        """Gives what keeps a result for the document and project that are in front now, unless the document is closed by then."""
        asked, project = ref(self._studio.document), self._studio.project

        def keep(found: Found) -> None:
            if (document := asked()) is not None:
                self._found[document] = project, found

        return keep


class Measurement(QObject):
    """A background task that is begun at most once at a time, and not beside a run."""

    changed = Signal()
    """Progress, an end, or nothing left to show."""
    BUSY = ""
    """What is said where a run goes on."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self.studio = studio
        self.share = 0.0
        self._task: BackgroundTask | None = None

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._task is not None and self._task.running

    def why_not(self) -> str:
        """Why it cannot measure now; empty if it can."""
        return self.BUSY if self.studio.has_runner and self.studio.runner.busy else ""

    def _begin(self, run: Callable[[Job], Any], done: Callable[[Any], object], name: str, words: str) -> None:
        if reason := self.why_not():
            self.studio.message.emit("warning", reason)
            return
        self.share = 0.0
        self._task = BackgroundTask(
            run,
            done,
            self._show_share,
            lambda reason: self.studio.message.emit("error", reason),
            name=name,
            words=words,
            parent=self,
        )
        self._task.finished.connect(self.changed)
        self.changed.emit()

    def _show_share(self, share: float) -> None:
        if share != self.share:
            self.share = share
            self.changed.emit()


class LayerTiming(Measurement):
    """Measures the project's nodes once when asked, and keeps the figures while they are of the network that is shown."""

    BUSY = "A run is going on: what is measured beside it would be too slow. Measure when it has ended."

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(studio, parent)
        self._measured: ResultsByDocument[Timing] = ResultsByDocument(studio)

    @property
    def timing(self) -> Timing | None:
        """What was measured of the network as it is now, in the same batches; None where it is another by now."""
        found, now = self._measured.get(), self.studio.project
        if found is None:
            return None
        before, timing = found
        same_recipe = (before.recipe.batch_size, before.recipe.device) == (now.recipe.batch_size, now.recipe.device)
        return timing if same_recipe and before.same_network(now) else None

    def on_sheet(self, path: NodePath) -> dict[str, int]:
        """Each node's time on the sheet at a path, in nanoseconds."""
        timing = self.timing
        return timing.on_sheet(path) if timing is not None else {}

    def why_not(self) -> str:
        errors = self.studio.analysis.errors()
        wrong = f"There is nothing to measure while something is wrong: {errors[0].words}." if errors else ""
        return super().why_not() or wrong

    def toggle(self) -> None:
        """Begin to measure, or end it."""
        project, analysis = self.studio.project, self.studio.analysis

        def run(job: Job) -> Timing:
            need_torch()
            from visualnet.training.measure.layer_timing import measure

            return measure(project, analysis, job, job.stop)

        if self._task is not None and self._task.running:
            self._task.cancel()
        else:
            self._begin(run, self._measured.keep_for_document(), "measure layers", "It cannot be measured")


class MachineSpeed(Measurement):
    """How fast this machine is; from it the time of a training step is forecast. It is kept for the next start."""

    BUSY = "A run is going on: measure the machine when it has ended."

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, studio)
        self._paces: dict[str, DeviceSpeed] | None = None

    @property
    def device(self) -> str:
        """The device that the recipe wishes."""
        return self.studio.project.recipe.device

    def step_seconds(self) -> float | None:
        """The forecast for the open project; None while the device was not measured, or the network cannot be trained."""
        if self._paces is None:
            self._paces = machine_speed_store.load()
        pace, analysis = self._paces.get(machine_speed_store.key(self.device)), self.studio.analysis
        return None if pace is None or analysis.errors() else step_seconds(analysis, pace)

    def taken_seconds(self) -> float | None:
        """What a step of the last run took, if that run was of a network like this one."""
        model = self.studio.runner.model if self.studio.has_runner else None
        if model is None or model.started is None:
            return None
        here = (self.studio.analysis.main.parameters, self.studio.project.recipe.batch_size)
        return model.step_seconds() if (model.started.parameters, model.started.batch_size) == here else None

    def measure(self) -> None:
        """Measure the recipe's device now; it takes about a second."""
        wish = self.device

        def run(_job: Job) -> DeviceSpeed:
            need_torch()
            from visualnet.training import devices
            from visualnet.training.measure import machine_speed

            pace = machine_speed.measure(devices.place(wish).device)
            machine_speed_store.save(wish, pace)
            return pace

        def done(pace: DeviceSpeed) -> None:
            self._paces = {**(self._paces or {}), machine_speed_store.key(wish): pace}

        if not self.running:
            self._begin(run, done, "measure the machine", "The machine cannot be measured")


def machine_speed_of(studio: Studio) -> MachineSpeed:
    """The one of a Studio; it is made when first asked for."""
    return studio.findChild(MachineSpeed) or MachineSpeed(studio)
