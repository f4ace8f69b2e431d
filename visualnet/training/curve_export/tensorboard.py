"""Event files for TensorBoard: while a run goes on, or of a kept one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.training import events
from visualnet.training.curve_export.rows import AVERAGE, STEP, TRAINING, VALIDATION, curves_of
from visualnet.training.runs.run_model import RunModel

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

NO_TENSORBOARD = "event files for TensorBoard need its package: install it with  pip install 'visualnet[tensorboard]'"


def tag_of(part: str, name: str) -> str:
    """Under which name TensorBoard shows a curve; what is before the slash is its group: ``step/loss``, ``validation/accuracy``."""
    return f"{part}/{name.replace('/', ' ')}"


def open_writer(folder: Path) -> SummaryWriter:
    """A writer of event files into a folder.

    Raises:
        ValueError: TensorBoard is not installed.
        OSError: the folder cannot be made.
    """
    try:
        from torch.utils.tensorboard.writer import SummaryWriter
    except ImportError:
        raise ValueError(NO_TENSORBOARD) from None
    return SummaryWriter(str(folder))


def write_tensorboard(folder: Path, model: RunModel) -> None:
    """Write all curves of a run into a new event file in a folder.

    Raises:
        ValueError: TensorBoard is not installed.
        OSError: the folder cannot be written to.
    """
    with open_writer(folder) as writer:
        for part, name, series in curves_of(model):
            for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True):
                if math.isfinite(value):
                    writer.add_scalar(tag_of(part, name), value, step, model.begun_at or None)


class TensorBoardSink:
    """A sink of a run's events: writes its values into event files as they come, and closes them when it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises:
        ValueError: TensorBoard is not installed.
        OSError: the folder cannot be made.
        """
        self._writer: SummaryWriter | None = open_writer(folder)

    def __call__(self, event: events.Event) -> None:
        if self._writer is None:
            return
        if isinstance(event, events.Steps):
            for name, values in event.values.items():
                for step, value in zip(event.numbers, values, strict=False):
                    self._add(STEP, name, step, value, event.time)
            self._add(STEP, "learning rate", event.step, event.lr, event.time)
            for name, learner in event.learners.items():
                self._add(STEP, f"learning rate, {name}", event.step, learner.lr, event.time)
        elif isinstance(event, events.EpochDone):
            for part, means in ((TRAINING, event.train), (VALIDATION, event.validation), (AVERAGE, event.average)):
                for name, mean in means.items():
                    self._add(part, name, event.step, mean, event.time)
        elif isinstance(event, events.Finished | events.Failed):
            self.close()

    def close(self) -> None:
        """Write no more."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _add(self, part: str, name: str, step: int, value: float | None, time: float) -> None:
        assert self._writer is not None
        if value is not None and math.isfinite(value):
            self._writer.add_scalar(tag_of(part, name), value, step, time)
