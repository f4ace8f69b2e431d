"""Runs as folders, and what is known of one as plain values: curves, epochs, state. No torch, no window.

A run's folder holds ``project.vnet``, ``events.jsonl``, ``best.safetensors``, ``last/`` (all that is needed to go on) and
``preparation.json`` (how new samples are prepared).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from visualnet.core.project import Project, RunRef
from visualnet.core.storage.paths import runs_dir
from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_quantity
from visualnet.core.text.timestamps import moment
from visualnet.training import events
from visualnet.training.events import Event
from visualnet.training.runs.epoch_scale import EpochScale
from visualnet.training.runs.series import Series

LOG, PROJECT = "events.jsonl", "project.vnet"
MAX_LINE = 1 << 20
MAX_OVERLONG = 16
"""So many pieces of ``MAX_LINE`` without an end of line, and it is no log: it is read no further."""
TAIL = 1 << 16
MOST_EPOCHS = 1 << 13
MOST_TROUBLES = 1_000
WATCHED = 1 << 15
"""Of a run that goes on, so many points of each curve are kept as they are, later ones are joined: 10⁷ steps take 6 MB a curve."""
WATCHED_EPOCHS = 1 << 10
OVER = {"done", "stopped", "failed", "interrupted"}


class RunModel:
    """Everything that a run has told so far, ready to be drawn.

    ``steps`` are the training values of every step; ``train`` and ``validation`` the means of each epoch, at the step
    where it ended. ``state`` is ``waiting``, ``training``, ``paused``, ``done``, ``stopped``, ``failed`` or
    ``interrupted`` (a log that just ends). ``watched``: for a run that goes on and is looked at, so that one of any length takes little
    memory: of what is late in a curve (`WATCHED`) only its extremes are kept.
    """

    def __init__(self, run: str = "", folder: Path | None = None, watched: bool = False) -> None:
        self.run, self.folder = run, folder
        self.state = "waiting"
        self._whole = WATCHED if watched else None
        self._most_epochs = WATCHED_EPOCHS if watched else MOST_EPOCHS
        self.steps: dict[str, Series] = {}
        self.train: dict[str, Series] = {}
        self.validation: dict[str, Series] = {}
        self.average: dict[str, Series] = {}
        """The validation means of the averaged copy of the weights."""
        self.lr = self._curve()
        self.rates: dict[str, Series] = {}
        """The rate of each of several learners, by name."""
        self._clipped, self._skipped = self._curve(), self._curve()
        """By the last of some steps, how many had been clipped or skipped until then."""
        self.seconds = self._curve()
        """The seconds that all epochs took that had ended by a step."""
        self.compiling = False
        """Whether the network is being translated, and the run answers to nothing meanwhile."""
        self.epochs: list[events.EpochDone] = []
        """Those that are done, in order. Of more than ``MOST_EPOCHS`` (``WATCHED_EPOCHS``) every second is forgotten; their values stay in
        the curves."""
        self.changes: list[events.Changed] = []
        """What was changed while it ran, in order."""
        self.planned_epochs = 0
        self._parts: list[tuple[int, int]] = []
        """Steps from which on an epoch has so many of them."""
        self.started: events.Started | None = None
        self.processes = events.Processes()
        """Those of the session that had the most of them."""
        self.progress: events.Progress | None = None
        self.probe_report: events.ProbeReport | None = None
        self.failed: events.Failed | None = None
        self.finished: events.Finished | None = None
        self.saved: events.CheckpointSaved | None = None
        self.memory: events.Memory | None = None
        self.networks: list[events.NetworkChanged] = []
        self.troubles: list[str] = []
        self.begun_at = 0.0
        self.unread = ""
        """What of the run's log could not be read, in words."""

    @property
    def epochs_done(self) -> int:
        """How many epochs are done."""
        return self.epochs[-1].epoch if self.epochs else 0

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in OVER

    @property
    def clipped(self) -> int:
        """Steps whose gradients were clipped."""
        return _total(self._clipped)

    @property
    def skipped(self) -> int:
        """Steps that were skipped because their gradients overflowed."""
        return _total(self._skipped)

    @property
    def step(self) -> int:
        """The last step of which anything is known."""
        loss = self.steps.get("loss")
        return loss.last[0] if loss is not None and loss.last else 0

    @property
    def best(self) -> events.EpochDone | None:
        """The best epoch so far of the present network, by the value that ``started.best_by`` names."""
        begin = self.networks[-1].epoch if self.networks else 0
        return next((e for e in reversed(self.epochs) if e.is_best and e.epoch > begin), None)

    @property
    def scale(self) -> EpochScale:
        """Its steps as epochs."""
        return EpochScale(self._parts)

    def step_seconds(self) -> float | None:
        """What a step took since the run was begun or resumed last; None while it goes on."""
        if self.started is None or self.finished is None:
            return None
        steps = self.finished.step - self.started.step
        return self.finished.seconds / steps if steps > 0 else None

    def consume(self, event: Event) -> None:
        """Take in one event."""
        take = _TAKERS.get(type(event))
        if take is not None:
            take(self, event)

    def ref(self) -> RunRef:
        """The run as a line of the history that travels with the project."""
        summary: dict[str, float] = {}
        for prefix, values in (("", self.best.train), ("validation_", self.best.validation)) if self.best else ():
            summary.update({prefix + name: value for name, value in values.items() if value is not None})
        begun = moment(self.begun_at)
        started = begun.isoformat(timespec="seconds") if begun is not None else ""
        # A plain name, to be looked for among this machine's runs: a file may not lead anywhere else.
        folder = self.folder.name if self.folder else ""
        return RunRef(
            id=self.run, folder=folder, started=started, state=self.state, epochs=self.epochs_done, summary=summary
        )

    def _curve(self) -> Series:
        return Series(whole=self._whole)

    # --- one method for each event ---------------------------------------------------------------------------------

    def _on_started(self, event: events.Started) -> None:
        counted = {"": self.lr, "clipped": self._clipped, "skipped": self._skipped, "seconds": self.seconds}
        for group in (self.steps, self.train, self.validation, self.average, self.rates, counted):
            for series in group.values():
                series.truncate_after(event.step)
        self.epochs = [e for e in self.epochs if e.step <= event.step and e.epoch <= event.epoch]
        self.networks = self.networks[: event.network]
        del self.changes[max(event.changes, 0) :]
        self.planned_epochs = event.epochs
        self._parts = [part for part in self._parts if part[0] <= event.step]
        self._divide(event.step if self._parts else 0, event.steps_per_epoch)
        self.started, self.state = event, "training"
        self.processes = max(self.processes, event.processes, key=lambda one: one.count)
        self.failed = self.finished = None
        self.run = self.run or event.run
        self.begun_at = self.begun_at or event.time

    def _on_steps(self, event: events.Steps) -> None:
        count = event.count
        steps = event.numbers
        for name, values in event.values.items():
            if len(values) == count:
                _extend(self.steps.setdefault(name, self._curve()), steps, values)
        _extend_rates(self.lr, steps, event)
        for name, learner in event.learners.items():
            _extend_rates(self.rates.setdefault(name, self._curve()), steps, learner)
        for counted, more in ((self._clipped, event.clipped), (self._skipped, event.skipped)):
            if more > 0:
                _extend(counted, [event.step], [_total(counted) + more])

    def _on_epoch(self, event: events.EpochDone) -> None:
        for kept, values in (
            (self.train, event.train),
            (self.validation, event.validation),
            (self.average, event.average),
        ):
            for name, value in values.items():
                _extend(kept.setdefault(name, self._curve()), [event.step], [value])
        spent = self.seconds.last[1] if self.seconds.last is not None else 0.0
        _extend(self.seconds, [event.step], [spent + max(event.seconds, 0.0)])
        self.epochs.append(event)
        if len(self.epochs) > self._most_epochs:
            best = self.best
            self.epochs = [e for i, e in enumerate(self.epochs, 1) if i % 2 or e is best or e is event]

    def _on_progress(self, event: events.Progress) -> None:
        self.progress, self.compiling = event, False

    def _on_compiling(self, event: events.Compiling) -> None:
        self.compiling = True

    def _on_probe_report(self, event: events.ProbeReport) -> None:
        self.probe_report = event

    def _on_paused(self, event: events.Paused) -> None:
        self.state = "paused"

    def _on_resumed(self, event: events.Resumed) -> None:
        self.state = "training"

    def _on_network_changed(self, event: events.NetworkChanged) -> None:
        self.networks = [*self.networks[: max(event.number - 1, 0)], event]
        if self.started is not None:
            names = ("parameters", "metrics", "losses", "lowers", "best_by", "best_is")
            self.started = replace(self.started, **{name: getattr(event, name) for name in names})

    def _on_changed(self, event: events.Changed) -> None:
        self.changes.append(event)
        self._divide(event.step, event.steps_per_epoch)
        for one in event.changes:
            if one.name == "epochs" and isinstance(one.after, int):
                self.planned_epochs = one.after

    def _divide(self, step: int, steps_per_epoch: int) -> None:
        """From this step on an epoch has so many steps."""
        if not self._parts or self._parts[-1][1] != steps_per_epoch:
            self._parts.append((step, steps_per_epoch))

    def _on_saved(self, event: events.CheckpointSaved) -> None:
        self.saved = event

    def _on_memory(self, event: events.Memory) -> None:
        self.memory = event

    def _on_trouble(self, event: events.Trouble) -> None:
        self.troubles.append(event.words)
        del self.troubles[:-MOST_TROUBLES]

    def _on_finished(self, event: events.Finished) -> None:
        self.finished, self.state = event, event.reason if event.reason in OVER else "done"

    def _on_failed(self, event: events.Failed) -> None:
        self.failed, self.state = event, "failed"


_TAKERS: dict[type, Callable[[RunModel, Any], None]] = {
    events.Started: RunModel._on_started,
    events.Steps: RunModel._on_steps,
    events.EpochDone: RunModel._on_epoch,
    events.Progress: RunModel._on_progress,
    events.Compiling: RunModel._on_compiling,
    events.ProbeReport: RunModel._on_probe_report,
    events.Paused: RunModel._on_paused,
    events.Resumed: RunModel._on_resumed,
    events.NetworkChanged: RunModel._on_network_changed,
    events.Changed: RunModel._on_changed,
    events.CheckpointSaved: RunModel._on_saved,
    events.Memory: RunModel._on_memory,
    events.Trouble: RunModel._on_trouble,
    events.Finished: RunModel._on_finished,
    events.Failed: RunModel._on_failed,
}


def _extend(series: Series, steps: Iterable[int], values: Iterable[float | None]) -> None:
    """Add points; what a resumed run has done before is replaced."""
    steps = list(steps)
    if series.last is not None and steps and steps[0] <= series.last[0]:
        series.truncate_after(steps[0] - 1)
    series.extend(steps, [float("nan") if value is None else value for value in values])


def _total(counted: Series) -> int:
    """The last value of a series of totals."""
    return int(counted.last[1]) if counted.last is not None else 0


def _extend_rates(series: Series, steps: Sequence[int], told: events.Steps | events.LearnerSteps) -> None:
    """Add a rate for each step where a schedule moves it, else one for all."""
    if len(steps) and len(told.rates) == len(steps):
        _extend(series, steps, told.rates)
    elif len(steps):
        _extend(series, steps[-1:], [told.lr])


# --- folders -------------------------------------------------------------------------------------------------------


def run_name(project: Project) -> str:
    """The project's name as a part of its runs' folders' names."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", project.name)[:40] or "net"


def create_run(project: Project, folder: Path | None = None) -> Path:
    """A folder for a new run, with the project as it is now. Without a folder, one of its own among the user's runs.

    Raises:
        FileError, OSError: it cannot be written.
    """
    from visualnet.core.storage import data_places, project_file

    if Path(project.data.path).is_absolute() and not data_places.is_known(project.data.path):
        # Whoever trains on these files chose them: the run must find them again from its own folder.
        data_places.remember(project.data.path)
    if folder is None:
        stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{run_name(project)}"
        names = (stem if i == 1 else f"{stem}-{i}" for i in range(1, 1000))
        folder = next(path for name in names if not (path := runs_dir() / name).exists())
    folder.mkdir(parents=True, exist_ok=True)
    project_file.save(folder / PROJECT, project)
    return folder


def read_run(folder: Path, watched: bool = False) -> RunModel:
    """What a run's log tells (``watched``: as a `RunModel` that goes on).

    Lines that cannot be read are left out, and ``unread`` says so, but for a last one that a crash has torn.
    """
    model = RunModel(folder.name, folder, watched)
    unread: list[int] = []
    try:
        with open_regular(folder / LOG) as file:
            overlong = number = 0
            while overlong < MAX_OVERLONG and (line := file.readline(MAX_LINE)):
                overlong += len(line) == MAX_LINE
                number += 1
                try:
                    model.consume(events.decode(line))
                except (ValueError, OverflowError):
                    if line.endswith(b"\n"):
                        unread.append(number)
    except OSError:
        return model
    model.unread = _describe_unread(model, unread)
    if not model.over and model.state != "waiting":
        model.state = "interrupted"
    return model


def _describe_unread(model: RunModel, unread: Sequence[int]) -> str:
    words = []
    if model.started is not None and model.started.format > events.LOG_FORMAT:
        words.append(
            "The record of this run was written by a newer VisualNet: what this version does not know is left out."
        )
    if unread:
        count = format_quantity(len(unread), "line")
        words.append(
            f"{count} of the run's record cannot be read (the first is line {unread[0]:,}): its curves have gaps there."
        )
    return " ".join(words)


def read_project(folder: Path) -> Project | None:
    """The project in a run's folder, of its present network (as it began: `run_changes.project_of_run`); None if it cannot be read."""
    from visualnet.core.storage import project_file

    try:
        return project_file.load(folder / PROJECT)
    except ValueError:
        return None


def count_epochs(folder: Path) -> int:
    """How many epochs are done by what the end of the run's log tells; 0 where it tells nothing."""
    done = 0
    for line in read_ends(folder / LOG)[1]:
        try:
            event = events.decode(line)
        except ValueError:
            continue
        if isinstance(event, events.Steps | events.EpochDone | events.CheckpointSaved):
            done = max(done, event.epoch)
    return done


def read_ends(log: Path) -> tuple[list[bytes], list[bytes]]:
    """The first line of a log and the last ones."""
    try:
        with open_regular(log) as file:
            first = file.readline(MAX_LINE)
            size = file.seek(0, 2)
            start = max(size - TAIL, len(first))
            file.seek(start)
            lines = file.read(TAIL).split(b"\n")
    except OSError:
        return [], []
    return [first], lines if start == len(first) else lines[1:]
