"""What the training thread does, and what it tells the runner besides the events of the session."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.core.project import Project, RunRef
from visualnet.data.loading import load
from visualnet.pytorch import NoTorch, need_torch
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel, read_run


class Ended(NamedTuple):
    """The training thread has nothing more to say."""

    run: str


class RunRead(NamedTuple):
    """A run has been read from its folder; None with words if it could not be."""

    run: str
    purpose: str
    model: RunModel | None
    words: str = ""


class Work:
    """What the training thread does. Everything of torch is imported here, never in the window's thread."""

    def __init__(
        self, project: Project, run: str, folder: Path, resume: bool, control: Control, put: Callable[[object], None]
    ) -> None:
        self.project, self.run, self.folder, self.resume, self.control, self.put = (
            project,
            run,
            folder,
            resume,
            control,
            put,
        )

    def __call__(self) -> None:
        failure: events.Failed | None = None
        try:
            self._train()
        except Exception as error:
            # Only text is kept: a kept exception would keep every tensor of the step alive.
            words = str(error).strip().partition("\n")[0] or type(error).__name__
            trace = "" if isinstance(error, NoTorch) else traceback.format_exc()[-20_000:]
            failure = events.Failed(kind="error", words=words, traceback=trace)
        # A network refers to itself in circles: without this its tensors, and the optimizer's, stay until Python next looks for
        # such circles, which in a quiet window is never, and the next run has that much less memory.
        gc.collect()
        if failure is not None:
            self.put(failure)
        self.put(Ended(self.run))

    def _train(self) -> None:
        from visualnet.training import devices

        devices.prepare()
        need_torch()
        if self.resume:
            self.put(read_aside(self.run, self.folder, "resume"))
        from visualnet.training.session import Session

        if self.control.stopping:
            return
        data = load(self.project.data)
        # What is there now stays: the collection at the end walks over what the run made, not over all of torch and the window.
        gc.freeze()
        Session(self.project, data, self.put, self.control, folder=self.folder, resume=self.resume).run()


def read_aside(run_id: str, folder: Path, purpose: str) -> RunRead:
    """Read a run's log, for the runner to take in."""
    try:
        return RunRead(run_id, purpose, read_run(folder))
    except (OSError, ValueError) as error:
        return RunRead(run_id, purpose, None, str(error))


def told(run: RunRef, model: RunModel | None, goes_on: bool) -> RunRef:
    """The line of the history for a run as it stands."""
    if model is None:
        return replace(run, state="running" if goes_on else "stopped")
    state = "running" if goes_on else model.state if model.over else "stopped"
    summary = {**run.summary, **model.ref().summary}
    if model.lr.last is not None:
        summary["lr"] = model.lr.last[1]
    if model.finished is not None:
        summary |= {"seconds": model.finished.seconds, "step": float(model.finished.step)}
    if model.best is not None:
        summary["best_epoch"] = float(model.best.epoch)
    extra = dict(run.extra)
    if model.started is not None:
        extra |= {"device": model.started.device, "best_by": model.started.best_by, "best_is": model.started.best_is}
    return replace(run, state=state, epochs=len(model.epochs), summary=history.figures(summary), extra=extra)
