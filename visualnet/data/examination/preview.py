"""A few samples of training as they are and behind each part of their preparation, to be looked at while it is edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.core.project import DataChoice
from visualnet.data.declare import DataSet
from visualnet.data.division.registry import divide
from visualnet.data.examination.sample_content import SampleContent, make_content, shown_field
from visualnet.data.loading import open_samples
from visualnet.data.preparation.prepared import PreparedSamples, fit_steps
from visualnet.data.preparation.registry import make_steps, specs_behind
from visualnet.data.preparation.step import Fitted, Step
from visualnet.data.streaming.readable import fetch_readable
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from visualnet.data.samples import Batch

MOST_FITTED = 256
"""A step that learns of the training part learns of so many of its samples here: more would keep the person waiting."""


class PreviewedSamples(NamedTuple):
    """Samples raw, prepared (none where only augmentation is done), and augmented besides (None where nothing augments). ``partial`` says
    that steps were fitted on a part of the training samples; ``trouble`` why there is nothing behind the raw ones."""

    raw: tuple[SampleContent, ...]
    prepared: tuple[SampleContent, ...] = ()
    augmented: tuple[SampleContent, ...] | None = None
    partial: bool = False
    trouble: str = ""


def preview_samples(
    choice: DataChoice, count: int, chance: int = 0, check: Callable[[float], None] = lambda share: None
) -> PreviewedSamples:
    """The first few training samples through the preparation. ``chance`` is the seed of what augmentation draws.

    Raises:
        ValueError: the data cannot be opened, divided or read.
    """
    source, raw = open_samples(choice, check)
    train = divide(raw, choice)[0]
    index = train[np.unique(np.linspace(0, len(train) - 1, min(count, len(train))).astype(np.int64))]
    fields = source.specs()
    readable = fetch_readable(raw, index, tuple(fields))
    if not len(readable.places):
        raise ValueError(readable.faults[0].words)
    index = index[readable.places]
    contents = _contents(source, fields, choice, readable.batch, len(index))
    try:
        steps = make_steps(choice.preparation)
        plain = [step for step in steps if not step.augments]
        learns = any(step.fits for step in plain)
        part = train[:: -(-len(train) // MOST_FITTED)] if learns else train[:1]
        fitted = fit_steps(raw, fields, plain, part, check)
        batch = PreparedSamples(raw, fields, plain, fitted).fetch_any(index)
        behind = specs_behind(fields, plain)[-1] if plain else fields
        prepared = _contents(source, behind, choice, batch, len(index)) if plain else ()
        shown = shown_field(source, behind)
        for step, learned in zip(plain, fitted, strict=True):
            prepared = _spell(prepared, step, shown, batch, learned)
        changed = _augment(batch, behind, [step for step in steps if step.augments], chance)
    except ValueError as error:
        return PreviewedSamples(contents, trouble=str(error))
    augmented = _contents(source, behind, choice, changed, len(index)) if changed is not None else None
    return PreviewedSamples(contents, prepared, augmented, learns and len(part) < len(train))


def _spell(
    contents: tuple[SampleContent, ...], step: Step, field: str, batch: Batch, learned: Fitted
) -> tuple[SampleContent, ...]:
    """The contents with words in place of the numbers that a step made of them."""
    spelled = [step.spell(field, np.asarray(values), learned) for values in batch[field]]
    return tuple(
        content._replace(words=words) if words else content for content, words in zip(contents, spelled, strict=True)
    )


def _augment(batch: Batch, fields: dict[str, Spec], steps: list[Step], chance: int) -> Batch | None:
    if not steps:
        return None
    import torch  # only where something augments

    tensors: dict[str, Any] = {name: torch.from_numpy(np.array(values)) for name, values in batch.items()}
    generator = torch.Generator().manual_seed(chance)
    for step in steps:
        tensors = step.augment(tensors, fields, generator)
    return {name: values.numpy() for name, values in tensors.items()}


def _contents(
    source: DataSet, fields: dict[str, Spec], choice: DataChoice, batch: Batch, count: int
) -> tuple[SampleContent, ...]:
    return tuple(
        make_content(source, fields, choice, {name: values[at] for name, values in batch.items()})
        for at in range(count)
    )
