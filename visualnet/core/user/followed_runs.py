"""Runs that the person follows and that lie outside of the folder of runs: where, by name. What a project's file names is looked up here
after the folder of runs; a file itself may lead nowhere else."""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path

from visualnet.core.storage import paths, project_file
from visualnet.core.storage.regular_files import read_regular

MOST = 500
MAX_BYTES = 1 << 20
_lock = threading.Lock()


def followed_path() -> Path:
    """The file that holds them."""
    return paths.data_dir() / "followed.json"


def find_followed(name: str) -> Path | None:
    """The folder of the run of this name, if it was followed and is there."""
    place = _read().get(name)
    folder = Path(place) if place is not None else None
    return folder if folder is not None and folder.is_dir() else None


def remember_followed(folder: Path) -> None:
    """Keep where this run lies; the last ones are kept.

    Raises:
        FileError: the person's folder cannot be written.
    """
    with _lock:
        known = {name: place for name, place in _read().items() if name != folder.name}
        known[folder.name] = str(folder.absolute())
        kept = dict(list(known.items())[-MOST:])
        project_file.write(followed_path(), json.dumps(kept, ensure_ascii=False).encode())


def _read() -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads(read_regular(followed_path(), MAX_BYTES))
        if isinstance(found, dict):
            return {k: v for k, v in found.items() if isinstance(k, str) and isinstance(v, str)}
    return {}
