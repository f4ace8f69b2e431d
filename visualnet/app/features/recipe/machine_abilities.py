"""What the machine switches of a recipe cannot be set to here: asked in the background, once for each device, while somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.pytorch import need_torch

Missing = Mapping[str, Mapping[Any, str]]
"""By setting and value: why not, and what would do."""


class MachineAbilities(QObject):
    """Asks torch, which may first have to be loaded. ``changed`` tells that an answer is there."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[str, Missing] = {}
        self._task: BackgroundTask | None = None

    def missing(self, device: str) -> Missing:
        """What cannot be on this device of a recipe; nothing where that is not known yet."""
        return self._known.get(device, {})

    def ask(self, device: str) -> None:
        """Find it out, unless that is known or being asked."""
        if device in self._known or (self._task is not None and self._task.running):
            return

        def run(_job: Job) -> Missing:
            need_torch()
            from visualnet.training import devices

            try:
                return devices.find_missing(devices.device_of(device))
            except ValueError:  # a device that is not here is told beside its own field
                return {}

        def done(missing: Missing) -> None:
            self._known[device] = missing
            self.changed.emit()

        self._task = BackgroundTask(
            run, done, name="machine abilities", words="What this machine can do is not known", parent=self
        )
