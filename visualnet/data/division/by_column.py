"""Divisions that follow a column of the data: by groups, by time, as given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import DataChoice
from visualnet.data.division.columns import find_column, read_groups, read_moments, read_parts
from visualnet.data.division.division import Division, division
from visualnet.data.samples import Samples
from visualnet.data.split import Index, check_shares
from visualnet.layers.declaration.params import text


def column(default: str, doc: str) -> Any:
    """The setting that names a column."""
    return text(default, doc, check=str)


@division("group", "By groups", uses="split seed")
class Groups(Division):
    """By chance, but samples with the same value of a column (a person, a patient, a place) stay in one part."""

    column: str = column("", "Samples with the same value in it stay together.")

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        groups = read_groups(find_column(samples, choice, self.column))
        part = assign_groups(groups, choice.split, choice.seed)
        if not (part == 0).any():
            raise ValueError(f"“{self.column}” makes too few groups for a training share of {choice.split[0]:g}")
        return take_parts(part)


@division("time", "By time", uses="split")
class Time(Division):
    """By a column that tells when: the oldest samples are trained on, later ones validated, the newest tested.

    A window of a series that reaches into a later part is in none.
    """

    column: str = column("", "Numbers, or dates such as 2024-05-31, that tell when a sample is from.")

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        check_shares(choice.split)
        moments = read_moments(find_column(samples, choice, self.column), self.column)
        order = np.argsort(moments, kind="stable")
        ends = np.round(np.cumsum(choice.split) * samples.size).astype(np.int64)
        if not ends[0]:
            raise ValueError(f"{samples.size} samples are too few for a training share of {choice.split[0]:g}")
        parts = np.split(order, ends[:2])
        until = samples.column(f"{self.column} until")
        if until is not None:
            parts = leave_out_reaching(parts, moments, read_moments(until, f"{self.column} until"))
        return np.sort(parts[0]), np.sort(parts[1]), np.sort(parts[2])


@division("given", "As given", uses="")
class PresetDivision(Division):
    """As a column says for each sample, or as the files lie in folders: train, validation or test."""

    column: str = column("part", "It holds train, validation or test for each sample.")

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        parts = take_parts(read_parts(find_column(samples, choice, self.column), self.column))
        if not len(parts[0]):
            raise ValueError(f"the column “{self.column}” gives no sample to training")
        return parts


def leave_out_reaching(parts: list[Index], moments: NDArray[Any], until: NDArray[Any]) -> list[Index]:
    """The parts, from the oldest to the newest, without the samples that last until a moment of a later part."""
    found: list[Index] = []
    for at, part in enumerate(parts):
        later = [moments[other[0]] for other in parts[at + 1 :] if len(other)]
        found.append(part[until[part] < min(later)] if later else part)
    if not len(found[0]):
        raise ValueError(
            "every sample of the training part reaches into a later part: shorten the windows, or the other parts"
        )
    return found


def assign_groups(groups: NDArray[np.int64], shares: Any, seed: int) -> NDArray[np.int64]:
    """The part of each sample, so that no group is in two and each part has its share as nearly as whole groups allow.

    The largest groups are given out first, each to the part that lacks most; those of one size in an order drawn by the seed.
    """
    check_shares(shares)
    _, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    drawn = np.random.default_rng(seed).permutation(len(sizes))
    order = drawn[np.argsort(-sizes[drawn], kind="stable")]
    lacking = np.asarray(shares, np.float64) * len(groups)
    wanted = np.asarray(shares) > 0
    part_of = np.zeros(len(sizes), np.int64)
    for group in order:
        part = int(np.argmax(np.where(wanted, lacking, -np.inf)))
        part_of[group] = part
        lacking[part] -= sizes[group]
    found: NDArray[np.int64] = part_of[places.reshape(-1)]
    return found


def take_parts(part: NDArray[np.int64]) -> tuple[Index, Index, Index]:
    """Sorted indices of the samples of each part."""
    return np.flatnonzero(part == 0), np.flatnonzero(part == 1), np.flatnonzero(part == 2)
