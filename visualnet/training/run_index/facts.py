"""What the index knows of a run: read from its folder, as plain values by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from visualnet.core.text.timestamps import moment
from visualnet.training.process.liveness import is_trained
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.origins import describe_origin
from visualnet.training.run_records.record import RUNNING, RunRecord
from visualnet.training.runs.run_model import LOG

RECENT_S = 2.0
MAX_FILES = 20_000
"""So many files of a folder are counted for the disk that it takes."""


class RunRow(NamedTuple):
    """A run as a line of a list. ``best`` is the value of ``best_by`` in its best epoch; ``size`` in bytes, times in seconds."""

    id: str
    name: str
    project: str
    network: str
    state: str
    started: float
    duration: float
    epochs: int
    planned: int
    steps: int
    best: float | None
    best_by: str
    best_is: str
    data: str
    device: str
    size: int
    tags: tuple[str, ...]
    group: str
    archived: bool
    hidden: bool
    notes: bool
    resumable: bool


class RunFacts(NamedTuple):
    """A run's line, its facts by name, and the text in which words are looked for (without regard to case)."""

    row: RunRow
    facts: dict[str, Any]
    words: str


def read_facts(folder: Path) -> RunFacts:
    """What the folder of a run says.

    Raises:
        ValueError: it holds no run.
    """
    record, said = read_record(folder), read_annotations(folder)
    if record.state in ("waiting", "interrupted") and is_trained(folder):
        record = replace(record, state=RUNNING)  # its log just ends because it goes on
    started = record.started if moment(record.started) is not None else 0.0
    row = RunRow(
        folder.name,
        said.name,
        record.project,
        record.network,
        record.state,
        started,
        _seconds(record.duration),
        record.epochs,
        record.planned_epochs,
        record.steps,
        record.best_value,
        record.best_by,
        record.best_is,
        record.data_name,
        record.device,
        disk_used(folder),
        said.tags,
        said.group,
        said.archived,
        said.hidden,
        bool(said.notes),
        record.state not in ("done", RUNNING)
        and any((folder / name / "state.json").is_file() for name in ("last", "before-last")),
    )
    facts = _facts(record, row)
    words = (folder.name, said.name, record.project, said.group, *said.tags, said.notes, record.words, record.device)
    settings = (f"{name} {value}" for name, value in record.recipe.items())
    return RunFacts(
        row, facts | ({"notes": said.notes} if said.notes else {}), "\n".join((*words, *settings)).casefold()
    )


def _facts(record: RunRecord, row: RunRow) -> dict[str, Any]:
    found: dict[str, Any] = {**record.recipe, **record.varied}
    found |= {f"last.{name}": value for name, value in record.last.items()}
    found |= record.best
    found |= {
        name: value
        for name, value in row._asdict().items()
        if name not in ("tags", "archived", "hidden", "notes", "resumable", "data") and value not in (None, "")
    }
    found |= {"data": record.data_name or record.recipe.get("data", ""), "fingerprint": record.data}
    found |= {"parameters": record.parameters, "best_epoch": record.best_epoch, "words": record.words}
    found |= {f"version.{name}": value for name, value in record.versions.items()}
    found |= _processes(record)
    if record.revision is not None:
        found["revision"] = record.revision.commit
    if record.origin is not None:
        found["origin"] = describe_origin(record.origin)
    return {name: value for name, value in found.items() if value != ""}


def _processes(record: RunRecord) -> dict[str, Any]:
    """How many computed it; where there were several, on how many machines, and what they divided, as the command line calls it."""
    told = record.processes
    if told.count == 1:
        return {"processes": 1}
    return {
        "processes": told.count,
        "machines": told.hosts,
        "shard": told.shard,
        "sync_batchnorm": told.sync_batchnorm,
    }


def disk_used(folder: Path) -> int:
    """Bytes of all files below a folder; links are not followed."""
    total, left, stack = 0, MAX_FILES, [str(folder)]
    while stack and left > 0:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total


def mark_folder(entry: os.DirEntry[str], now: float) -> str:
    """What tells whether a file in a run's folder was made or replaced; nothing where that was a moment ago, so that it is looked at again.

    Only ever compared for being the same, so that a clock may jump.
    """
    found = entry.stat(follow_symlinks=False)
    return "" if abs(now - found.st_mtime) < RECENT_S else f"{found.st_mtime_ns} {found.st_ino}"


def log_size(folder: str) -> int:
    """The bytes of a run's log, which grows without a change of its folder."""
    try:
        return os.stat(os.path.join(folder, LOG)).st_size
    except OSError:
        return -1


def columns(row: RunRow) -> tuple[Any, ...]:
    """The row as the index keeps it."""
    return (*row[:16], json.dumps(row.tags), *row[17:])


def from_columns(kept: tuple[Any, ...]) -> RunRow:
    """The row as it was kept."""
    tags = tuple(json.loads(kept[16])) if kept[16] != "[]" else ()
    return RunRow._make((*kept[:16], tags, kept[17], *map(bool, kept[18:22])))


def _seconds(value: float) -> float:
    return value if 0 <= value < 1e12 else 0.0
