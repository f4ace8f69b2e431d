"""Whether a run is being trained now, by whatever process: told by the lock in its folder, or by its files where another machine trains.

Of a run elsewhere the lock cannot be seen from here. Its log grows and its address is touched (`address.BEAT_S`); whether they do is
found by looking twice, by the monotonic clock of this machine: clocks of two machines may differ, and any clock may be set.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

from visualnet.training.process import address
from visualnet.training.runs.run_model import LOG

SILENT_S = 120.0
"""A run of another machine of which nothing has moved for so long, while it was looked at from here, counts as over."""


class Look(NamedTuple):
    """What was found of a run elsewhere: marks of its files, since when they are so by the monotonic clock, and whether they ever moved."""

    marks: tuple[int, ...]
    since: float
    moved: bool


_looks: dict[Path, Look] = {}


def is_trained(folder: Path) -> bool:
    """Whether a process trains in this folder, as far as can be told now.

    One of this machine holds its lock, however it was started. Of one elsewhere, whose address stands in the folder, files move. At the
    first look, where nothing was seen to move yet, the times of the files are believed.
    """
    if address.is_running(folder):
        return True
    found = _look(folder)
    if found is None or _silent(found):
        return False
    return found.moved or (address.is_elsewhere(folder) and abs(time.time() - max(found.marks[1:]) / 1e9) < SILENT_S)


def may_be_trained(folder: Path) -> bool:
    """Whether a process may be training in this folder: False only where that is known. To be asked before something is lost.

    A run elsewhere that was not looked at for `SILENT_S` may be trained. Asking is a look.
    """
    if address.is_running(folder):
        return True
    found = _look(folder)
    return found is not None and not _silent(found)


def _silent(found: Look) -> bool:
    return time.monotonic() - found.since >= SILENT_S


def _look(folder: Path) -> Look | None:
    """Look at the files of a run that is not known to be of this machine; None where it is, or where nobody says that it is trained."""
    try:
        told = address.read(folder)
        if told is None or told.here:
            raise FileNotFoundError
    except address.Unreachable:
        pass  # another user's, or damaged: who trains it is not known
    except OSError:
        _looks.pop(folder, None)
        return None
    marks = (*_mark(folder / LOG), _mark(folder / address.FILE)[1])
    before = _looks.get(folder)
    if before is None or before.marks != marks:
        _looks[folder] = Look(marks, time.monotonic(), before is not None)
    return _looks[folder]


def _mark(file: Path) -> tuple[int, int]:
    """Size in bytes and time in nanoseconds of a file; of none, zeros."""
    try:
        found = os.stat(file, follow_symlinks=False)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
