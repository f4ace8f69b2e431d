"""Trains an experiment in the background, and keeps its results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.core.process.mailbox import Mailbox
from visualnet.training.experiments import experiment_folder
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.model import ExperimentModel, read_model
from visualnet.training.experiments.runner import ExperimentMessage, StopControl, observe_variant, run_experiment
from visualnet.training.experiments.trials import ExperimentTrial, name_of, project_of

TICK_MS = 66


class Experimenter(QObject):
    """One experiment at a time: trained, or read again from where it is kept. ``model`` is None before anything is known."""

    changed = Signal()
    """Something was told, or it has begun or ended."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.model: ExperimentModel | None = None
        self.training = False
        """Whether runs are trained; what is kept may be looked at too."""
        self._task: BackgroundTask | None = None
        self._control: StopControl | None = None
        self._mailbox = Mailbox()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._receive)

    @property
    def busy(self) -> bool:
        """Whether something is computed."""
        return self._task is not None and self._task.running

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not ended."""
        return self.busy and self._control is not None and self._control.stopping

    def start(self, experiment: Experiment, seeds: Sequence[int], folder: Path, own: Any = None) -> None:
        """Train the runs of an experiment that are not done in this folder; nothing while another one goes on."""
        if self.busy:
            return
        self.model = ExperimentModel(experiment, seeds, folder)
        self.model.state = "running"
        stop_control = StopControl()
        self._begin(stop_control, partial(_train, experiment, tuple(seeds), folder, stop_control, own), training=True)

    def show(self, experiment: Experiment, found: experiment_folder.KeptExperiment) -> None:
        """Read what was trained before, and observe its first runs again."""
        if self.busy:
            return
        self.model = read_model(experiment, found.folder, found.seeds)
        stop_control = StopControl()
        self._begin(stop_control, partial(_observe, self.model, stop_control), training=False)

    def clear(self) -> None:
        """Nothing is known."""
        if not self.busy:
            self.model = None
            self.changed.emit()

    def stop(self) -> None:
        """End after the step in hand; what is done is kept."""
        if self._control is not None:
            self._control.stop()
            self.changed.emit()

    def wait(self) -> None:
        """Wait until nothing is computed any more."""
        if self._task is not None:
            self._task.wait()

    def _begin(self, stop_control: StopControl, work: Any, training: bool) -> None:
        self._control, self.training = stop_control, training
        put = self._mailbox.put

        def run(job: Job) -> None:
            def tell(message: ExperimentMessage) -> None:
                if job.stop.is_set():  # the window closes
                    stop_control.stop()
                put(message)

            work(tell)

        self._task = BackgroundTask(
            run, name="experiment", words="The experiment has failed", parent=self, look_ms=TICK_MS
        )
        self._task.finished.connect(self._end)
        self._timer.start()
        self.changed.emit()

    def _receive(self) -> None:
        if self.model is None:
            return
        told = self._mailbox.drain()
        for message in told:
            self.model.consume(message)
        if told:
            self.changed.emit()

    def _end(self) -> None:
        self._timer.stop()
        self._receive()
        self._task = self._control = None
        self.training = False
        self.changed.emit()


def _train(
    experiment: Experiment, seeds: tuple[int, ...], folder: Path, stop_control: StopControl, own: Any, tell: Any
) -> None:
    run_experiment(experiment, seeds, folder, stop_control, tell, own)


def _observe(model: ExperimentModel, stop_control: StopControl, tell: Any) -> None:
    """Observe the first run of each variant, where it is done."""
    from visualnet.pytorch import need_torch
    from visualnet.training import devices
    from visualnet.training.experiments.runner import Stopped

    devices.prepare()
    need_torch()
    assert model.folder is not None
    try:
        for variant in range(len(model.experiment.variants)):
            trial = ExperimentTrial(variant, model.seeds[0])
            run = model.runs.get(trial)
            if run is not None and run.over:
                place = model.folder / name_of(model.experiment, trial)
                observe_variant(
                    model.experiment, variant, project_of(model.experiment, trial), place, stop_control, tell
                )
    except Stopped:
        return
