"""What the files are called that a training script reads and writes. Importing this needs no torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class ScriptFiles(NamedTuple):
    """What the files are called that a script reads and writes, as seen from where it stands."""

    data: str = "train_data.npz"
    start: str = "train_start.pt"
    best: str = "train_best.pt"
    average: str = "train_average.pt"

    @classmethod
    def beside(cls, script: Path, data: Path | None = None) -> ScriptFiles:
        """The files of a script that is written there."""
        stem = script.stem
        own = cls(f"{stem}_data.npz", f"{stem}_start.pt", f"{stem}_best.pt", f"{stem}_average.pt")
        return own._replace(data=_relative(data, script.parent)) if data is not None else own


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return path.absolute().as_posix()
