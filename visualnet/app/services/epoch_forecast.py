"""What an epoch will take: measured on a few real steps in the background while somebody looks and editing pauses, never beside a run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from visualnet.analysis.cost.totals import Costs
from visualnet.app.services.background_task import Job
from visualnet.app.services.measurements import Measurement, ResultsByDocument, machine_speed_of
from visualnet.app.state.studio import Studio
from visualnet.training import training_lock
from visualnet.training.estimates.epoch import EpochForecast, measured_of
from visualnet.training.estimates.memory_check import MemoryFault, find_memory_fault, largest_batch
from visualnet.training.idle_probe import torch_is_ready
from visualnet.training.measure.free_memory import free_memory

PAUSE_MS = 2000
"""So long nothing was changed before it measures."""
SWITCH_S = 0.001
"""While training or measuring, threads hand Python to each other so soon: at the usual 5 ms steps and window wait for one another."""
SHARE = 0.5
"""What by formula takes more of the free memory is not measured by itself."""


class EpochForecasts(Measurement):
    """The forecast of the project in front. It is measured again when network, recipe, device or data are others."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, studio)
        self._measured: ResultsByDocument[EpochForecast] = ResultsByDocument(studio)
        self._failed: ResultsByDocument[str] = ResultsByDocument(studio)
        self._of_run: tuple[str, float] | None = None
        """The run that was begun last, and the time of an epoch that was forecast for it."""
        self._timers: WeakKeyDictionary[QWidget, QTimer] = WeakKeyDictionary()
        """What waits for a pause, for each widget that shows the forecast; it goes with the widget."""
        studio.project_changed.connect(lambda _before, _after: self.wake())
        studio.document_changed.connect(self.wake)
        studio.runner.state_changed.connect(self._follow_run)

    def watch(self, widget: QWidget) -> None:
        """Measure while this is on the screen."""
        self._timers[widget] = timer = QTimer(widget, singleShot=True, interval=PAUSE_MS)
        timer.timeout.connect(self._measure_if_wanted)

    def wake(self) -> None:
        """Something may be another now: look when nothing has changed for a while."""
        if self._task is not None and self._task.running and self.forecast is None:
            self._task.cancel()
        if self.forecast is None:
            self._wait()

    def _wait(self) -> None:
        for widget, timer in self._timers.items():
            if isValid(widget) and widget.isVisible():
                timer.start()

    @property
    def forecast(self) -> EpochForecast | None:
        """What was measured, if that is still so; the number of epochs is the recipe's."""
        measured, now = self._measured.get(), self.studio.project
        if measured is None:
            return None
        before, found = measured
        same = before.same_network(now) and measured_of(before) == measured_of(now)
        return found._replace(epochs=now.recipe.epochs) if same else None

    @property
    def trouble(self) -> str:
        """Why it could not be measured; nothing where it was, or was not tried."""
        failed = self._failed.get()
        return failed[1] if failed is not None and failed[0] is self.studio.project else ""

    def by_formula(self) -> float | None:
        """The time of an epoch by formula; None where this machine's speed is not known, or the data are not."""
        step, data = machine_speed_of(self.studio).step_seconds(), self.studio.runner.probes.data
        if step is None or data is None:
            return None
        steps = -(-len(data.train) // self.studio.project.recipe.batch_size)
        return step * steps * (1 + len(data.validation) / max(len(data.train), 1) / 3)

    def error_of_run(self) -> tuple[float, float] | None:
        """For the run that is shown and has ended: the time of an epoch that was forecast, and the time it took."""
        model = self.studio.runner.model
        if self._of_run is None or model is None or not model.over or not model.epochs or model.run != self._of_run[0]:
            return None
        return self._of_run[1], sum(epoch.seconds for epoch in model.epochs) / len(model.epochs)

    @property
    def _samples(self) -> int | None:
        """How many samples there are to train on, once the data are known."""
        data = self.studio.runner.probes.data
        return len(data.train) if data is not None else None

    def memory_fault(self) -> MemoryFault | None:
        """Why a run of the open project would not fit into memory; None if it does, or that is not known yet."""
        analysis, device = self.studio.analysis, self.studio.project.recipe.device
        if analysis.errors() or (device != "cpu" and not torch_is_ready()):
            return None
        forecast = self.forecast
        measured = forecast.memory if forecast is not None else None
        return find_memory_fault(analysis, _free(device), measured, _mixed_precision(device), self._samples)

    def measure(self) -> None:
        """Measure now, unless it is being measured, or a run goes on."""
        project = self.studio.project
        keep_measured, keep_failed = self._measured.keep_for_document(), self._failed.keep_for_document()

        def run(job: Job) -> EpochForecast | str:
            from visualnet.data.loading import load
            from visualnet.training.estimates.epoch_test import measure_epoch

            usual_s = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_S)  # as beside a run, or the steps take longer than in one
            try:
                return measure_epoch(project, load(project.data), job)
            except training_lock.Busy:
                return ""  # another time
            except ValueError as error:
                return str(error)
            finally:
                if not training_lock.training_waits():
                    sys.setswitchinterval(usual_s)

        def done(found: EpochForecast | str) -> None:
            if isinstance(found, EpochForecast):
                keep_measured(found)
            else:
                keep_failed(found)

        if not self.running and not self.why_not():
            self._begin(run, done, "measure an epoch", "The time of an epoch cannot be measured")

    def _show_share(self, share: float) -> None:
        """Nobody follows it: what is drawn meanwhile would slow down what is measured."""

    def _measure_if_wanted(self) -> None:
        studio = self.studio
        if self.forecast is not None or self.trouble or not studio.graph.nodes:
            return
        if studio.runner.busy or studio.runner.why_not():
            return
        if not torch_is_ready() or self.running:
            self._wait()
            return
        batch = largest_batch(studio.project.recipe, self._samples)
        if Costs(studio.analysis, batch).whole().training <= SHARE * _free(studio.project.recipe.device):
            self.measure()

    def _follow_run(self) -> None:
        runner, forecast = self.studio.runner, self.forecast
        if runner.state == "starting" and runner.run is not None and forecast is not None:
            self._of_run = runner.run.id, forecast.epoch_s
        self.wake()
        self.changed.emit()


def _free(wish: str) -> int:
    if wish == "cpu" or not torch_is_ready():
        return free_memory()
    from visualnet.training import devices

    try:
        return free_memory(devices.device_of(wish))
    except ValueError:
        return free_memory()


def _mixed_precision(wish: str) -> str:
    """What a device computes in; until torch is there to be asked, what most do."""
    if not torch_is_ready():
        return "bf16"
    from visualnet.training import devices

    try:
        return devices.mixed_precision(devices.device_of(wish))
    except ValueError:
        return "bf16"


def epoch_forecasts_of(studio: Studio) -> EpochForecasts:
    """The one of a Studio; it is made when first asked for."""
    return studio.findChild(EpochForecasts) or EpochForecasts(studio)


def refuse_too_large(studio: Studio) -> bool:
    """Say so where a run would not fit into memory, with what can be done; whether it would not."""
    fault = epoch_forecasts_of(studio).memory_fault()
    if fault is None:
        return False
    repairs: list[tuple[str, Callable[[], Any]]] = [
        (repair.words, partial(studio.do, repair.words, repair.apply)) for repair in fault.repairs
    ]
    if studio.shell.has_window:
        studio.shell.notify("error", fault.words, repairs)
    else:
        studio.message.emit("error", fault.words)
    return True
