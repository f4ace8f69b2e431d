"""Read or make a data set, divide it and measure what is needed to normalise it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import DataChoice
from visualnet.data.declare import DataSet
from visualnet.data.division.registry import divide
from visualnet.data.preparation.prepared import CHUNK, prepare
from visualnet.data.preparation.registry import make_steps, prepared_specs
from visualnet.data.preparation.step import Step
from visualnet.data.registry import make_data_set
from visualnet.data.samples import ArraySamples, Samples
from visualnet.layers.declaration.layer import Spec

KEPT = 2
"""So many opened data sets are kept."""


class Loaded(NamedTuple):
    """A data set that can be trained on: divided, prepared, its samples fetched by index.

    ``fields`` are what samples hold behind the preparation. ``train``, ``validation`` and ``test`` are indices. ``mean`` and ``std``
    are those of the training samples, for the input fields with real numbers, in a shape that broadcasts against a batch.
    ``augmentation`` is what is done to batches of training alone. ``fingerprint`` is a sha256 of samples, preparation and division.
    """

    choice: DataChoice
    fields: Mapping[str, Spec]
    samples: Samples
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    mean: Mapping[str, NDArray[Any]]
    std: Mapping[str, NDArray[Any]]
    fingerprint: str
    augmentation: tuple[Step, ...] = ()

    @property
    def size(self) -> int:
        """How many samples there are in all parts."""
        return len(self.train) + len(self.validation) + len(self.test)

    @property
    def shown(self) -> NDArray[np.int64]:
        """The samples that a person may look at: the validation set, or the training set where that is empty."""
        return self.validation if len(self.validation) else self.train

    def fetch(self, index: NDArray[Any], fields: Sequence[str]) -> dict[str, NDArray[Any]]:
        """These fields of the samples at these indices: arrays (sample, …) of float32 or int64, not normalised.

        Raises:
            ValueError: a sample cannot be read; the words name its file.
        """
        return {name: np.asarray(values) for name, values in self.samples.fetch(index, fields).items()}

    def sample(self, index: int, fields: Sequence[str]) -> dict[str, NDArray[Any]]:
        """These fields of one sample, without the axis of samples."""
        return {name: values[0] for name, values in self.fetch(np.array([index]), fields).items()}

    def whole(self, field: str) -> NDArray[Any]:
        """A field of all samples. For what is in memory, and for what is small; anything else is fetched in parts."""
        if isinstance(self.samples, ArraySamples):
            return self.samples.arrays[field]
        values = self.samples.column(field)
        if values is None or values.dtype.kind not in "iuf":
            values = self.fetch(np.arange(self.samples.size), (field,))[field]
        return values

    def nbytes(self, fields: Iterable[str]) -> int:
        """What these fields of all parts take in memory."""
        width = {"float": 4, "int": 8}
        return self.size * sum(self.fields[name].size * width[self.fields[name].dtype] for name in fields)


def load(choice: DataChoice, check: Callable[[float], None] = lambda share: None) -> Loaded:
    """Open the chosen data, divide them, and fit the preparation on the training part. What was opened last is kept, so that another
    split costs nothing. ``check`` is called with the share that is done, and may raise to end the work.

    Raises:
        ValueError: the choice cannot be read, a file is not what it should be, or the division cannot be made.
    """
    source = make_data_set(choice)
    raw = _kept_samples(source, choice)
    train, validation, test = divide(raw, choice)
    steps = make_steps(choice.preparation)
    samples = prepare(raw, source.specs(), steps, train, check) if any(not step.augments for step in steps) else raw
    specs = prepared_specs(source.specs(), steps)
    mean, std = {}, {}
    raw_fields = source.specs()
    # What a step has made of an input is an input too: a spectrogram of a sound.
    inputs = [field for field in specs if field in source.inputs or field not in raw_fields]
    for field in inputs:
        if choice.normalise and specs[field].dtype == "float":
            mean[field], std[field] = measure(samples, field, train, check)
    fingerprint = raw.begin_digest()
    done = [(step.kind, sorted(step.options.items())) for step in choice.preparation if not step.off]
    if done:
        fingerprint.update(repr(done).encode())
    for part in (train, validation, test):
        fingerprint.update(f"part {len(part)} ".encode() + part.tobytes())
    augmentation = tuple(step for step in steps if step.augments)
    return Loaded(
        choice,
        specs,
        samples,
        source.class_names(),
        train,
        validation,
        test,
        mean,
        std,
        fingerprint.hexdigest(),
        augmentation,
    )


def open_samples(choice: DataChoice) -> tuple[DataSet, Samples]:
    """The chosen data as they are, before any preparation: what they hold is not decoded. What was opened last is kept.

    Raises:
        ValueError: the choice cannot be read, or a file is not what it should be.
    """
    source = make_data_set(choice)
    return source, _kept_samples(source, choice)


def measure(
    samples: Samples, field: str, index: NDArray[Any], check: Callable[[float], None] = lambda share: None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation of a field over these samples, as `statistics` gives them; fetched in parts where it is not in memory."""
    if isinstance(samples, ArraySamples):
        return statistics(samples.arrays[field][index])
    total: Any = 0.0
    squares: Any = 0.0
    count = 0
    for at in range(0, len(index), CHUNK):
        check(at / len(index))
        values = np.asarray(samples.fetch(index[at : at + CHUNK], (field,))[field]).astype(np.float64)
        axes = (0, *range(2, values.ndim))
        number = values.size // (values.shape[1] if values.ndim > 1 else 1)
        # Chan, Golub and LeVeque: parts are joined by their means, since the difference of two large sums loses all digits.
        mean = values.mean(axes, keepdims=True)
        spread = ((values - mean) ** 2).sum(axes, keepdims=True)
        step = mean - total
        squares = squares + spread + step**2 * (count * number / (count + number))
        total = total + step * (number / (count + number))
        count += number
    std = np.sqrt(squares / max(count, 1))
    return np.asarray(total, np.float32), np.where(std > 1e-8, std, 1).astype(np.float32)


def statistics(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation over samples and pixels, one for each channel (or feature), shaped to broadcast over a batch.

    What never changes has deviation 0; 1 stands there, so that it becomes 0 and not a division by nothing.
    """
    axes = (0, *range(2, values.ndim))
    mean = values.mean(axes, dtype=np.float64, keepdims=True)
    std = values.std(axes, dtype=np.float64, keepdims=True)
    return mean.astype(np.float32), np.where(std > 1e-8, std, 1).astype(np.float32)


_kept: dict[object, Samples] = {}
_kept_lock = threading.Lock()


def _kept_samples(source: DataSet, choice: DataChoice) -> Samples:
    """The samples of this choice; those of the last two are kept."""
    key = (choice.name, choice.path, tuple(choice.options.items()), choice.facts and choice.facts.fingerprint)
    with _kept_lock:
        found = _kept.pop(key, None)
    if found is None:
        found = source.open()
    with _kept_lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
    return found
