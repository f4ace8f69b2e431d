"""What is done in the background once the window stands: torch is imported, and what killed processes left is tidied away."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.core.storage.paths import data_dir, runs_dir
from visualnet.core.storage.temporaries import Deadline, sweep_all
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user.settings import Settings
from visualnet.pytorch import NoTorch, need_torch
from visualnet.training.process.address import running_runs

SWEEP_S = 3.0
"""Tidying up takes no longer; the next start goes on."""
IMPORT_TORCH = "import torch"
"""The name of the thread that does it."""


def import_torch(parent: QObject) -> None:
    """Import torch, unless it is there already, so that the first Train does not wait for it."""

    def run(_job: Job) -> None:
        try:
            need_torch()
        except NoTorch:
            return  # told where it is needed: a network can be drawn without it
        import visualnet.compiling.module
        import visualnet.training.loop.session  # noqa: F401

    if "torch" not in sys.modules:
        BackgroundTask(run, name=IMPORT_TORCH, words="PyTorch cannot be imported", parent=parent)


def tell_of_trainings(studio: Studio, parent: QObject) -> None:
    """Say which trainings go on in processes of their own that nobody follows here."""

    def tell(found: list[Path]) -> None:
        run = studio.runner.run if studio.runner.busy else None
        names = [visible(folder.name) for folder in found if run is None or folder.name != run.folder]
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            words = f"A training goes on in a process of its own: {names[0]}{more}"
            studio.message.emit("hint", f"{words}. Train > Elsewhere or later > Follow a training shows it.")

    BackgroundTask(
        lambda _job: running_runs(runs_dir()),
        tell,
        name="find trainings",
        words="The trainings that go on cannot be found",
        parent=parent,
    )


def tidy_up(settings: Settings, parent: QObject) -> None:
    """Take away what dead processes left in the person's data folder and beside the files that were opened lately."""
    documents = [file.path for file in settings.files()]
    BackgroundTask(
        lambda job: sweep_all(data_dir(), documents, Deadline(SWEEP_S, job.stop)),
        name="tidy up",
        words="What killed processes left cannot be tidied away",
        parent=parent,
    )
