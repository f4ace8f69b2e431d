"""The vectors that a port gives to many samples, and the rows of a table of words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.context import ObservationContext
from visualnet.training.observations.observation import CannotObserve, Subject
from visualnet.training.observations.token_words import vocabulary

WIDEST = 8192
"""Of wider vectors with places (pixels, steps) the mean over the places is taken."""
NO_CLASS = -1


class Vectors(NamedTuple):
    """``rows`` are vectors (sample, feature); ``places`` is where the samples stand in the data set, ``labels`` their classes (-1 for
    none), ``note`` how the vectors were made."""

    rows: Tensor
    places: NDArray[np.int64]
    labels: NDArray[np.int64] | None
    note: str


def sample_vectors(context: ObservationContext, subject: Subject, count: int, part: str) -> Vectors:
    """What leaves a port for so many samples of a part, as one vector for each.

    Raises:
        CannotObserve: there are too few samples, or what leaves is no vector for each sample.
    """
    places = context.places(count, part)
    if len(places) < 4:
        raise CannotObserve("There are too few samples for a picture of many: at least four are needed.")
    target = _class_field(context)
    parts, labels, note = [], [], ""
    for done, batch in enumerate(context.chunks(places)):
        values = context.values([subject], batch)[subject]
        if values.dim() < 1 or len(values) != len(next(iter(batch.values()))):
            raise CannotObserve("What leaves here is one number for all samples, and no vector for each.")
        vectors, note = flatten(values.float())
        parts.append(vectors)
        if target:
            labels.append(batch[target].reshape(-1).long().cpu())
        context.check(0.1 * min((done + 1) * 256 / len(places), 1.0))
    found = torch.cat(labels).numpy() if target else None
    x = torch.cat(parts)
    if not torch.isfinite(x).all():
        raise CannotObserve(
            "Some of these vectors have numbers that are not finite, so that no distance between them is known."
        )
    return Vectors(x, places, found, note)


def flatten(values: Tensor) -> tuple[Tensor, str]:
    """One vector for each sample, and words where it is not all of what flows there: (N, C, H, W) or (N, T, D)."""
    flat = values.flatten(1) if values.dim() > 1 else values[:, None]
    if flat.shape[1] <= WIDEST or values.dim() < 3:
        return flat, ""
    # Maps have their channels first, sequences their features last.
    if values.dim() == 3:
        return values.mean(1), "The mean over the steps of each sequence."
    return values.flatten(2).mean(2), "The mean over the pixels of each channel."


def _class_field(context: ObservationContext) -> str:
    """The field that says of which class a sample is; empty if there is none."""
    for field in context.model.analysis.target_fields():
        spec = context.data.fields.get(field)
        if spec is not None and spec.dtype == "int" and not spec.shape and field in context.tensors.names:
            return field
    return ""


def vocabulary_words(context: ObservationContext, size: int) -> tuple[str, ...]:
    """The words of a table with so many rows: those of the text that has as many numbers, or the first one; else none."""
    for field in context.input_fields:
        names = vocabulary(context.data, field)
        if 0 < len(names) <= size:
            return names
    return ()
