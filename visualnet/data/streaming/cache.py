"""Samples that are decoded when they are first asked for, and kept in memory up to a limit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.process.machine_memory import cores, machine_memory
from visualnet.data.samples import ArraySamples, Batch, Samples
from visualnet.layers.declaration.layer import Spec

Array = NDArray[Any]

PIECE = 16
"""So many samples are decoded at once: between two pieces a reader can be ended."""
SHARE_OF_MEMORY = 0.25
"""Of the machine's free memory, for samples that are kept where nothing else is said."""
MOST_WORKERS = 8
"""More threads than this hinder one another: what Python itself does for a sample is done by one at a time."""
TYPES: Mapping[str, type[np.generic]] = {"float": np.float32, "int": np.int64}


class ReadingEnded(Exception):
    """Nobody waits for these samples any more."""


def usual_workers() -> int:
    """How many threads decode samples where nothing else is said."""
    return min(cores(), MOST_WORKERS)


def usual_limit() -> int:
    """How many bytes of samples are kept where nothing else is said."""
    return int(SHARE_OF_MEMORY * machine_memory())


class PreparedArrays(ArraySamples):
    """Samples in memory behind a preparation. What is known of each without them (columns to divide by, places) is the raw ones'."""

    def __init__(self, raw: Samples, arrays: Mapping[str, Array]) -> None:
        super().__init__(arrays)
        self.raw = raw

    def column(self, name: str) -> Array | None:
        return super().column(name) if name in self.arrays else self.raw.column(name)

    def describe(self, sample: int) -> str:
        return self.raw.describe(sample)


class CachedSamples(Samples):
    """Samples of one size, decoded by several threads where many are asked for, and kept until ``limit`` bytes are.

    Those that come first stay: an epoch visits all in a new order, so that none is likelier to come again than another. All fields of a
    sample are kept together, as they come from the same file.
    """

    def __init__(self, samples: Samples, fields: Mapping[str, Spec], limit: int | None = None) -> None:
        self.samples, self.fields = samples, dict(fields)
        self.size, self.fingerprint = samples.size, samples.fingerprint
        self.sample_bytes = sum(
            int(np.prod(spec.shape, dtype=np.int64)) * np.dtype(TYPES[spec.dtype]).itemsize for spec in fields.values()
        )
        self.workers = usual_workers()
        self._lock = threading.Lock()
        self._limit, self._room, self._count = -1, 0, 0
        self._is_usual = True
        self.set_limit(usual_limit() if limit is None else limit)

    @property
    def limit(self) -> int:
        """So many bytes are kept at most."""
        return self._limit

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept now."""
        return self._count * self.sample_bytes

    @property
    def keeps_all(self) -> bool:
        """Whether the limit leaves room for every sample."""
        return self._room >= self.size

    def set_limit(self, limit: int) -> None:
        """Keep so many bytes at most; what is kept already is let go if the room becomes another."""
        room = min(self.size, max(limit, 0) // max(self.sample_bytes, 1))
        with self._lock:
            if self._limit >= 0 and room == self._room:
                self._limit = limit
                return
            self._limit, self._room, self._count = limit, room, 0
            # Memory that nothing was written to is not taken yet. Where there is room for all, a sample's place is its index.
            self._arrays = {
                name: np.empty((room, *spec.shape), TYPES[spec.dtype]) for name, spec in self.fields.items()
            }
            self._places = np.full(self.size, -1, np.int64)

    def set_reading(self, workers: int | None, megabytes: int | None) -> None:
        """Decode with so many threads and keep so much at most; None for what is usual."""
        self.workers = usual_workers() if workers is None else workers
        if megabytes is not None:
            self.set_limit(megabytes * 1_000_000)
        elif not self._is_usual:
            self.set_limit(usual_limit())
        self._is_usual = megabytes is None

    @property
    def uncached(self) -> Samples:
        return self.samples

    def held(self, index: Array) -> NDArray[np.bool_]:
        """Which of these samples are kept."""
        found: NDArray[np.bool_] = self._places[index] >= 0
        return found

    def whole_arrays(self) -> Mapping[str, Array]:
        """Every field of all samples by index, where there is room for all; only those of samples that are ``held`` mean something."""
        assert self.keeps_all
        return self._arrays

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        return self.fetch_until(index, fields)

    def fetch_until(self, index: Array, fields: Sequence[str], ended: Callable[[], bool] | None = None) -> Batch:
        """Like `fetch`; with ``ended`` in the calling thread alone, until that says that nobody waits any more.

        Raises:
            ReadingEnded: it says so.
            ValueError: a sample cannot be read.
        """
        index = np.asarray(index, np.int64)
        with self._lock:
            arrays, places = self._arrays, self._places[index]
        absent = places < 0
        if not absent.any():
            return {name: arrays[name][places] for name in fields}
        missing = np.unique(index[absent])
        read = self._decode(missing, ended)
        if len(missing) == len(index) and np.array_equal(missing, index):
            return {name: read[name] for name in fields}
        at = np.searchsorted(missing, index[absent])
        found: Batch = {}
        for name in fields:
            spec = self.fields[name]
            values = np.empty((len(index), *spec.shape), TYPES[spec.dtype])
            values[~absent] = arrays[name][places[~absent]]
            values[absent] = read[name][at]
            found[name] = values
        return found

    def _decode(self, index: Array, ended: Callable[[], bool] | None) -> dict[str, Array]:
        """All fields of samples that are not kept yet."""
        names = tuple(self.fields)
        pieces = [index[at : at + PIECE] for at in range(0, len(index), PIECE)]
        read: dict[str, Array] = {
            name: np.empty((len(index), *spec.shape), TYPES[spec.dtype]) for name, spec in self.fields.items()
        }

        def decode(number: int) -> None:
            if ended is not None and ended():
                raise ReadingEnded
            piece = pieces[number]
            batch = self.samples.fetch(piece, names)
            for name in names:
                read[name][number * PIECE : number * PIECE + len(piece)] = batch[name]
            self._keep(piece, read, number * PIECE)

        if ended is None and self.workers > 1 and len(pieces) > 2:
            with ThreadPoolExecutor(min(self.workers, len(pieces)), "visualnet-read") as pool:
                for _ in pool.map(decode, range(len(pieces))):
                    pass
        else:
            for number in range(len(pieces)):
                decode(number)
        return read

    def _keep(self, index: Array, read: Mapping[str, Array], start: int) -> None:
        with self._lock:
            new = np.flatnonzero(self._places[index] < 0)
            if not self.keeps_all:
                new = new[: self._room - self._count]
            if not len(new):
                return
            places = index[new] if self.keeps_all else np.arange(self._count, self._count + len(new))
            for name, values in read.items():
                self._arrays[name][places] = values[start + new]
            self._places[index[new]] = places
            self._count += len(new)

    def column(self, name: str) -> Array | None:
        return self.samples.column(name)

    def describe(self, sample: int) -> str:
        return self.samples.describe(sample)

    def begin_digest(self) -> Any:
        return self.samples.begin_digest()
