"""Where own data lie: relative to the project in its file, absolute in memory, and only in places that this person chose.

A stranger's file must not lead the program through this machine. What it names below its own folder is read; what lies elsewhere is read
only if the person pointed to that place on this machine before. A path that is not followed stays as it came, relative: the data set
then says what is missing and how to point to it.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path, PurePosixPath

from visualnet.core.storage import paths
from visualnet.core.storage.regular_files import open_bounded, write_all
from visualnet.core.storage.temporaries import ReplacementFile

MAX_KNOWN = 1_000
MAX_BYTES = 1 << 20
_lock = threading.Lock()


def relative_path(path: str, folder: Path) -> str:
    """The path as a project's file in this folder says it: relative, with forward slashes; its name alone from another drive."""
    if not os.path.isabs(path):
        return path
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return PurePosixPath(Path(path).as_posix()).name


def absolute_path(path: str, folder: Path | None) -> str:
    """Where the path of a file in this folder leads to, absolute; as it came if that place is not one that may be followed."""
    if not path:
        return path
    if os.path.isabs(path):
        return path if is_known(path) else PurePosixPath(Path(path).as_posix()).name
    if folder is None:
        return path
    home = os.path.abspath(folder)
    found = os.path.normpath(os.path.join(home, path))
    inside = os.path.commonpath([home, found]) == home if Path(found).drive == Path(home).drive else False
    return Path(found).as_posix() if inside or is_known(found) else path


def remember(path: str) -> None:
    """Keep a place that the person chose: projects that name it find it on this machine from now on."""
    place = Path(os.path.abspath(path)).as_posix()
    with _lock:
        kept = [p for p in _known() if p != place]
        with (
            contextlib.suppress(OSError),
            ReplacementFile(_file()) as aside,
        ):  # else the person is asked again next time
            write_all(aside.handle, json.dumps([*kept, place][-MAX_KNOWN:]).encode())
            aside.put_in_place()


def is_known(path: str) -> bool:
    """Whether the person chose this place, or a folder above it."""
    place = PurePosixPath(Path(os.path.abspath(path)).as_posix())
    return any(place == PurePosixPath(p) or PurePosixPath(p) in place.parents for p in _known())


def _file() -> Path:
    return paths.data_dir() / "data-places.json"


def _known() -> list[str]:
    """The places in the person's folder. What cannot be read knows none."""
    try:
        with open_bounded(_file(), MAX_BYTES) as file:
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return []
    return [p for p in found if isinstance(p, str)] if isinstance(found, list) else []
