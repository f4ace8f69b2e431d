"""Rows of NumPy's arrays as samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.samples import Batch, BrokenSample, Samples
from visualnet.data.sources.arrays.npy_files import ArrayRows, StoredArray, UnreadableRow
from visualnet.data.table_files.cells import spell_word

Array = NDArray[Any]
CHUNK = 1 << 24
"""So many bytes are looked at at once."""


class FieldForm(NamedTuple):
    """How rows become a field: ``image``, ``series``, ``features``, ``mask``, ``y`` or ``label`` (``classes`` are its values in order)."""

    field: str
    shape: tuple[int, ...]
    channels_last: bool = False
    is_one_hot: bool = False
    classes: tuple[str, ...] = ()


def shape_rows(rows: Array, form: FieldForm) -> Array:
    """Rows as the field wants them: float32, pixels from 0 to 1 and channels first; or int64."""
    if form.field == "label":
        return label_rows(rows, form)
    if form.field == "mask":
        return np.ascontiguousarray(rows.reshape(len(rows), *form.shape), np.int64)
    found: Array = rows
    if form.channels_last:
        found = np.moveaxis(found, -1, 1)
    found = found.reshape(len(found), *form.shape)
    if form.field == "image" and rows.dtype.kind == "u" and rows.dtype.itemsize <= 2:
        return np.divide(found, np.float32(np.iinfo(rows.dtype).max), dtype=np.float32)
    with np.errstate(over="ignore"):  # what is too large for a float32 is infinite, and looked for
        found = np.ascontiguousarray(found, np.float32)
    if form.field == "features":
        found = np.where(np.isinf(found), np.float32(np.nan), found)
    return found


def label_rows(rows: Array, form: FieldForm) -> Array:
    """Numbers of classes."""
    if form.is_one_hot:
        return np.asarray(rows.argmax(1), np.int64)
    places = {value: at for at, value in enumerate(form.classes)}
    flat = rows.reshape(len(rows))
    values, inverse = np.unique(flat, return_inverse=True)
    found = np.array([places.get(spell_value(value), -1) for value in values], np.int64)[inverse]
    if len(found) and found.min() < 0:
        raise ValueError("a class is there that was not when the data were looked through: look them through again")
    return found


def spell_value(value: Any) -> str:
    """A value of a label as the name of a class."""
    if isinstance(value, bytes):
        return spell_word(value.decode("utf-8", "replace"))
    if isinstance(value, str):
        return spell_word(value)
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


class ArrayFileSamples(Samples):
    """Rows of arrays in files. Arrays of several parts follow each other; rows that were left out are passed over."""

    def __init__(
        self,
        fields: Sequence[tuple[FieldForm, Sequence[StoredArray]]],
        parts: Sequence[str],
        kept: Array,
        fingerprint: str,
    ) -> None:
        """Open the arrays.

        Raises:
            ValueError: one is damaged.
            OSError: one cannot be read.
        """
        self._forms = {form.field: form for form, _ in fields}
        self._rows = {form.field: [ArrayRows(stored) for stored in arrays] for form, arrays in fields}
        lengths = [len(rows) for rows in next(iter(self._rows.values()))]
        self._ends = np.cumsum(lengths)
        self._kept, self.size, self.fingerprint = kept, len(kept), fingerprint
        self._parts = tuple(parts)

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        places = self._kept[index]
        return {name: self._fetch_field(name, places, index) for name in fields}

    def _fetch_field(self, name: str, places: Array, index: Array) -> Array:
        form, blocks = self._forms[name], self._rows[name]
        which = np.searchsorted(self._ends, places, side="right")
        found: Array | None = None
        for at, rows in enumerate(blocks):
            chosen = np.flatnonzero(which == at)
            if not len(chosen) and not (at == len(blocks) - 1 and found is None):
                continue
            begin = int(self._ends[at]) - len(rows)
            try:
                values = shape_rows(rows.fetch(places[chosen] - begin), form)
            except UnreadableRow as error:
                sample = int(index[chosen[error.at]])
                raise BrokenSample(sample, f"“{rows.stored.path.name}”, sample {sample:,}: {error}") from None
            if found is None:
                found = np.empty((len(places), *values.shape[1:]), values.dtype)
            found[chosen] = values
        assert found is not None
        return found

    def column(self, name: str) -> Array | None:
        if name == "part" and len(self._parts) > 1:
            which = np.searchsorted(self._ends, self._kept, side="right")
            return np.array(self._parts)[which]
        if name in self._forms and not self._forms[name].shape:
            return self._fetch_field(name, self._kept, np.arange(self.size))
        return None

    def describe(self, sample: int) -> str:
        place = int(self._kept[sample])
        at = int(np.searchsorted(self._ends, place, side="right"))
        stored = next(iter(self._rows.values()))[at].stored
        return f"{stored.path.name}, {stored.name}[{place - int(self._ends[at]) + stored.shape[0]}]"


def find_not_finite(arrays: Sequence[StoredArray], check: Callable[[float], None]) -> tuple[Array, Array]:
    """Of each row whether it holds a number that is none or infinite; and of each place in a row, flattened, whether that holds one."""
    total = max(sum(stored.shape[0] for stored in arrays), 1)
    done = 0
    found: list[Array] = []
    places = np.zeros(int(np.prod(arrays[0].shape[1:], dtype=np.int64)), bool)
    for stored in arrays:
        if stored.dtype.kind != "f":
            found.append(np.zeros(stored.shape[0], bool))
            continue
        rows = ArrayRows(stored)
        step = max(1, CHUNK // max(stored.nbytes // stored.shape[0], 1))
        for at in range(0, stored.shape[0], step):
            check(done / total)
            values = rows.fetch(np.arange(at, min(at + step, stored.shape[0])))
            with np.errstate(over="ignore"):
                odd = ~np.isfinite(values.astype(np.float32).reshape(len(values), -1))
            found.append(np.asarray(odd.any(1)))
            places |= odd.any(0)
            done += len(values)
    return np.concatenate(found), places
