"""Samples that are fetched by index: in memory, or decoded from files when they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

Batch = dict[str, "Array | list[Array]"]
"""Fields of some samples: an array (sample, …), or a list of arrays where they differ in size."""


class BrokenSample(ValueError):
    """A sample that cannot be read; its words name the file. ``sample`` is its index."""

    def __init__(self, sample: int, words: str) -> None:
        super().__init__(sample, words)  # both, so that it comes whole out of another process
        self.sample = sample

    def __str__(self) -> str:
        return str(self.args[1])


class Samples:
    """What a data set gives: samples by index, raw, before any preparation. Any thread may fetch, several at once."""

    size: int = 0
    fingerprint: str = ""
    """A sha256 that changes with what the samples hold."""

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        """These fields of the samples at these indices, in their order: an array (sample, …) of float32 or int64, or a list of
        arrays where samples differ in size.

        Raises:
            BrokenSample: a sample cannot be read; the words name its file and what is wrong with it.
        """
        raise NotImplementedError

    def column(self, name: str) -> Array | None:
        """A number or word for each sample that is known without anything being decoded (labels, what is divided by), or None."""
        raise NotImplementedError

    @property
    def uncached(self) -> Samples:
        """These samples as they come from their files, past what is kept of them in memory."""
        return self

    def describe(self, sample: int) -> str:
        """Where a sample comes from: a file below the folder, a line of a table; empty for what is generated."""
        return ""

    def begin_digest(self) -> hashlib._Hash:
        """A sha256 that has taken in what the samples hold, to be gone on with."""
        return hashlib.sha256(self.fingerprint.encode())


class ArraySamples(Samples):
    """Samples in memory, by field: real numbers as float32 and whole ones as int64, which cannot be written to."""

    def __init__(self, arrays: Mapping[str, Array], places: Sequence[str] = ()) -> None:
        import numpy as np  # not at start-up: what data sets declare is asked there

        self.arrays = dict(arrays)
        self._digest = hashlib.sha256()
        for name, values in self.arrays.items():
            values.flags.writeable = False
            self._digest.update(f"{name} {values.dtype} {values.shape} ".encode())
            self._digest.update(np.ascontiguousarray(values).data)
        self.size = len(next(iter(self.arrays.values())))
        self.fingerprint = self._digest.hexdigest()
        self._places = places

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        return {name: self.arrays[name][index] for name in fields}

    def column(self, name: str) -> Array | None:
        values = self.arrays.get(name)
        return values if values is not None and values.ndim == 1 else None

    def describe(self, sample: int) -> str:
        return self._places[sample] if len(self._places) else ""

    def begin_digest(self) -> hashlib._Hash:
        return self._digest.copy()
