"""How fast this machine is, measured once when asked, beside the window; from it the time of a training step is forecast."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.analysis.pace import Pace, step_seconds
from visualnet.pytorch import need_torch
from visualnet.training import paces

if TYPE_CHECKING:
    from visualnet.app.studio import Studio

EVERY_MS = 50


class Pacing(QObject):
    """One for a window. What was measured is kept for the next start."""

    changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.studio = studio
        self._paces: dict[str, Pace] | None = None
        self._thread: threading.Thread | None = None
        self._answer: Pace | str | None = None
        self._asked = ""
        self._look = QTimer(self)
        self._look.setInterval(EVERY_MS)
        self._look.timeout.connect(self._see)

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._thread is not None

    @property
    def device(self) -> str:
        """The device that the recipe wishes."""
        return self.studio.project.recipe.device

    def step_seconds(self) -> float | None:
        """The forecast for the open project; None while the device was not measured, or the network cannot be trained."""
        if self._paces is None:
            self._paces = paces.kept()
        pace, analysis = self._paces.get(paces.key(self.device)), self.studio.analysis
        return None if pace is None or analysis.errors() else step_seconds(analysis, pace)

    def taken_seconds(self) -> float | None:
        """What a step of the last run took, if that run was of a network like this one."""
        model = getattr(self.studio.runner, "model", None)
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
        runner = self.studio.runner
        if self.running:
            return
        if runner is not None and runner.busy:
            self.studio.message.emit("warning", "A run is going on: measure the machine when it has ended.")
            return
        self._answer, self._asked = None, self.device
        self._thread = threading.Thread(target=self._work, args=(self._asked,), name="pace")
        self._thread.start()
        self._look.start()
        self.changed.emit()

    def _work(self, wish: str) -> None:
        try:
            need_torch()
            from visualnet.training import calibration, placement

            self._answer = calibration.measure(placement.place(wish).device)
            paces.keep(wish, self._answer)
        except Exception as error:
            self._answer = str(error).strip().partition("\n")[0] or type(error).__name__

    def _see(self) -> None:
        if self._answer is None:
            return
        self.close()
        if isinstance(self._answer, str):
            self.studio.message.emit("error", f"The machine cannot be measured: {self._answer}")
        else:
            self._paces = {**(self._paces or {}), paces.key(self._asked): self._answer}
        self.changed.emit()

    def close(self) -> None:
        """Wait for the thread."""
        self._look.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
