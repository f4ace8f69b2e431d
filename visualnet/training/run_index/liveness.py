"""Whether a run is being trained now, by whatever process: told by the lock in its folder, or by its log where another machine trains."""

from __future__ import annotations

import os
import time
from pathlib import Path

from visualnet.training.process import address
from visualnet.training.runs.run_model import LOG

SILENT_S = 120.0
"""A run of another machine whose log has not grown for so long counts as over: its lock cannot be seen from here."""


def is_trained(folder: Path) -> bool:
    """Whether a process trains in this folder: one of this machine holds its lock, however it was started; of one elsewhere, whose address
    stands in the folder, only the growing log can be seen."""
    return address.is_running(folder) or _is_told_of_elsewhere(folder)


def _is_told_of_elsewhere(folder: Path) -> bool:
    if not (folder / address.FILE).is_file():
        return False
    try:
        found = address.read(folder)
        written = os.stat(folder / LOG).st_mtime
    except (address.Unreachable, OSError):
        return False
    return found is not None and not found.here and abs(time.time() - written) < SILENT_S
