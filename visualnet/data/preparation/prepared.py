"""Steps of preparation, fitted on the training part and run over samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.data.preparation.registry import prepared_specs
from visualnet.data.preparation.step import Fitted, Step
from visualnet.data.samples import Batch, Samples
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

CHUNK = 256
"""So many samples are fetched at once while a step is fitted."""


class PreparedSamples(Samples):
    """Raw samples seen through steps that were fitted. A field comes out as one array: all samples have one size."""

    def __init__(
        self, raw: Samples, fields: Mapping[str, Spec], steps: Sequence[Step], fitted: Sequence[Fitted]
    ) -> None:
        self.raw, self.raw_fields, self.steps, self.fitted = raw, fields, tuple(steps), tuple(fitted)
        self.size, self.fingerprint = raw.size, raw.fingerprint
        self.fields = prepared_specs(fields, steps)

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        batch = run_steps(self.raw.fetch(index, tuple(self.raw_fields)), self.steps, self.fitted)
        return {name: _stack(name, batch[name]) for name in fields}

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
) -> PreparedSamples:
    """Fit the steps in their order, each on the training part as those before it leave it."""
    plain = [chosen for chosen in steps if not chosen.augments]
    fitted: list[Fitted] = []
    before: dict[str, Spec] = dict(fields)
    for at, chosen in enumerate(plain):
        earlier = plain[:at]
        known = tuple(fitted)
        fitted.append(
            chosen.learn(_batches(raw, tuple(fields), train, earlier, known, check), before) if chosen.fits else {}
        )
        before = chosen.specs(before)
    return PreparedSamples(raw, fields, plain, fitted)


def run_steps(batch: Batch, steps: Sequence[Step], fitted: Sequence[Fitted]) -> Batch:
    """The batch behind these steps."""
    for chosen, known in zip(steps, fitted, strict=True):
        batch = chosen.apply(batch, known)
    return batch


def _batches(
    raw: Samples,
    fields: tuple[str, ...],
    index: Array,
    steps: Sequence[Step],
    fitted: Sequence[Fitted],
    check: Callable[[float], None],
) -> Iterator[Batch]:
    for at in range(0, len(index), CHUNK):
        check(at / len(index))
        yield run_steps(raw.fetch(index[at : at + CHUNK], fields), steps, fitted)


def _stack(name: str, values: Array | list[Array]) -> Array:
    if not isinstance(values, list):
        return values
    sizes = {value.shape for value in values}
    if len(sizes) > 1:
        raise ValueError(f"the samples of “{name}” differ in size: {sorted(sizes)[:3]}")
    return np.stack(values)
