"""How the samples of a run were prepared, kept in its folder: the steps with what they learned, and the mean that was taken out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import read_text
from visualnet.data.loading import Loaded
from visualnet.data.preparation.fitted_state import FittedPreparation, KeptPreparation

PREPARATION = "preparation.json"
MAX_BYTES = 64 << 20


def write_preparation(folder: Path, data: Loaded) -> None:
    """Keep how these data are prepared beside the run in this folder.

    Raises:
        FileError: it cannot be written.
    """
    values = {
        "preparation": data.preparation.to_json() if data.preparation is not None else None,
        "mean": {name: figure.tolist() for name, figure in data.mean.items()},
        "std": {name: figure.tolist() for name, figure in data.std.items()},
    }
    project_file.write(folder / PREPARATION, json.dumps(values).encode())


def read_preparation(folder: Path) -> KeptPreparation | None:
    """What was kept beside a run; None of a run of an earlier version.

    Raises:
        ValueError: it cannot be read.
    """
    path = folder / PREPARATION
    if not path.exists():
        return None
    try:
        values = json.loads(read_text(path, MAX_BYTES))
        kept = values["preparation"]
        mean, std = ({str(n): np.asarray(v, np.float32) for n, v in values[key].items()} for key in ("mean", "std"))
        return KeptPreparation(FittedPreparation.from_json(kept) if kept is not None else None, mean, std)
    except (KeyError, TypeError, AttributeError, RecursionError, ValueError) as error:
        raise ValueError(f"{PREPARATION} of this run cannot be read: {error}") from None
