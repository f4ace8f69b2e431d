"""The record of a run that has none, or whose record was not closed: made of its project and the ends of its log."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec.structs import replace

from visualnet.core.project import Project
from visualnet.training import events
from visualnet.training.run_records.bounded_file import finite_figures
from visualnet.training.run_records.origins import origin_of
from visualnet.training.run_records.recipe_values import recipe_values
from visualnet.training.run_records.record import RECORD, RUNNING, RunRecord, clip_record, read_file
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import LOG, read_ends, read_project


def read_record(folder: Path) -> RunRecord:
    """What the run in a folder remembers, however it ended.

    A record that says that it trains is completed from the log; its state is ``interrupted`` then, as that of a log that just ends: who
    knows that the run goes on says so. Where there is no record, or it cannot be read, it is made of the project and the log.

    Raises:
        ValueError: there is neither a record nor a log in the folder.
    """
    try:
        record = read_file(folder)
    except (FileNotFoundError, ValueError):
        if not (folder / LOG).is_file():
            raise ValueError(f"{folder} holds no run: neither {RECORD} nor {LOG} can be read there") from None
        return complete(of_project(RunRecord(id=folder.name), read_project(folder)), folder)
    return complete(record, folder) if record.state in ("waiting", RUNNING) else record


def of_project(record: RunRecord, project: Project | None) -> RunRecord:
    """The record with what a project says of its run."""
    if project is None:
        return record
    return clip_record(
        replace(
            record,
            project=project.name,
            network=mark_of(project),
            recipe=recipe_values(project),
            data_name=project.data.called,
            seeds={"recipe": project.recipe.seed, "data": project.data.seed},
            origin=record.origin or (None if record.steps else origin_of(project)),
        )
    )


def complete(record: RunRecord, folder: Path) -> RunRecord:
    """The record with what the first and the last lines of the log tell; the log may be torn, or not be there."""
    head, tail = read_ends(folder / LOG)
    for line in (*head, *tail):
        try:
            record = follow(record, events.decode(line))
        except (ValueError, OverflowError):
            continue
    try:  # a log may say anything: it is held against the same bounds as a file
        record = msgspec.convert(msgspec.to_builtins(clip_record(record)), RunRecord)
    except msgspec.ValidationError:
        record = RunRecord(id=folder.name, state=RUNNING)
    if record.started <= 0:
        record = replace(record, started=_age(folder))
    return replace(record, state="interrupted") if record.state == RUNNING else record


def follow(record: RunRecord, event: events.Event) -> RunRecord:
    """The record after an event. The same for the run itself while it goes on and for who reads its log."""
    if isinstance(event, events.Started):
        return _begin(record, event)
    if isinstance(event, events.Steps):
        return replace(record, steps=max(event.step, 0), duration=max(record.duration, event.time - record.started))
    if isinstance(event, events.EpochDone):
        return _close_epoch(record, event)
    if isinstance(event, events.Changed):
        lengths = [one.after for one in event.changes if one.name == "epochs" and isinstance(one.after, int)]
        return replace(record, changes=record.changes + 1, planned_epochs=(lengths or [record.planned_epochs])[-1])
    if isinstance(event, events.NetworkChanged):
        names = {"metrics": tuple(event.metrics), "best_by": event.best_by, "best_is": event.best_is}
        return replace(record, networks=event.number, parameters=event.parameters, best={}, best_epoch=0, **names)
    if isinstance(event, events.Finished):
        state = event.reason if event.reason in ("done", "stopped") else "done"
        return replace(
            record, state=state, steps=event.step, epochs=event.epoch, duration=event.seconds, ended=event.time
        )
    if isinstance(event, events.Failed):
        return replace(record, state="failed", words=event.words, ended=event.time)
    return record


def _begin(record: RunRecord, event: events.Started) -> RunRecord:
    return replace(
        record,
        state=RUNNING,
        words="",
        ended=None,
        started=record.started or event.time,
        device=event.device,
        threads=event.threads,
        machine=event.machine,
        processes=event.processes,
        parameters=event.parameters,
        planned_epochs=event.epochs,
        steps=event.step,
        epochs=event.epoch,
        data=event.data,
        sizes=tuple(event.sizes),
        versions={**record.versions, **({"torch": event.torch} if event.torch else {})},
        best_by=event.best_by,
        best_is=event.best_is,
        metrics=tuple(event.metrics),
        networks=event.network,
        changes=event.changes,
    )


def _close_epoch(record: RunRecord, event: events.EpochDone) -> RunRecord:
    last = finite_figures({**event.train, **{f"validation_{name}": value for name, value in event.validation.items()}})
    best = last if event.is_best else record.best
    if not best and event.best is not None and record.best_by:
        # Of an epoch further up in the log only the value that it was chosen by is known.
        of = "validation_" if event.validation else ""
        best = finite_figures({f"{of}{record.best_by}": event.best})
    return replace(
        record,
        epochs=max(event.epoch, 0),
        steps=max(event.step, 0),
        best_epoch=max(event.best_epoch, 0),
        best=best,
        last=last,
        duration=max(record.duration, event.time - record.started),
    )


def _age(folder: Path) -> float:
    try:
        return max(folder.stat().st_mtime, 0.0)
    except OSError:
        return 0.0
