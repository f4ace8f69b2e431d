"""Where a run is trained: in this process, in one of its own, or wherever one already goes on; what is the same of all, and who chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer

from visualnet.analysis import Analysis
from visualnet.app.state.frame_settings import AT_CLOSING, TRAIN_IN
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity
from visualnet.core.user.settings import Settings
from visualnet.training import training_lock
from visualnet.training.control import Control, TrainingControl
from visualnet.training.events import Failed, Trouble
from visualnet.training.idle_probe import torch_is_ready
from visualnet.training.process import address
from visualnet.training.process.follow import Follower
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.process.spawn import SpareProcess, train_in_process
from visualnet.training.training_job import train

PLACES: Mapping[str, tuple[str, str]] = {
    "auto": (
        "Automatically",
        "In a process of its own where a GPU is used or the network is large; small and quick ones in the window",
    ),
    "window": (
        "In the window's process",
        "It begins at once. The window and the training share their processor time and their fate",
    ),
    "process": (
        "In a process of its own",
        "A crash of it leaves the window alone, and it can go on while the window is closed",
    ),
}
"""The choices, each with what it means."""
LARGE = 2_000_000
"""Parameters from which on a network counts as large."""
Put = Callable[[object], None]
WARM_MS = 1500
"""So long after a project was opened, or a run has ended, a process is made ready for the next run."""
Place = Literal["window", "process"]


@dataclass(frozen=True)
class RunningTraining:
    """A run that goes on: what steers it, and ``follow``, which ends with it (for a thread). ``leave`` lets it go on alone; None where it
    ends with the window."""

    control: TrainingControl
    follow: Callable[[], None]
    leave: Callable[[], None] | None = None
    attached: bool = False
    """Whether it went on before it was followed."""


class TrainingPlaces(QObject):
    """Begins trainings where the person's settings say. A spare process waits where the next one will be needed."""

    choices = PLACES

    def __init__(self, studio: Studio, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._settings = studio, settings
        self._spare = SpareProcess()
        self._warming = QTimer(self, singleShot=True, interval=WARM_MS)
        self._warming.timeout.connect(self._prepare)

    @property
    def wish(self) -> str:
        """What the person has chosen: a key of `PLACES`."""
        kept = self._settings[TRAIN_IN]
        return kept if kept in PLACES else "auto"

    @property
    def at_closing(self) -> str:
        """What becomes of a run that can go on when the window closes: ``ask``, ``keep`` or ``stop``."""
        kept = self._settings[AT_CLOSING]
        return kept if kept in ("keep", "stop") else "ask"

    def remember_closing(self, what: str) -> None:
        """Do the same from now on, and ask no more."""
        self._settings[AT_CLOSING] = what

    def ask_again(self) -> None:
        """Ask what becomes of a run when the window closes."""
        self._settings[AT_CLOSING] = "ask"

    def choose(self, wish: str) -> None:
        """Train there from the next run on."""
        self._settings[TRAIN_IN] = wish
        if self._needs_process:
            self.warm_up()
        else:
            self._spare.close()

    def place(self, project: Project, analysis: Analysis) -> tuple[Place, str]:
        """Where a run of this project is trained, and why."""
        if self.wish == "window":
            return "window", "as chosen"
        if self.wish == "process":
            return "process", "as chosen"
        if device := _gpu(project.recipe.device):
            return "process", f"it trains on {device}"
        if analysis.main.parameters >= LARGE:
            return "process", f"it is large: {format_quantity(analysis.main.parameters, 'parameter')}"
        return "window", "it is small"

    @property
    def _needs_process(self) -> bool:
        return self.place(self._studio.project, self._studio.analysis)[0] == "process"

    def warm_up(self) -> None:
        """Have a process ready soon if the next run of the project in front is to have one."""
        if self._needs_process:
            self._warming.start()

    def _prepare(self) -> None:
        if self._needs_process and not training_lock.training_waits():
            self._spare.prepare()

    def begin(self, place: Place, project: Project, folder: Path, resume: bool, put: Put) -> RunningTraining:
        """Train the project into a run's folder."""
        if place == "window":
            here = Control()
            return RunningTraining(here, partial(_train_here, project, folder, resume, here, put))
        control = RemoteControl(lambda words: put(Trouble(words=words)))
        owned = self.at_closing == "stop"  # as when it closes, so when it crashes
        follow = partial(train_in_process, project, folder, resume, control, put, self._spare.take, owned)
        return RunningTraining(control, follow, control.leave)

    def attach(self, folder: Path, at: str, put: Put) -> RunningTraining:
        """Follow the run that goes on in this folder; ``at`` is the end of a tunnel to it, if one is needed."""
        control = RemoteControl(lambda words: put(Trouble(words=words)))

        def follow() -> None:
            # What is measured here while it trains would be worth nothing, as beside a training of our own.
            with training_lock.training(lambda: control.left):
                Follower(folder, control, put, at).run()

        return RunningTraining(control, follow, control.leave, attached=True)

    def close(self) -> None:
        """The window closes: nothing waits any more."""
        self._warming.stop()
        self._spare.close()


def _train_here(project: Project, folder: Path, resume: bool, control: Control, put: Put) -> None:
    """Train in this thread, and let other windows and shells see that the run goes on."""
    try:
        with address.lock_run(folder):
            train(project, folder, resume, control, put)
    except address.Unreachable as error:
        put(Failed(kind="error", words=str(error)))


def _gpu(wish: str) -> str:
    """The GPU that a recipe's wish leads to; nothing where it leads to none, or that is not known yet."""
    if wish == "cpu" or not torch_is_ready():
        return ""
    from visualnet.training import devices

    try:
        found = str(devices.device_of(wish))
    except ValueError:
        return ""
    return "" if found == "cpu" else found
