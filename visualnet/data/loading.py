"""Read or make a data set, divide it and measure what is needed to normalise it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.data.registry import DATASETS, make_data_set
from visualnet.data.split import split
from visualnet.layers.declaration.layer import Spec


class Loaded(NamedTuple):
    """A data set in memory, divided.

    ``arrays`` hold real numbers as float32 and whole ones as int64, and cannot be written to. ``train``, ``validation``
    and ``test`` are indices. ``mean`` and ``std`` are those of the training samples, for the input fields with real
    numbers, in a shape that broadcasts against a batch. ``fingerprint`` is a sha256 of samples and division.
    """

    choice: DataChoice
    fields: Mapping[str, Spec]
    arrays: Mapping[str, NDArray[Any]]
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    mean: Mapping[str, NDArray[Any]]
    std: Mapping[str, NDArray[Any]]
    fingerprint: str

    @property
    def size(self) -> int:
        """How many samples there are in all."""
        return len(self.train) + len(self.validation) + len(self.test)

    @property
    def shown(self) -> NDArray[np.int64]:
        """The samples that a person may look at: the validation set, or the training set where that is empty."""
        return self.validation if len(self.validation) else self.train


def load(choice: DataChoice) -> Loaded:
    """Read or make the chosen data, and divide it. What was read last is kept, so that another split costs nothing.

    Raises:
        ValueError: the choice cannot be read, a file is not what it should be, or the split cannot be made.
    """
    source = make_data_set(choice)
    arrays = _kept_arrays(source.name, tuple(choice.options.items()))
    train, validation, test = split(source.size, choice.split, choice.seed, arrays.get("label"))
    mean, std = {}, {}
    specs = source.specs()
    for field in source.inputs:
        if specs[field].dtype == "float" and choice.normalise:
            mean[field], std[field] = statistics(arrays[field][train])
    fingerprint = hashlib.sha256()
    for name, values in arrays.items():
        fingerprint.update(f"{name} {values.dtype} {values.shape} ".encode())
        fingerprint.update(values.data)
    for part in (train, validation, test):
        fingerprint.update(f"part {len(part)} ".encode() + part.tobytes())
    named = source.class_names()
    return Loaded(choice, specs, arrays, named, train, validation, test, mean, std, fingerprint.hexdigest())


def statistics(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation over samples and pixels, one for each channel (or feature), shaped to broadcast over a batch.

    What never changes has deviation 0; 1 stands there, so that it becomes 0 and not a division by nothing.
    """
    axes = (0, *range(2, values.ndim))
    mean = values.mean(axes, dtype=np.float64, keepdims=True)
    std = values.std(axes, dtype=np.float64, keepdims=True)
    return mean.astype(np.float32), np.where(std > 1e-8, std, 1).astype(np.float32)


@lru_cache(maxsize=2)
def _kept_arrays(name: str, options: tuple[tuple[str, Value], ...]) -> dict[str, NDArray[Any]]:
    arrays = DATASETS[name](dict(options)).arrays()
    for values in arrays.values():
        values.flags.writeable = False
    return arrays
