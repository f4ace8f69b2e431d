"""Every data set by its name, and what others ask of the one that was chosen. Nothing is read until `load`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.data import builtin, synthetic
from visualnet.data.builtin import SHAPES
from visualnet.data.declare import DATASETS, DataSet
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = [
    "DATASETS",
    "SHAPES",
    "DataSet",
    "Loaded",
    "builtin",
    "chosen",
    "fields",
    "fields_or_none",
    "load",
    "synthetic",
]


ABSENT = {
    "imagenet": "the pictures of ImageNet",
    "cifar10": "the pictures of CIFAR-10",
    "text": "the texts that this network learns from",
    "sound": "the sounds that this network learns from",
    "masks": "the pictures and masks that this network learns from",
}
"""What published networks were trained on, by the names that their templates give it."""

MOST_NUMBERS = 500_000_000
"""So many numbers are made or read for a data set at most (whole ones take 8 bytes each): what its options ask for together."""

# --- what others ask ----------------------------------------------------------------------------------------------


def chosen(data: DataChoice) -> DataSet:
    """The data set with the options of this choice.

    Raises:
        ValueError: there is no such data set, or an option cannot be read; the words say which.
    """
    kind = DATASETS.get(data.name)
    if kind is None and data.name in ABSENT:
        raise ValueError(
            f"{ABSENT[data.name]} do not come with the program: open the small version of this network, or choose other data"
        )
    if kind is None:
        raise ValueError(f"there is no data set “{data.name}” (there are {', '.join(DATASETS)})")
    found = kind(data.options)
    numbers = found.size * sum(spec.size for spec in found.specs().values())
    if numbers > MOST_NUMBERS:
        raise ValueError(
            f"{numbers:,} numbers would have to be made for “{kind.title}”; {MOST_NUMBERS:,} are allowed: "
            "ask for fewer samples, or smaller ones"
        )
    return found


def fields(data: DataChoice) -> dict[str, Spec]:
    """What each sample of the chosen data holds, without loading it.

    Raises:
        ValueError: there is no such data set, or an option cannot be read.
    """
    return chosen(data).specs()


def fields_or_none(data: DataChoice) -> dict[str, Spec] | None:
    """Like `fields`, and None where it would raise. Called on every edit: an answer is kept."""
    try:
        return _kept_fields(data.name, tuple(data.options.items()))
    except TypeError:
        return None


@lru_cache(maxsize=64)
def _kept_fields(name: str, options: tuple[tuple[str, Value], ...]) -> dict[str, Spec] | None:
    try:
        return fields(DataChoice(name=name, options=dict(options)))
    except ValueError:
        return None


class Loaded(NamedTuple):
    """A data set in memory, divided.

    ``arrays`` hold real numbers as float32 and whole ones as int64, and cannot be written to. ``train``, ``validation``
    and ``test`` are indices. ``mean`` and ``std`` are those of the training samples, for the input fields with real
    numbers, in a shape that broadcasts against a batch. ``fingerprint`` is a sha256 of samples and division.
    """

    choice: DataChoice
    fields: Mapping[str, Spec]
    arrays: Mapping[str, Array]
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    mean: Mapping[str, Array]
    std: Mapping[str, Array]
    fingerprint: str

    @property
    def size(self) -> int:
        """How many samples there are in all."""
        return len(self.train) + len(self.validation) + len(self.test)


def load(data: DataChoice) -> Loaded:
    """Read or make the chosen data, and divide it.

    Raises:
        ValueError: the choice cannot be read, or the file is not what it should be.
    """
    from visualnet.data.loading import load as load_now

    return load_now(chosen(data), data)
