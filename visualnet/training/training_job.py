"""A training as a job for a thread of its own: it speaks only through ``put``, and leaves nothing of torch behind."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable
from pathlib import Path

from visualnet.core.errors import first_line
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.pytorch import NoTorch, need_torch
from visualnet.training import events, training_lock
from visualnet.training.control import Control
from visualnet.training.recipe.live_settings import find_changes, is_live, set_values
from visualnet.training.runs.run_model import RunModel, read_project, read_run


class _StoppedEarly(Exception):
    """The training was stopped while its data were read."""


def train(project: Project, folder: Path, resume: bool, control: Control, put: Callable[[object], None]) -> None:
    """Train the project into a run's folder. A failure is put as an event; a resumed run puts its `RunModel` first.

    Everything of torch is imported here, never in the window's thread.
    """
    failure: events.Failed | None = None
    try:
        with training_lock.training(lambda: control.stopping):
            _train(project, folder, resume, control, put)
    except Exception as error:
        # Only text is kept: a kept exception would keep every tensor of the step alive.
        words = first_line(error)
        trace = "" if isinstance(error, NoTorch) else traceback.format_exc()[-20_000:]
        failure = events.Failed(kind="error", words=words, traceback=trace)
    # A network refers to itself in circles: without this its tensors, and the optimizer's, stay until Python next looks for
    # such circles, which in a quiet window is never, and the next run has that much less memory.
    gc.collect()
    if failure is not None:
        put(failure)


def _train(project: Project, folder: Path, resume: bool, control: Control, put: Callable[[object], None]) -> None:
    from visualnet.training import devices

    devices.prepare()
    need_torch()
    if resume:
        known = read_run(folder, watched=True)
        put(known)
        _go_on(project, folder, known, control)
    from visualnet.training.loop.session import Session

    if control.stopping:
        return

    def check(share: float) -> None:
        if control.stopping:
            raise _StoppedEarly

    try:
        data = load(project.data, check)
    except _StoppedEarly:
        return
    # What is there now stays: the collection at the end walks over what the run made, not over all of torch and the window.
    gc.freeze()
    Session(project, data, put, control, folder=folder, resume=resume).run()


def _go_on(project: Project, folder: Path, known: RunModel, control: Control) -> None:
    """The project that is seen says how the run goes on, also where it says again what the run began with."""
    if (begun := read_project(folder)) is not None:
        made = {one.setting: one.after for event in known.changes for one in event.changes}
        last = set_values(begun, {setting: value for setting, value in made.items() if is_live(begun, setting)})
        control.change({one.setting: one.after for one in find_changes(last, project)})
