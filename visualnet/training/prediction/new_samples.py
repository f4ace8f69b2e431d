"""New samples as a person gives them, brought to what a trained network reads: as the samples of its training were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import DataChoice
from visualnet.data.own_sample.rows import read_rows
from visualnet.data.preparation.fitted_state import FittedPreparation
from visualnet.data.registry import make_data_set

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.data.declare import DataSet

Array = NDArray[Any]


def prepare_inputs(
    model: Model, data: DataChoice, preparation: FittedPreparation | None, inputs: Sequence[Any]
) -> tuple[Any, ...]:
    """What the inputs of the network are given for these samples, not normalised.

    An input is arrays, texts, paths of images and sounds, rows of a table (cells as they stand in its file, by name or in their order), or
    the path of a file with such rows. Arrays go in as they are where the run has no preparation.

    Raises:
        ValueError: there are more or fewer inputs than the network has, or a sample is not what the data of the training hold.
    """
    check_count(model, inputs)
    if preparation is None and not any(_is_raw(given) for given in inputs):
        return tuple(inputs)
    source = make_data_set(data) if preparation is None or any(_is_raw(given) for given in inputs) else None
    if preparation is None:
        assert source is not None
        preparation = FittedPreparation(source.specs(), (), ())
    fields = [model.plan.fields[step.id] for step in model.plan.net_inputs]
    raw = {preparation.raw_field(field): given for field, given in zip(fields, inputs, strict=True)}
    prepared = preparation.prepare({name: _read(preparation, source, name, given) for name, given in raw.items()})
    for field in fields:
        lacks = np.isnan(prepared[field].reshape(len(prepared[field]), -1)).any(1)
        if lacks.any():
            raise ValueError(
                f"sample {int(lacks.argmax()) + 1} lacks a value, which the preparation of the run does not fill in"
            )
    return tuple(prepared[field] for field in fields)


def check_count(model: Model, inputs: Sequence[Any]) -> None:
    """Raise ValueError where these are not as many inputs as the network has."""
    if len(inputs) != len(model.inputs):
        raise ValueError(f"the network takes {len(model.inputs)} inputs ({', '.join(model.inputs)}), not {len(inputs)}")


def _is_raw(given: Any) -> bool:
    """Whether these are words, files, or rows with words: not numbers alone."""
    if isinstance(given, str | Path | Mapping):
        return True
    return isinstance(given, list | tuple) and any(
        isinstance(each, str | Path | Mapping) or _has_words(each) for each in given
    )


def _has_words(row: Any) -> bool:
    return isinstance(row, list | tuple) and any(isinstance(cell, str) for cell in row)


def _read(preparation: FittedPreparation, source: DataSet | None, name: str, given: Any) -> Array | list[Array]:
    spec = preparation.fields[name]
    if source is None or not spec.columns or not _is_raw(given):
        return preparation.read_field(name, given, source.sound_rate() if source is not None else 0)
    return read_rows(source, name, given)
