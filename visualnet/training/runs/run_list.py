"""The runs that there are in a folder, each as a line of a list, read from the ends of its log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from visualnet.core.storage.paths import runs_dir
from visualnet.core.text.timestamps import moment
from visualnet.training import events
from visualnet.training.runs.run_model import LOG, RunModel, read_ends


class RunInfo(NamedTuple):
    """A line of the list of runs."""

    id: str
    folder: Path
    name: str
    started: float
    state: str
    epochs: int
    best: float | None
    resumable: bool


def list_runs(folder: Path | None = None) -> list[RunInfo]:
    """The user's runs, the newest first; only the ends of each log are read. None where the folder cannot be looked into."""
    try:
        folders = sorted((folder or runs_dir()).iterdir())
    except OSError:
        return []
    found = [_info(p) for p in folders if p.is_dir() and not p.name.startswith(".") and (p / LOG).is_file()]
    return sorted(found, key=lambda info: info.started, reverse=True)


def _info(path: Path) -> RunInfo:
    head, tail = read_ends(path / LOG)
    model = RunModel(path.name, path)
    state, best, epochs, started = "interrupted", None, 0, 0.0
    for line in (*head, *tail):
        try:
            event = events.decode(line)
        except ValueError:
            continue
        if isinstance(event, events.Started):
            started, state = started or event.time, "interrupted"
        elif isinstance(event, events.EpochDone):
            epochs, best = event.epoch, event.best
        elif isinstance(event, events.Finished | events.Failed):
            model.consume(event)
            state = model.state
    name = re.sub(r"^\d{8}-\d{6}-(.+?)(-\d+)?$", r"\1", path.name)
    resumable = state != "done" and any((path / name).is_dir() for name in ("last", "before-last"))
    began = started if moment(started) is not None else _age(path)
    return RunInfo(path.name, path, name, began, state, epochs, best, resumable)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
