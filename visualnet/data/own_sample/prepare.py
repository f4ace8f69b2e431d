"""The raw fields of a sample that a person made, as the network gets them: through the same fitted steps as the data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.loading import Loaded, open_samples
from visualnet.data.preparation.fitted_state import FittedPreparation
from visualnet.data.preparation.prepared import run_steps
from visualnet.data.preparation.registry import make_steps
from visualnet.data.registry import make_data_set
from visualnet.data.samples import Batch, Samples

Array = NDArray[Any]


def raw_samples(data: Loaded) -> Samples:
    """The samples before the preparation."""
    return open_samples(data.choice)[1]


def prepare_own(data: Loaded, raw: Mapping[str, Array], beside: int) -> dict[str, Array]:
    """The fields that come of these raw ones, not normalised. What else the steps read is taken from the sample ``beside``.

    Raises:
        ValueError: a step cannot take it; or a result is not what the network reads.
    """
    preparation = data.preparation
    if preparation is None:
        found = {name: np.asarray(values) for name, values in raw.items()}
    else:
        others = [name for name in preparation.fields if name not in raw]
        batch: Batch = dict(raw_samples(data).fetch(np.array([beside]), others)) if others else {}
        for name, values in raw.items():
            batch[name] = [values] if 0 in preparation.fields[name].shape else values[None]
        batch = run_steps(batch, make_steps(preparation.steps), preparation.fitted)
        found = {name: np.asarray(values[0]) for name, values in batch.items() if name not in others}
    for name, values in found.items():
        wanted = data.fields[name].shape if name in data.fields else values.shape
        if values.shape != wanted:
            raise ValueError(f"“{name}” is {_text(values.shape)}; the network reads {_text(wanted)}")
    return found


def read_file(data: Loaded, field: str, path: Path) -> Array:
    """A raw field from a file: an image, a sound or a text.

    Raises:
        ValueError: it is none that can be read.
    """
    preparation = data.preparation or FittedPreparation(data.fields, (), ())
    return np.asarray(preparation.read_field(field, path, make_data_set(data.choice).sound_rate())[0])


def measure_ranges(data: Loaded, field: str, most: int = 2_000) -> tuple[Array, Array]:
    """The smallest and the largest value of each column of a raw field, over the training samples (a sample of very many)."""
    index = data.train[:: max(1, len(data.train) // most)]
    values = np.asarray(raw_samples(data).fetch(index, (field,))[field], np.float64)
    known = np.where(np.isfinite(values), values, np.nan)
    empty = np.isnan(known).all(0)
    known[:, empty] = 0.0
    return np.nanmin(known, 0), np.nanmax(known, 0)


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
