"""k-fold: each fold is validated on once, by a network that was trained on the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from visualnet.core.project import DataChoice
from visualnet.data.division.by_column import assign_groups, column, take_parts
from visualnet.data.division.columns import find_column, read_groups
from visualnet.data.division.division import Division, division
from visualnet.data.samples import Samples
from visualnet.data.split import Index
from visualnet.layers.declaration.params import count, real

MOST_FOLDS = 100


@division("folds", "In folds", uses="seed")
class Folds(Division):
    """In k folds of one size: one is validated on, the others are trained on. Each class keeps its share in every fold."""

    folds: int = count(5, "How many folds.", low=2, high=MOST_FOLDS)
    fold: int = count(1, "The one that this run is validated on.", high=MOST_FOLDS)
    test_share: float = real(
        0.0, "The share that is held out for a test of the best network, the same for each fold.", low=0, high=0.9
    )
    column: str = column("", "Samples with the same value in this column stay in one fold; may be empty.")

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        if self.fold > self.folds:
            raise ValueError(f"there is no fold {self.fold} of {self.folds}")
        label: Any = samples.column("label")
        if self.column:
            groups = read_groups(find_column(samples, choice, self.column))
            fold = _deal_groups(groups, self.folds, self.test_share, choice.seed)
        else:
            fold = _deal(samples.size, self.folds, self.test_share, choice.seed, label)
        sizes = [int((fold == number).sum()) for number in range(1, self.folds + 1)]
        if not all(sizes):
            what = f"groups by “{self.column}”" if self.column else "samples"
            raise ValueError(f"there are too few {what} for {self.folds} folds")
        part = np.where(fold == self.fold, 1, np.where(fold == 0, 2, 0))
        return take_parts(part)


def _deal(size: int, folds: int, test_share: float, seed: int, label: Any) -> Index:
    """The fold of each sample from 1, 0 for those held out: dealt out in turn, class by class, in an order drawn by the seed."""
    order = np.random.default_rng(seed).permutation(size)
    if label is not None:
        order = order[np.argsort(np.asarray(label)[order], kind="stable")]
    held = np.zeros(size, np.bool_)
    if test_share:
        # Every so manieth of the ordered samples: each class gives its share.
        held = np.diff(np.floor(np.arange(size + 1) * test_share + 0.5)) > 0
    fold = np.zeros(size, np.int64)
    kept = order[~held]
    fold[kept] = np.arange(len(kept)) % folds + 1
    return fold


def _deal_groups(groups: Index, folds: int, test_share: float, seed: int) -> Index:
    """The fold of each sample from 1, 0 for those held out: whole groups, the largest first, to the fold that has least."""
    fold = np.zeros(len(groups), np.int64)
    left = np.ones(len(groups), np.bool_)
    if test_share:
        left = assign_groups(groups, (1 - test_share, 0.0, test_share), seed) == 0
    _, places, sizes = np.unique(groups[left], return_inverse=True, return_counts=True)
    drawn = np.random.default_rng(seed).permutation(len(sizes))
    counts, fold_of = np.zeros(folds, np.int64), np.zeros(len(sizes), np.int64)
    for group in drawn[np.argsort(-sizes[drawn], kind="stable")]:
        least = int(np.argmin(counts))
        counts[least] += sizes[group]
        fold_of[group] = least + 1
    fold[left] = fold_of[places.reshape(-1)]
    return fold
