"""Proposed boxes on disk, by what they were found in and how: the next run searches nothing again."""

from __future__ import annotations

import contextlib
import hashlib
import os
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.paths import data_dir
from visualnet.core.storage.regular_files import read_regular
from visualnet.core.storage.temporaries import ReplacementFile
from visualnet.data.regions.selective_search import SelectiveSearch, propose_boxes

Array = NDArray[Any]
FOLDER = "proposals"
VERSION = 1
"""Another one where the search finds other boxes than before."""
MOST_FILES = 20_000
"""So many pictures' boxes are kept; then the older half goes. A file has some kilobytes."""
MOST_BYTES = 1 << 20


def find_proposals(image: Array, search: SelectiveSearch) -> Array:
    """What `propose_boxes` gives for a picture (C, H, W): read where it was found before, else found and kept.

    Raises:
        ValueError: as `propose_boxes`.
    """
    path = data_dir() / FOLDER / f"{_key(image, search)}.boxes"
    found = _read(path)
    if found is None:
        found = propose_boxes(image, search)
        _keep(path, found)
    return found


def _key(image: Array, search: SelectiveSearch) -> str:
    digest = hashlib.sha256(f"{VERSION} {image.dtype} {image.shape} {tuple(search)!r} ".encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


def _read(path: Path) -> Array | None:
    """Boxes (n, 4); None where there are none, or the file is not what is written here."""
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError:
        return None
    if not data or len(data) % 16:
        return None
    found = np.frombuffer(data, "<f4").reshape(-1, 4).astype(np.float32)
    return found if np.isfinite(found).all() and (found[:, 2:] > found[:, :2]).all() else None


def _keep(path: Path, boxes: Array) -> None:
    """Write boxes; where the disk takes no more nothing is kept."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        if path.name.startswith("00"):  # to count the files takes a while: at about one picture of 256
            _make_room(path.parent)
        with ReplacementFile(path) as aside:
            os.write(aside.handle, boxes.astype("<f4").tobytes())
            aside.put_in_place()


def _make_room(folder: Path) -> None:
    """Take the older half away where the folder is full."""
    with os.scandir(folder) as entries:
        names = [entry.path for entry in islice(entries, 2 * MOST_FILES)]
    if len(names) < MOST_FILES:
        return
    names.sort(key=lambda name: os.stat(name).st_mtime)
    for name in names[: len(names) // 2]:
        os.unlink(name)
