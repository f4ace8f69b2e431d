"""Writes a run's record when the run begins and when it ends: a sink of the Session's events."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.training import events
from visualnet.training.run_records.from_log import follow, of_project, read_record
from visualnet.training.run_records.record import FORMAT, RunRecord, write_record
from visualnet.training.run_records.revision import find_revision
from visualnet.version import __version__


class RecordWriter:
    """Keeps the record of one run. A disk that takes no more does not end the training: ``trouble`` is told once.

    What `prepare_record` said beforehand stays; so does what is known of a run that is resumed: when it first began, and its best epoch.
    """

    def __init__(self, folder: Path, project: Project, trouble: Callable[[events.Event], None]) -> None:
        self._folder, self._project, self._trouble = folder, project, trouble
        self._given_up = False
        try:
            known = read_record(folder)
        except ValueError:
            known = RunRecord(id=folder.name)
        if known.started and not known.epochs and not known.steps:
            known = replace(known, started=0.0)  # prepared, or begun without a step: it begins now
        revision = known.revision or (find_revision(Path(known.place)) if known.place else None)
        self.record = replace(of_project(known, project), format=FORMAT, revision=revision, versions=list_versions())

    def __call__(self, event: events.Event) -> None:
        """Take in an event; write where the run begins or ends."""
        if isinstance(event, events.Steps):
            return  # twenty times a second; the epochs and the end say how far it came
        self.record = follow(self.record, event)
        if isinstance(event, events.Started | events.Finished | events.Failed):
            self._write()

    def _write(self) -> None:
        if self._given_up:
            return
        try:
            write_record(self._folder, self.record)
        except FileError as error:
            self._given_up = True
            self._trouble(events.Trouble(words=f"the run's record cannot be written: {error} Training goes on."))


def list_versions() -> dict[str, str]:
    """The versions of what trains here, by name."""
    import numpy
    import torch

    return {
        "visualnet": __version__,
        "torch": str(torch.__version__),
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
