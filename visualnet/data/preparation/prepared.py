"""Steps of preparation, fitted on the training part and run over samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.data.preparation.registry import specs_behind
from visualnet.data.preparation.step import Fitted, Step
from visualnet.data.samples import Batch, Samples
from visualnet.data.streaming.readable import fetch_readable
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

CHUNK = 256
"""So many samples are fetched at once while a step is fitted."""


class PreparedSamples(Samples):
    """Raw samples seen through steps that were fitted."""

    def __init__(
        self, raw: Samples, fields: Mapping[str, Spec], steps: Sequence[Step], fitted: Sequence[Fitted]
    ) -> None:
        self.raw, self.raw_fields, self.steps, self.fitted = raw, fields, tuple(steps), tuple(fitted)
        self.size, self.fingerprint = raw.size, raw.fingerprint
        self.fields = specs_behind(fields, self.steps)[-1] if self.steps else dict(fields)

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        batch = self.fetch_any(index)
        return {name: _stack(name, batch[name]) for name in fields}

    def fetch_any(self, index: Array) -> Batch:
        """All fields of these samples; they may differ in size.

        Raises:
            ValueError: a sample cannot be read, or a step cannot take it; the words name its file.
        """
        return self._run(index, self.raw.fetch(index, tuple(self.raw_fields)))

    def fetch_readable(self, index: Array) -> Batch:
        """All fields of those of these samples that can be read; they may differ in size. Nothing where none can be.

        Raises:
            ValueError: a step cannot take a sample; the words name its file.
        """
        readable = fetch_readable(self.raw, index, tuple(self.raw_fields))
        return self._run(index[readable.places], readable.batch) if len(readable.places) else {}

    def _run(self, index: Array, raw: Batch) -> Batch:
        try:
            return run_steps(raw, self.steps, self.fitted)
        except ValueError:
            self._name_sample(index, raw)
            raise

    def _name_sample(self, index: Array, raw: Batch) -> None:
        """Raise ValueError for the first of these samples that a step cannot take, with where it comes from."""
        for at, sample in enumerate(index):
            try:
                run_steps({name: values[at : at + 1] for name, values in raw.items()}, self.steps, self.fitted)
            except ValueError as error:
                place = self.describe(int(sample)) or f"sample {int(sample)}"
                raise ValueError(f"{place}: {error}") from None

    def column(self, name: str) -> Array | None:
        return self.raw.column(name)

    def describe(self, sample: int) -> str:
        return self.raw.describe(sample)


def prepare(
    raw: Samples,
    fields: Mapping[str, Spec],
    steps: Sequence[Step],
    train: Array,
    check: Callable[[float], None] = lambda share: None,
    fitted: Sequence[Fitted] | None = None,
) -> PreparedSamples:
    """Fit the steps in their order, or take what they learned earlier (``fitted``); what augments is left out."""
    plain = [chosen for chosen in steps if not chosen.augments]
    found = fit_steps(raw, fields, plain, train, check) if fitted is None else fitted
    return PreparedSamples(raw, fields, plain, found)


def fit_steps(
    raw: Samples,
    fields: Mapping[str, Spec],
    steps: Sequence[Step],
    train: Array,
    check: Callable[[float], None] = lambda share: None,
) -> list[Fitted]:
    """What each step learns of the training part, as those before it leave it.

    Raises:
        ValueError: a step does not fit, or a sample cannot be read.
    """
    found: list[Fitted] = []
    before: Mapping[str, Spec] = fields
    for at, chosen in enumerate(steps):
        behind = _batches(PreparedSamples(raw, fields, steps[:at], found), train, check) if chosen.fits else ()
        found.append(chosen.learn(behind, before) if chosen.fits else {})
        before = chosen.specs(before)
    return found


def run_steps(batch: Batch, steps: Sequence[Step], fitted: Sequence[Fitted]) -> Batch:
    """The batch behind these steps."""
    for chosen, known in zip(steps, fitted, strict=True):
        batch = chosen.apply(batch, known)
    return batch


def _batches(samples: PreparedSamples, index: Array, check: Callable[[float], None]) -> Iterator[Batch]:
    for at in range(0, len(index), CHUNK):
        check(at / len(index))
        batch = samples.fetch_readable(index[at : at + CHUNK])
        if batch:
            yield batch


def _stack(name: str, values: Array | list[Array]) -> Array:
    if not isinstance(values, list):
        return values
    sizes = {value.shape for value in values}
    if len(sizes) > 1:
        raise ValueError(f"the samples of “{name}” differ in size: {sorted(sizes)[:3]}")
    return np.stack(values)
