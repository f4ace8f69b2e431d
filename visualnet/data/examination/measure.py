"""Figures of data: how many samples each class has in each part, and how the numbers of each field or column are spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.data.declare import DataSet
from visualnet.data.examination.sample_content import class_name, column_titles, is_picture
from visualnet.data.samples import Samples
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_SAMPLES = 2_000
"""Fields are measured on so many samples of the training part, evenly chosen; classes are counted over all."""
MOST_COLUMNS = 200
BINS = 40
CHUNK = 128
PARTS = ("training", "validation", "test")
CHANNELS: Mapping[int, tuple[str, ...]] = {
    1: ("grey",),
    3: ("red", "green", "blue"),
    4: ("red", "green", "blue", "alpha"),
}


NO_CATEGORIES: Mapping[str, Sequence[str]] = {}
MOST_CATEGORIES = 12
"""So many categories of a column are told by name; the others are told together."""


class ClassCount(NamedTuple):
    """A class: how many samples it has in the training, validation and test part."""

    name: str
    counts: tuple[int, int, int]

    @property
    def total(self) -> int:
        """In all parts."""
        return sum(self.counts)


class ColumnFigures(NamedTuple):
    """How the numbers of a field, a channel or a column are spread. ``counts`` are those of equal bins from ``low`` to ``high``;
    ``missing`` numbers (NaN, infinite) are left out of all other figures. Of a column of categories ``words`` are these, the most frequent
    first, and ``counts`` how often each occurs."""

    title: str
    number: int
    missing: int
    mean: float
    std: float
    low: float
    high: float
    counts: tuple[int, ...]
    words: tuple[str, ...] = ()


class DataFigures(NamedTuple):
    """What was measured: classes over all samples, columns over ``looked_at`` samples of the training part."""

    classes: tuple[ClassCount, ...]
    columns: tuple[ColumnFigures, ...]
    looked_at: int
    unreadable: tuple[str, ...] = ()


def count_classes(source: DataSet, samples: Samples, parts: Sequence[Array]) -> tuple[ClassCount, ...]:
    """How many samples each class has in each part; nothing where there is no label that is known without decoding."""
    labels = samples.column("label")
    if labels is None or labels.dtype.kind not in "iu":
        return ()
    names = source.class_names()
    present = [int(v) for v in np.unique(labels)]
    numbers = [*range(len(names)), *(v for v in present if not 0 <= v < len(names))]
    found = []
    for number in numbers:
        held = labels == number
        first, second, third = (int(held[part].sum()) for part in parts)
        found.append(ClassCount(class_name(names, number), (first, second, third)))
    return tuple(found)


def measure_data(
    source: DataSet,
    samples: Samples,
    parts: Sequence[Array],
    check: Callable[[float], None] = lambda share: None,
    categories: Mapping[str, Sequence[str]] = NO_CATEGORIES,
) -> DataFigures:
    """Classes counted and fields measured; ``categories`` are the words of columns of them, by title. A sample that cannot be read is left
    out and named."""
    train = parts[0]
    index = (
        train[np.linspace(0, len(train) - 1, min(len(train), MOST_SAMPLES)).astype(np.int64)] if len(train) else train
    )
    specs = source.specs()
    gathered: dict[str, list[Array]] = {}
    titles: dict[str, tuple[str, ...]] = {}
    unreadable: list[str] = []
    for at in range(0, len(index), CHUNK):
        check(at / len(index))
        for batch in _fetch(samples, index[at : at + CHUNK], tuple(specs), unreadable):
            for name, spec in specs.items():
                named, columns = _columns(name, spec, batch[name])
                titles.setdefault(name, named)
                if len(named) == len(titles[name]) and named:
                    gathered.setdefault(name, []).append(columns)
    found = []
    for name, pieces in gathered.items():
        whole = np.concatenate(pieces, axis=1)
        found += [
            count_categories(title, whole[at], categories[title])
            if title in categories
            else describe_column(title, whole[at])
            for at, title in enumerate(titles[name])
        ]
    return DataFigures(
        count_classes(source, samples, parts), tuple(found), len(index) - len(unreadable), tuple(unreadable)
    )


def _fetch(samples: Samples, index: Array, fields: tuple[str, ...], unreadable: list[str]) -> list[Mapping[str, Any]]:
    """The samples as one batch, or as batches of one where a sample among them cannot be read."""
    try:
        return [samples.fetch(index, fields)]
    except ValueError as error:
        if len(index) == 1:
            unreadable.append(str(error))
            return []
    return [batch for at in range(len(index)) for batch in _fetch(samples, index[at : at + 1], fields, unreadable)]


def _columns(name: str, spec: Spec, values: Any) -> tuple[tuple[str, ...], Array]:
    """What is measured of a field: titles, and the numbers of some samples (title, number). Nothing of class numbers."""
    arrays = values if isinstance(values, list) else list(values)
    if spec.dtype == "int":
        if len(spec.shape) == 1 and 0 in spec.shape:
            return (f"{name}, length",), np.array([[len(one) for one in arrays]], np.float64)
        return (), np.empty((0, 0))
    if is_picture(spec):
        channels = len(arrays[0])
        shades = CHANNELS.get(channels, tuple(f"channel {n + 1}" for n in range(channels)))
        if any(len(one) != channels for one in arrays):
            return (), np.empty((0, 0))
        # Every so manieth pixel: a histogram of 2,000 large pictures needs no more.
        flat = [one.reshape(channels, -1) for one in arrays]
        thin = [one[:, :: max(one.shape[1] // 1000, 1)] for one in flat]
        return tuple(f"{name}, {shade}" for shade in shades), np.concatenate(thin, axis=1).astype(np.float64)
    if len(spec.shape) == 1 and name == "features" and len(arrays[0]) <= MOST_COLUMNS:
        return column_titles(spec, len(arrays[0])), np.stack(arrays, axis=1).astype(np.float64)
    if len(spec.shape) == 1 and 1 < len(arrays[0]) <= 8:
        return tuple(f"{name} {n + 1}" for n in range(len(arrays[0]))), np.stack(arrays, axis=1).astype(np.float64)
    return (name,), np.concatenate([np.asarray(one).reshape(-1)[:4000] for one in arrays])[None].astype(np.float64)


def describe_column(title: str, values: Array) -> ColumnFigures:
    """The figures of some numbers. A histogram of one bin says that all are the same."""
    finite = values[np.isfinite(values)]
    missing = len(values) - len(finite)
    if not len(finite):
        return ColumnFigures(title, 0, missing, 0.0, 0.0, 0.0, 0.0, ())
    low, high = float(finite.min()), float(finite.max())
    counts = np.histogram(finite, BINS, (low, high))[0] if high > low else np.array([len(finite)])
    mean, std = float(finite.mean()), float(finite.std())
    return ColumnFigures(title, len(finite), missing, mean, std, low, high, tuple(counts.tolist()))


def count_categories(title: str, values: Array, words: Sequence[str]) -> ColumnFigures:
    """How often each category of a column occurs; ``values`` are their numbers."""
    known = values[np.isfinite(values) & (values >= 0) & (values < len(words))].astype(np.int64)
    counts = np.bincount(known, minlength=len(words))
    order = np.argsort(-counts, kind="stable")
    told = [(words[at], int(counts[at])) for at in order.tolist()[:MOST_CATEGORIES] if counts[at]]
    others = len(known) - sum(count for _, count in told)
    if others:
        told.append((f"{len(words) - MOST_CATEGORIES:,} others", others))
    names, numbers = tuple(word for word, _ in told), tuple(count for _, count in told)
    return ColumnFigures(title, len(known), len(values) - len(known), 0.0, 0.0, 0.0, 0.0, numbers, names)
