"""What a network answered to the samples of a part, beside what is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
KIND, USUAL, ODD = "usual or odd", "usual", "odd"
"""The column that tells samples of classes that were trained on from those of classes that were not, and its two words."""
LEAST_SHARE = 1e-7
"""No probability counts as less: the logarithm of nothing would hide all others."""


@dataclass(frozen=True, eq=False)
class PredictionSet:
    """One answer to some samples. ``task`` says what it is (see ``tasks.py``), which also says what ``arrays`` hold, a row for each sample.

    ``samples`` are their places in the data set; ``columns`` what else is known of them, a number or class for each.
    """

    name: str
    task: str
    samples: Array
    classes: tuple[str, ...]
    arrays: Mapping[str, Array]
    has_probabilities: bool = True
    columns: Mapping[str, Array] = field(default_factory=dict)
    elsewhere: PredictionSet | None = None
    """The same answer to the validation part, where this is the test part: what is to be chosen is chosen there."""
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What metrics have worked out of these answers and ask for again."""

    @property
    def size(self) -> int:
        """How many samples there are."""
        return len(self.samples)

    @cached_property
    def right(self) -> Array:
        """Of classes: whether each was answered right."""
        found: Array = self.answered == self.arrays["truth"]
        return found

    @cached_property
    def answered(self) -> Array:
        """Of classes: the one with the largest probability."""
        found: Array = self.arrays["probabilities"].argmax(1)
        return found

    @cached_property
    def sureness(self) -> Array:
        """Of classes: the probability of the one that was answered."""
        found: Array = self.arrays["probabilities"].max(1)
        return found

    @cached_property
    def surprise(self) -> Array:
        """Of classes: −log of the probability that the right one was given."""
        rows = np.arange(self.size)
        given = self.arrays["probabilities"][rows, self.arrays["truth"]].astype(np.float64)
        found: Array = -np.log(np.maximum(given, LEAST_SHARE))
        return found

    @cached_property
    def overlaps(self) -> tuple[Array, Array, Array]:
        """Of classes at places: for each sample and class, places that are right, answered and true."""
        truth, said, count = self.arrays["truth"], self.arrays["said"], len(self.classes)
        rows = np.broadcast_to(np.arange(self.size).reshape(-1, *[1] * (truth.ndim - 1)), truth.shape)
        asked = truth >= 0

        def tally(chosen: Array, codes: Array) -> Array:
            flat = rows[chosen] * count + codes[chosen]
            return np.bincount(flat, minlength=self.size * count).reshape(self.size, count).astype(np.float64)

        return tally(asked & (said == truth), truth), tally(asked, said), tally(asked, truth)

    @cached_property
    def errors(self) -> Array:
        """Of numbers: what was answered less what is true, as one row of numbers for each sample."""
        found: Array = (self.arrays["said"] - self.arrays["truth"]).astype(np.float64).reshape(self.size, -1)
        return found

    @cached_property
    def badness(self) -> Array:
        """How wrong each sample is, the larger the worse: by what the task measures."""
        if self.task in ("classes", "binary"):
            return self.surprise
        if self.task == "numbers":
            found: Array = np.abs(self.errors).mean(1)
            return found
        if self.task == "labels":
            truth, sure = self.arrays["truth"], self.arrays["sure"].astype(np.float64)
            given = np.maximum(np.where(truth == 1, sure, 1 - sure), LEAST_SHARE)
            asked = truth >= 0
            return np.asarray((-np.log(given) * asked).sum(1) / np.maximum(asked.sum(1), 1))
        if self.task == "boxes":
            return np.asarray(self.arrays["badness"], np.float64)
        if self.task == "episodes":
            return np.asarray(-self.arrays["reward"])
        right, _, true = self.overlaps
        asked = true.sum(1)
        wrong: Array = 1 - np.divide(right.sum(1), asked, out=np.ones(self.size), where=asked > 0)
        return wrong

    def place_of(self, sample: int) -> int | None:
        """The row of a sample of the data set; None where it is not among these."""
        found = np.flatnonzero(self.samples == sample)
        return int(found[0]) if len(found) else None

    def take(self, rows: Array) -> PredictionSet:
        """These rows alone."""
        arrays = {name: values[rows] for name, values in self.arrays.items()}
        columns = {name: values[rows] for name, values in self.columns.items()}
        return PredictionSet(
            self.name, self.task, self.samples[rows], self.classes, arrays, self.has_probabilities, columns
        )
