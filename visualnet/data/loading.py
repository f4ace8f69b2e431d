"""Read or make a data set, divide it and measure what is needed to normalise it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import DataChoice
from visualnet.data.declare import DataSet
from visualnet.data.division.registry import divide
from visualnet.data.preparation.fitted_state import FittedPreparation, KeptPreparation
from visualnet.data.preparation.prepared import CHUNK, prepare
from visualnet.data.preparation.registry import STEPS, make_steps, prepared_specs
from visualnet.data.preparation.step import Step
from visualnet.data.registry import make_data_set
from visualnet.data.samples import ArraySamples, Samples
from visualnet.data.streaming.cache import CachedSamples, PreparedArrays, usual_limit
from visualnet.data.streaming.readable import fetch_readable
from visualnet.layers.declaration.layer import Spec

KEPT = 2
"""So many opened data sets are kept."""
MOST_MEASURED = 10_000
"""Mean and deviation of what has to be decoded are those of so many training samples at most, drawn by the seed of the data: they then
differ from those of all by about a hundredth of the deviation."""


class Loaded(NamedTuple):
    """A data set that can be trained on: divided, prepared, its samples fetched by index.

    ``fields`` are what samples hold behind the preparation. ``train``, ``validation`` and ``test`` are indices. ``mean`` and ``std``
    are those of the training samples, for the input fields with real numbers, in a shape that broadcasts against a batch.
    ``fingerprint`` is a sha256 of samples, preparation and division. ``augmentation`` is what is done to batches of training alone,
    ``preparation`` what every sample goes through, with what it learned (None where samples are as they came).
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
    preparation: FittedPreparation | None = None

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

    def known(self, field: str) -> NDArray[Any] | None:
        """A field of all samples where it is in memory, or known without anything being decoded; otherwise None."""
        if isinstance(self.samples, ArraySamples):
            return self.samples.arrays[field]
        values = self.samples.column(field)
        return values if values is not None and values.dtype.kind in "iuf" else None

    def whole(self, field: str) -> NDArray[Any]:
        """A field of all samples, decoded if need be: for what is small. Who can do with less asks `known`, or fetches some."""
        values = self.known(field)
        return self.fetch(np.arange(self.samples.size), (field,))[field] if values is None else values

    def nbytes(self, fields: Iterable[str]) -> int:
        """What these fields of all parts take in memory."""
        width = {"float": 4, "int": 8}
        return self.size * sum(self.fields[name].size * width[self.fields[name].dtype] for name in fields)


def load(
    choice: DataChoice, check: Callable[[float], None] = lambda share: None, kept: KeptPreparation | None = None
) -> Loaded:
    """Open the chosen data, divide them, and fit the preparation on the training part. What was opened last is kept, so that another
    split costs nothing. ``check`` is called with the share that is done, and may raise to end the work.

    With ``kept``, what a run learned of its training part, nothing is fitted: the samples are prepared as that run's were, whatever has
    become of the data since.

    Raises:
        ValueError: the choice cannot be read, a file is not what it should be, or the division cannot be made.
    """
    source = make_data_set(choice)
    raw = _kept_samples(source, choice, check)
    train, validation, test = divide(raw, choice)
    steps = make_steps(choice.preparation)
    if kept is not None:
        plain = make_steps(kept.preparation.steps) if kept.preparation is not None else ()
        steps = (*plain, *(step for step in steps if step.augments))
    specs = prepared_specs(source.specs(), steps)
    samples, preparation = _kept_prepared(raw, source, choice, steps, train, check, kept)
    mean, std = _measure_inputs(samples, source, choice, specs, train, check) if kept is None else (kept.mean, kept.std)
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
        preparation,
    )


def open_samples(choice: DataChoice, check: Callable[[float], None] = lambda share: None) -> tuple[DataSet, Samples]:
    """The chosen data as they are, before any preparation: what they hold is not decoded. What was opened last is kept; ``check`` as
    `load` has it.

    Raises:
        ValueError: the choice cannot be read, or a file is not what it should be.
    """
    source = make_data_set(choice)
    return source, _kept_samples(source, choice, check)


def _measure_inputs(
    samples: Samples,
    source: DataSet,
    choice: DataChoice,
    specs: Mapping[str, Spec],
    train: NDArray[Any],
    check: Callable[[float], None],
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Mean and deviation of the training part for each input with real numbers, where these are to be taken out."""
    mean, std = {}, {}
    raw_fields = source.specs()
    measured = _choose_measured(samples, train, choice.seed)
    # What a step has made of an input is an input too: a spectrogram of a sound.
    inputs = [field for field in specs if field in source.inputs or field not in raw_fields]
    for field in inputs:
        if choice.normalise and specs[field].dtype == "float":
            mean[field], std[field] = measure(samples, field, measured, check, _feature_axis(specs[field]))
    return mean, std


def measure(
    samples: Samples,
    field: str,
    index: NDArray[Any],
    check: Callable[[float], None] = lambda share: None,
    kept: int = 1,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation of a field over those of these samples that can be read, as `statistics` gives them; fetched in parts where it
    is not in memory.

    Raises:
        ValueError: none can be read.
    """
    if isinstance(samples, ArraySamples):
        return statistics(samples.arrays[field][index], kept)
    total: Any = 0.0
    squares: Any = 0.0
    count = 0
    for at in range(0, len(index), CHUNK):
        check(at / len(index))
        readable = fetch_readable(samples, index[at : at + CHUNK], (field,))
        if not len(readable.places):
            continue
        values = np.asarray(readable.batch[field]).astype(np.float64)
        axes = _other_axes(values, kept)
        number = values.size // (values.shape[kept] if values.ndim > 1 else 1)
        # Chan, Golub and LeVeque: parts are joined by their means, since the difference of two large sums loses all digits.
        mean = values.mean(axes, keepdims=True)
        spread = ((values - mean) ** 2).sum(axes, keepdims=True)
        step = mean - total
        squares = squares + spread + step**2 * (count * number / (count + number))
        total = total + step * (number / (count + number))
        count += number
    if not count:
        faults = fetch_readable(samples, index[:1], (field,)).faults
        raise ValueError(f"no sample can be read: {faults[0].words}" if faults else "there is no sample to measure")
    std = np.sqrt(squares / count)
    return np.asarray(total, np.float32), np.where(std > 1e-8, std, 1).astype(np.float32)


def statistics(values: NDArray[Any], kept: int = 1) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation over samples and pixels, one for each channel (or feature), shaped to broadcast over a batch. ``kept`` is the
    axis of channels or features.

    What never changes has deviation 0; 1 stands there, so that it becomes 0 and not a division by nothing.
    """
    axes = _other_axes(values, kept)
    mean = values.mean(axes, dtype=np.float64, keepdims=True)
    std = values.std(axes, dtype=np.float64, keepdims=True)
    return mean.astype(np.float32), np.where(std > 1e-8, std, 1).astype(np.float32)


def _feature_axis(spec: Spec) -> int:
    """The axis of a batch along which there is a mean for each place: channels or features. Those of a series stand behind its time."""
    return 2 if spec.axes == ("T", "D") else 1


def _other_axes(values: NDArray[Any], kept: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(values.ndim) if axis != kept)


def _choose_measured(samples: Samples, train: NDArray[Any], seed: int) -> NDArray[Any]:
    """The training samples that mean and deviation are taken of."""
    if isinstance(samples, ArraySamples) or len(train) <= MOST_MEASURED:
        return train
    return np.sort(np.random.default_rng(seed).choice(train, MOST_MEASURED, replace=False))


_kept: dict[object, Samples] = {}
_Prepared = tuple[Samples, FittedPreparation | None]
_prepared: dict[tuple[object, ...], _Prepared] = {}
"""The samples that were prepared last, with what of them was decoded: one data set, so that their limit of memory is that of all."""
_kept_lock = threading.Lock()


def _key(choice: DataChoice) -> tuple[object, ...]:
    found = choice.facts and choice.facts.fingerprint
    return (choice.name, choice.path, tuple(choice.options.items()), found, _stamp(choice.path))


def _stamp(path: str) -> tuple[int, int] | None:
    """When a file or folder was changed, and its size: what was opened before that is not what is there now."""
    try:
        state = os.stat(path) if path else None
    except OSError:
        return None
    return None if state is None else (state.st_mtime_ns, state.st_size)


def _kept_prepared(
    raw: Samples,
    source: DataSet,
    choice: DataChoice,
    steps: Sequence[Step],
    train: NDArray[Any],
    check: Callable[[float], None],
    kept: KeptPreparation | None,
) -> _Prepared:
    """The samples behind the preparation: in memory where the raw ones are, otherwise decoded when they are asked for and kept; and what
    the preparation learned, where there is one."""
    plain = [step for step in steps if not step.augments]
    if not plain and isinstance(raw, ArraySamples):
        return raw, None
    chosen = tuple(one for one in choice.preparation if not one.off and not STEPS[one.kind].augments)
    learned = kept.preparation if kept is not None else None
    fitted_on = train.tobytes() if any(step.fits for step in plain) else b""
    if learned is not None:
        chosen, fitted_on = learned.steps, json.dumps(learned.to_json()).encode()
    wanted = [(one.kind, sorted(one.options.items())) for one in chosen]
    key = (id(raw), _key(choice), repr(wanted), fitted_on)
    with _kept_lock:
        found = _prepared.get(key)
    if found is not None:
        return found
    specs = prepared_specs(source.specs(), plain)
    samples, preparation = raw, None
    if plain:
        fitted = learned.fitted if learned is not None else None
        samples = prepared = prepare(raw, source.specs(), plain, train, check, fitted)
        preparation = FittedPreparation(source.specs(), chosen, prepared.fitted)
        # A run that is judged has mostly learned what is learned again: what was decoded for the one serves the other.
        with _kept_lock:
            same = next((v for (own, *_), v in _prepared.items() if own == id(raw) and v[1] == preparation), None)
            if same is not None:
                _prepared[key] = same
                return same
    size = sum(spec.size * (4 if spec.dtype == "float" else 8) for spec in specs.values()) * samples.size
    if isinstance(raw, ArraySamples) and size <= usual_limit():
        found = PreparedArrays(raw, _fetch_all(samples, tuple(specs))), preparation
    else:
        found = CachedSamples(samples, specs), preparation
    with _kept_lock:
        _prepared.clear()
        _prepared[key] = found
    return found


def _fetch_all(samples: Samples, fields: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    parts = [
        samples.fetch(np.arange(at, min(at + CHUNK, samples.size)), fields) for at in range(0, samples.size, CHUNK)
    ]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in fields}


def _kept_samples(source: DataSet, choice: DataChoice, check: Callable[[float], None]) -> Samples:
    """The samples of this choice; those of the last two are kept."""
    key = _key(choice)
    with _kept_lock:
        found = _kept.pop(key, None)
    if found is None:
        found = source.open_watched(check)
    with _kept_lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
    return found
