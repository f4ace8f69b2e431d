"""The division for learning from few samples: so many of each class, and the same ones for validation whatever that number is."""

from __future__ import annotations

from typing import Any

import numpy as np

from visualnet.core.project import DataChoice
from visualnet.core.text.format import format_quantity
from visualnet.data.division.division import Division, division
from visualnet.data.samples import Samples
from visualnet.data.split import Index, split
from visualnet.layers.declaration.params import count


@division("per_class", "So many of each class", uses="split seed")
class PerClass(Division):
    """By chance, in shares; then only so many samples of each class are trained on, the rest of the training part in none.

    Validation and test are those of the division by shares. With one seed, the samples of a smaller number are among those of a larger one.
    """

    samples: int = count(10, "How many samples of each class are trained on.", high=1_000_000)

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        label: Any = samples.column("label")
        if label is None:
            raise ValueError("these data have no classes to take so many samples of each: divide them by chance")
        label = np.asarray(label)
        train, validation, test = split(samples.size, choice.split, choice.seed, label)
        drawn = train[np.random.default_rng(choice.seed).permutation(len(train))]
        kept = []
        for value in np.unique(label):
            of_class = drawn[label[drawn] == value]
            if len(of_class) < self.samples:
                has = format_quantity(len(of_class), "sample")
                raise ValueError(
                    f"{self.samples:,} samples of each class are wanted, and the training part has {has} of class {value}: ask for fewer, "
                    "or give training a larger share"
                )
            kept.append(of_class[: self.samples])
        return np.sort(np.concatenate(kept)), validation, test
