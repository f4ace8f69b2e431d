"""The weights that a run's folder holds: their names, what they are called on screen, and their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from visualnet.training.run_records.record import EPOCH_WEIGHTS

TITLES = {
    "last": ("Last weights", "last/weights.safetensors"),
    "before-last": ("The checkpoint before", "before-last/weights.safetensors"),
    "best": ("Best weights", "best.safetensors"),
    "average": ("Averaged weights", "average.safetensors"),
}
"""What every run's folder can hold, by name: the title, and the file."""


EPOCH = re.compile(EPOCH_WEIGHTS.pattern + r"\.safetensors")
"""How the weights after an epoch are called, where they are kept for their epoch."""
MOST = 100
"""So many of those are kept at most; beyond, every second one of the older half goes."""


class KeptWeights(NamedTuple):
    """Weights that are there."""

    name: str
    title: str
    path: Path


def kept_weights(run: Path | None) -> list[KeptWeights]:
    """The weights that a run's folder holds: the newest ones, the best and averaged ones, then those of epochs, the last epoch first. Of no
    run there are none."""
    if run is None:
        return []
    found = [KeptWeights(name, title, run / file) for name, (title, file) in TITLES.items()]
    found += [
        KeptWeights(f"epoch-{epoch}", f"After epoch {epoch:,}", run / epoch_file(epoch))
        for epoch in reversed(kept_epochs(run))
    ]
    return [kept for kept in found if kept.path.is_file()]


def epoch_file(epoch: int) -> str:
    """The file of the weights after so many epochs."""
    return f"epoch-{epoch}.safetensors"


def kept_epochs(run: Path) -> list[int]:
    """The epochs whose weights a run's folder holds, in their order."""
    names = (EPOCH.fullmatch(path.name) for path in run.glob("epoch-*.safetensors"))
    return sorted(int(name[1]) for name in names if name)


def drop_epochs(run: Path) -> None:
    """Where there are more than `MOST`, let every second one of the older half go: the first and the newest ones stay.

    Raises:
        OSError: one cannot be removed.
    """
    epochs = kept_epochs(run)
    if len(epochs) > MOST:
        for epoch in epochs[1 : len(epochs) // 2 : 2]:
            (run / epoch_file(epoch)).unlink()
