"""How fast this machine is, measured once when asked, beside the window; from it the time of a training step is forecast."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from visualnet.analysis.cost.step_time import Pace, step_seconds
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.pytorch import need_torch
from visualnet.training.measure import machine_speed_store


def machine_speed_of(studio: Studio) -> MachineSpeed:
    """The one of a Studio; it is made when first asked for."""
    return studio.findChild(MachineSpeed) or MachineSpeed(studio)


class MachineSpeed(QObject):
    """One for a window. What was measured is kept for the next start."""

    changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.studio = studio
        self._paces: dict[str, Pace] | None = None
        self._task: BackgroundTask | None = None

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._task is not None and self._task.running

    @property
    def device(self) -> str:
        """The device that the recipe wishes."""
        return self.studio.project.recipe.device

    def step_seconds(self) -> float | None:
        """The forecast for the open project; None while the device was not measured, or the network cannot be trained."""
        if self._paces is None:
            self._paces = machine_speed_store.kept()
        pace, analysis = self._paces.get(machine_speed_store.key(self.device)), self.studio.analysis
        return None if pace is None or analysis.errors() else step_seconds(analysis, pace)

    def taken_seconds(self) -> float | None:
        """What a step of the last run took, if that run was of a network like this one."""
        model = self.studio.runner.model if self.studio.has_runner else None
        if model is None or model.started is None or model.finished is None or not model.finished.step:
            return None
        started, project = model.started, self.studio.project
        same = (started.parameters, started.batch_size) == (
            self.studio.analysis.main.parameters,
            project.recipe.batch_size,
        )
        steps = model.finished.step - started.step
        return model.finished.seconds / steps if same and steps > 0 else None

    def measure(self) -> None:
        """Measure the recipe's device now; it takes about a second."""
        if self.running:
            return
        if self.studio.has_runner and self.studio.runner.busy:
            self.studio.message.emit("warning", "A run is going on: measure the machine when it has ended.")
            return
        wish = self.device

        def run(_job: Job) -> Pace:
            need_torch()
            from visualnet.training import devices
            from visualnet.training.measure import machine_speed

            pace = machine_speed.measure(devices.place(wish).device)
            machine_speed_store.keep(wish, pace)
            return pace

        def done(pace: Pace) -> None:
            self._paces = {**(self._paces or {}), machine_speed_store.key(wish): pace}

        self._task = BackgroundTask(
            run,
            done,
            failed=lambda words: self.studio.message.emit("error", words),
            name="pace",
            words="The machine cannot be measured",
            parent=self,
        )
        self._task.finished.connect(self.changed)
        self.changed.emit()
