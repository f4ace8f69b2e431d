"""Copies of one sample, kept out of two parts of a division: brought into one part, or left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from visualnet.core.project import DataFacts
from visualnet.data.split import Index

TOGETHER, LEFT_OUT = "together", "left_out"
"""What is known of own data may say, under these names: lists of samples that belong into one part, and samples that are not used."""


def merge_duplicates(parts: tuple[Index, Index, Index], facts: DataFacts | None) -> tuple[Index, Index, Index]:
    """The parts with the copies settled as ``facts`` say: all of a group stand where its first sample stands.

    Raises:
        ValueError: nothing is left to train on.
    """
    groups, left_out = _known(facts)
    if not groups and not left_out:
        return parts
    size = 1 + max((int(part.max()) for part in parts if len(part)), default=-1)
    of_sample = np.full(size, -1)
    for at, part in enumerate(parts):
        of_sample[part] = at
    for group in groups:
        there = [sample for sample in group if sample < size and of_sample[sample] >= 0]
        if there:
            of_sample[there] = of_sample[there[0]]
    of_sample[[sample for sample in left_out if sample < size]] = -1
    train, validation, test = (np.flatnonzero(of_sample == at).astype(np.int64) for at in range(3))
    if not len(train):
        raise ValueError("nothing is left to train on when copies are settled so")
    return train, validation, test


def _known(facts: DataFacts | None) -> tuple[list[list[int]], list[int]]:
    """What a file says, as far as it makes sense."""
    if facts is None:
        return [], []
    groups: Any = facts.extra.get(TOGETHER, [])
    left_out: Any = facts.extra.get(LEFT_OUT, [])
    known = groups if isinstance(groups, list | tuple) else []
    return [_samples(group) for group in known], _samples(left_out)


def _samples(raw: Any) -> list[int]:
    return [s for s in raw if isinstance(s, int) and s >= 0] if isinstance(raw, list | tuple) else []
